// Places that stand out at one scale, number for number as argine.signals.patch.keypoints and `choose`.

import { LONG_SIDE, POWERS, STEPS, WINDOW, keptScale } from "./patch-tables.js";

const MIN_CONTRAST = 0.8;
const LEAST = Math.fround(0.8 * MIN_CONTRAST);
const MAX_EDGE = 10;
const MAX_FOUND = 4096;
const CELL = 12;
const LOOKS = 8;
const PLAIN = 0.5;
const PLAIN_RANK = 1 / 64;

/**
 * @typedef {{x: number, y: number, level: number, strength: number, octave: number, plain: boolean}} Point
 *   x and y in pixels of the octave
 */

/**
 * Extrema of one octave, in the order level, row, column.
 *
 * @param {Float32Array[]} dog the differences
 * @param {{levels: Float32Array[], width: number, height: number}} picture the octave
 * @param {number} octave its number
 * @returns {Point[]}
 */
export function find(dog, { levels, width, height }, octave) {
  const found = [];
  for (let level = 1; level <= STEPS; level += 1) {
    const plane = dog[level];
    for (let y = 1; y < height - 1; y += 1) {
      for (let at = y * width + 1; at < (y + 1) * width - 1; at += 1) {
        if (standsOut(plane, at) && isExtremum(dog, level, at, width) && found.length < MAX_FOUND) {
          const point = fitted(dog, level, at, width);
          if (point !== null) {
            found.push({ ...point, octave, plain: isPlain(levels[0], width, height, point, octave) });
          }
        }
      }
    }
  }
  return found;
}

/** A cheap test, along the row, that few places pass. */
function standsOut(plane, at) {
  const here = plane[at];
  if (here >= LEAST) {
    return here >= plane[at - 1] && here >= plane[at + 1];
  }
  return here <= -LEAST && here <= plane[at - 1] && here <= plane[at + 1];
}

function isExtremum(dog, level, at, width) {
  const here = dog[level][at];
  const sign = here > 0 ? 1 : -1;
  for (let s = level - 1; s <= level + 1; s += 1) {
    for (let row = at - width; row <= at + width; row += width) {
      for (let place = row - 1; place <= row + 1; place += 1) {
        if (sign * dog[s][place] > sign * here) {
          return false;
        }
      }
    }
  }
  return true;
}

/** The top of a parabola through the extremum; null where it is weak, an edge or elsewhere. */
function fitted(dog, level, at, width) {
  const [below, plane, above] = [dog[level - 1], dog[level], dog[level + 1]];
  const here = plane[at];
  const gx = (plane[at + 1] - plane[at - 1]) * 0.5;
  const gy = (plane[at + width] - plane[at - width]) * 0.5;
  const gs = (above[at] - below[at]) * 0.5;
  const xx = plane[at + 1] + plane[at - 1] - 2 * here;
  const yy = plane[at + width] + plane[at - width] - 2 * here;
  const ss = above[at] + below[at] - 2 * here;
  const xy = (plane[at + width + 1] + plane[at - width - 1] - plane[at + width - 1] - plane[at - width + 1]) * 0.25;
  const xs = (above[at + 1] + below[at - 1] - above[at - 1] - below[at + 1]) * 0.25;
  const ys = (above[at + width] + below[at - width] - above[at - width] - below[at + width]) * 0.25;
  const flat = xx * yy - xy * xy;
  if (flat <= 0 || (xx + yy) * (xx + yy) * MAX_EDGE >= (MAX_EDGE + 1) * (MAX_EDGE + 1) * flat) {
    return null;
  }
  const cx = yy * ss - ys * ys;
  const cy = xs * ys - xy * ss;
  const cs = xy * ys - xs * yy;
  const whole = xx * cx + xy * cy + xs * cs;
  if (whole === 0) {
    return null;
  }
  const dx = -(gx * cx + gy * cy + gs * cs) / whole;
  const dy = -(gx * cy + gy * (xx * ss - xs * xs) + gs * (xy * xs - xx * ys)) / whole;
  const ds = -(gx * cs + gy * (xy * xs - xx * ys) + gs * flat) / whole;
  if (Math.max(Math.abs(dx), Math.abs(dy), Math.abs(ds)) > 1) {
    return null;
  }
  const strength = Math.abs(here + 0.5 * (gx * dx + gy * dy + gs * ds));
  if (!(strength >= MIN_CONTRAST)) {
    return null;
  }
  return { x: (at % width) + dx, y: Math.floor(at / width) + dy, level: level + ds, strength };
}

/**
 * The strong, large and whole ones, spread over the picture, the most wanted first.
 *
 * @param {Point[]} points
 * @param {number} width of the grey picture in pixels
 * @param {number} height of the grey picture in pixels
 * @param {number} limit how many at most
 * @returns {Point[]}
 */
export function choose(points, width, height, limit) {
  const ranked = points.map((point) => ({ point, rank: rank(point, width, height) }));
  ranked.sort((one, other) => other.rank - one.rank);
  const taken = new Set();
  const chosen = [];
  for (const { point } of ranked) {
    const step = 2 ** point.octave;
    const cell = [point.octave, Math.floor(Math.trunc(point.y * step) / CELL), Math.floor(Math.trunc(point.x * step) / CELL)];
    const key = (cell[0] * LONG_SIDE + cell[1]) * LONG_SIDE + cell[2];
    if (point.plain && 2 * chosen.length >= limit) {
      continue;
    }
    if (chosen.length < limit && !taken.has(key)) {
      taken.add(key);
      chosen.push(point);
    }
  }
  return chosen;
}

/** Whether half of a keypoint's surroundings is of two neighbouring levels of grey, of 64. */
function isPlain(plane, width, height, { x, y, level }, octave) {
  const step = (WINDOW * (POWERS[keptScale(octave, level)] / 2 ** octave)) / LOOKS;
  const counts = new Uint8Array(65);
  let seen = 0;
  for (let a = 0; a < LOOKS; a += 1) {
    const row = Math.trunc(y + (a - 3.5) * step + 0.5);
    for (let b = 0; b < LOOKS; b += 1) {
      const column = Math.trunc(x + (b - 3.5) * step + 0.5);
      if (row >= 0 && row < height && column >= 0 && column < width) {
        counts[Math.trunc(plane[row * width + column]) >> 2] += 1;
        seen += 1;
      }
    }
  }
  const most = counts.subarray(0, 64).reduce((top, count, grey) => Math.max(top, count + counts[grey + 1]), 0);
  return most >= PLAIN * seen;
}

function rank({ x, y, level, strength, octave, plain }, width, height) {
  const step = 2 ** octave;
  const sigma = POWERS[keptScale(octave, level)];
  const reach = 0.5 * WINDOW * sigma;
  const across = Math.min(x * step, reach) + Math.min(width - 1 - x * step, reach);
  const down = Math.min(y * step, reach) + Math.min(height - 1 - y * step, reach);
  const inside = (across * down) / (4 * reach * reach);
  const wanted = strength * sigma * Math.sqrt(sigma) * inside * inside;
  return plain ? wanted * PLAIN_RANK : wanted;
}
