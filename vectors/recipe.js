// Pictures drawn from whole numbers alone: the same as recipe.py draws, to the last bit.

const PER_SHAPE = 8;

/** @returns {Uint8ClampedArray} RGBA, opaque, row by row */
export function paint({ width, height, seed, shapes, slope, noise }) {
  const samples = ground(width, height, seed, slope);
  for (let shape = 0; shape < shapes; shape += 1) {
    draw(samples, width, height, draws(seed, 3 + shape * PER_SHAPE, PER_SHAPE));
  }
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  samples.forEach((sample, at) => {
    const grain = chosen((seed ^ 0x5eed) * 7919 + at) % (noise + 1);
    rgba[Math.floor(at / 3) * 4 + (at % 3)] = (sample + grain) & 255;
  });
  return rgba;
}

/** @returns {Uint8Array} bytes to hash, different for each length */
export function someBytes(length) {
  return Uint8Array.from(draws(length, 0, length), (number) => number & 255);
}

function draws(seed, first, count) {
  return Array.from({ length: count }, (_, at) => chosen(seed * 7919 + first + at));
}

/** The number at one place of the endless row, 0 to 65535. */
function chosen(place) {
  let x = place >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 16;
}

function ground(width, height, seed, slope) {
  const start = draws(seed, 0, 3);
  return Int32Array.from({ length: width * height * 3 }, (_, at) => {
    const channel = at % 3;
    const x = Math.floor(at / 3) % width;
    const y = Math.floor(at / (3 * width));
    return start[channel] + Math.floor(((x * (channel + 1) + y * (3 - channel)) * slope) / 16);
  });
}

function draw(samples, width, height, [kind, x0, y0, halfWidth, halfHeight, ...colour]) {
  const across = 1 + (halfWidth % (Math.floor(width / 3) + 1));
  const down = 1 + (halfHeight % (Math.floor(height / 3) + 1));
  for (let at = 0; at < width * height; at += 1) {
    const dx = Math.abs((at % width) - (x0 % width));
    const dy = Math.abs(Math.floor(at / width) - (y0 % height));
    const inRectangle = dx <= across && dy <= down;
    const inEllipse = dx ** 2 * down ** 2 + dy ** 2 * across ** 2 <= (across * down) ** 2;
    if (kind % 2 ? inRectangle : inEllipse) {
      colour.forEach((level, channel) => {
        samples[at * 3 + channel] = level & 255;
      });
    }
  }
}
