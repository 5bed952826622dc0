// The directions of a keypoint, number for number as argine.signals.patch.orientation.

import { BELL, BELL_UNIT } from "./patch-tables.js";

const BINS = 32;
const REACH = 3;
const NEARLY = 0.8;
const ANGLES = 256;

/**
 * @param {Float32Array} plane the level of blur next to the keypoint's scale
 * @param {{width: number, height: number}} size of the plane in pixels
 * @param {number} x in pixels of the plane
 * @param {number} y in pixels of the plane
 * @param {number} sigma scale in pixels of the plane
 * @returns {number[]} none, one or two directions in 1/256 turn, from right towards down, the strongest first
 */
export function directions(plane, size, x, y, sigma) {
  const weights = smooth(smooth(histogram(plane, size, x, y, sigma)));
  const top = Math.max(...weights);
  if (top <= 0) {
    return [];
  }
  let [first, second] = [-1, -1];
  for (let i = 0; i < BINS; i += 1) {
    const here = weights[i];
    if (here < NEARLY * top || here < weights[(i + BINS - 1) % BINS] || here <= weights[(i + 1) % BINS]) {
      continue;
    }
    if (first < 0 || here > weights[first]) {
      [first, second] = [i, first];
    } else if (second < 0 || here > weights[second]) {
      second = i;
    }
  }
  return [first, second].filter((peak) => peak >= 0).map((peak) => peakAngle(weights, peak));
}

function histogram(plane, { width, height }, x, y, sigma) {
  const weights = new Float64Array(BINS);
  const spread = 1.5 * sigma;
  const reach = Math.trunc(REACH * spread + 0.5);
  const [column, row] = [Math.trunc(x + 0.5), Math.trunc(y + 0.5)];
  const scale = BELL_UNIT / (2 * spread * spread);
  for (let v = Math.max(row - reach, 1); v <= Math.min(row + reach, height - 2); v += 1) {
    for (let u = Math.max(column - reach, 1); u <= Math.min(column + reach, width - 2); u += 1) {
      const away = Math.trunc(((u - x) * (u - x) + (v - y) * (v - y)) * scale);
      if (away < BELL.length) {
        const at = v * width + u;
        const dx = plane[at + 1] - plane[at - 1];
        const dy = plane[at + width] - plane[at - width];
        const place = turnOf(dx, dy) * BINS;
        const first = Math.trunc(place);
        const part = place - first;
        const weight = BELL[away] * Math.sqrt(dx * dx + dy * dy);
        weights[first % BINS] += weight * (1 - part);
        weights[(first + 1) % BINS] += weight * part;
      }
    }
  }
  return weights;
}

/** Direction of a vector in turns, by a polynomial: a library's arc tangent has a last bit of its own. */
function turnOf(dx, dy) {
  const [ax, ay] = [Math.abs(dx), Math.abs(dy)];
  const larger = Math.max(ax, ay);
  if (larger === 0) {
    return 0;
  }
  const ratio = Math.min(ax, ay) / larger;
  const square = ratio * ratio;
  const angle =
    ratio * (0.999866 + square * (-0.3302995 + square * (0.180141 + square * (-0.085133 + square * 0.0208351))));
  let turn = angle * 0.15915494309189535;
  turn = ay > ax ? 0.25 - turn : turn;
  turn = dx < 0 ? 0.5 - turn : turn;
  return dy < 0 ? 1 - turn : turn;
}

function smooth(before) {
  return before.map((here, i) => (before[(i + BINS - 1) % BINS] + 2 * here + before[(i + 1) % BINS]) * 0.25);
}

function peakAngle(weights, peak) {
  const left = weights[(peak + BINS - 1) % BINS];
  const right = weights[(peak + 1) % BINS];
  const curve = left - 2 * weights[peak] + right;
  const shift = curve < 0 ? (0.5 * (left - right)) / curve : 0;
  return Math.trunc((peak + shift + BINS) * (ANGLES / BINS) + 0.5) % ANGLES;
}
