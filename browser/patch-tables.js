// The numbers that fix the patch signal, the same as in argine.signals.patch.tables, where each is explained.
//
// Every table is rounded to whole fractions of 2^24, far coarser than what two mathematical libraries differ by.

export const LONG_SIDE = 512;
export const STEPS = 3;
export const LEVELS = STEPS + 3;
export const MIN_OCTAVE_SIDE = 16;
export const PLACE_UNIT = 64;
export const SIDE = 32;
export const WINDOW = 13;
export const BELL_UNIT = 32;

const FIRST_SIGMA = 1.6;
const FIRST_SCALE = 0.6780719051126377;
const ASSUMED_SIGMA = 0.5;
const SCALE_UNIT = 32;
const ANGLES = 256;
const CODE_BITS = 256;
const FINE = 2 ** 24;

function rounded(value) {
  return Math.floor(value * FINE + 0.5) / FINE;
}

/** One half of a Gaussian, centre first. */
function kernel(sigma) {
  const reach = Math.max(1, Math.ceil(3.5 * sigma));
  const weights = Array.from({ length: reach + 1 }, (_, k) => Math.exp(-0.5 * (k / sigma) ** 2));
  const total = weights[0] + 2 * weights.slice(1).reduce((sum, weight) => sum + weight, 0);
  return Float32Array.from(weights, (weight) => rounded(weight / total));
}

function sigmaBetween(below, above) {
  return Math.sqrt(above ** 2 - below ** 2);
}

function levelSigma(level) {
  return FIRST_SIGMA * 2 ** (level / STEPS);
}

export const FIRST_KERNEL = kernel(sigmaBetween(ASSUMED_SIGMA, FIRST_SIGMA));
export const KERNELS = Array.from({ length: LEVELS - 1 }, (_, i) =>
  kernel(sigmaBetween(levelSigma(i), levelSigma(i + 1))),
);
export const COSINES = Float64Array.from({ length: ANGLES }, (_, i) => rounded(Math.cos((2 * Math.PI * i) / ANGLES)));
export const POWERS = Float64Array.from({ length: 256 }, (_, i) => rounded(2 ** (i / SCALE_UNIT)));
export const BELL = Float64Array.from({ length: 5 * BELL_UNIT }, (_, i) => rounded(Math.exp(-(i + 0.5) / BELL_UNIT)));

/** The 256 lowest pairs (down, across) of frequencies, lowest first, without the constant. */
function frequencies() {
  const pairs = [];
  for (let v = 0; v < SIDE; v += 1) {
    for (let u = v === 0 ? 1 : 0; u < SIDE; u += 1) {
      pairs.push([v, u]);
    }
  }
  pairs.sort(([v, u], [w, t]) => v * v + u * u - (w * w + t * t) || v - w);
  return pairs.slice(0, CODE_BITS);
}

export const FREQUENCIES = frequencies();
export const ROWS = Math.max(...FREQUENCIES.flat()) + 1;

/** ROWS x 32: the first rows of the DCT-II, without its scale, which changes no sign. */
export const TRANSFORM = Float32Array.from({ length: ROWS * SIDE }, (_, at) => {
  const [u, x] = [Math.floor(at / SIDE), at % SIDE];
  return rounded(Math.cos((Math.PI / (2 * SIDE)) * u * (2 * x + 1)));
});

/** @returns {number} the logarithm of a keypoint's scale in the grey picture, in 1/32 */
export function keptScale(octave, level) {
  return Math.trunc((FIRST_SCALE + octave + level / STEPS) * SCALE_UNIT + 0.5);
}
