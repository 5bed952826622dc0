// Brightness to the grey picture in which patches are found, number for number as argine.signals.patch.grey.

import { LONG_SIDE } from "./patch-tables.js";

/**
 * @param {Float32Array} plane brightness, height x width, row by row; only read
 * @param {number} width in pixels
 * @param {number} height in pixels
 * @returns {{data: Float32Array, width: number, height: number}} long side 512
 */
export function grey(plane, width, height) {
  const across = workingSide(width, Math.max(width, height));
  const down = workingSide(height, Math.max(width, height));
  const make = Math.max(width, height) < LONG_SIDE ? enlarge : shrink;
  return { data: make(plane, width, height, across, down), width: across, height: down };
}

function workingSide(side, longest) {
  return Math.max(1, Math.floor((2 * side * LONG_SIDE + longest) / (2 * longest)));
}

/** Mean over the area of each target pixel. */
function shrink(plane, width, height, across, down) {
  const out = new Float32Array(across * down);
  const sums = new Float64Array(across);
  const total = new Float64Array(across);
  const step = height / down;
  const area = step * (width / across);
  let y = 0;
  for (let source = 0; source < height; source += 1) {
    sumRow(plane, source * width, width, sums);
    const bottom = (y + 1) * step;
    const part = Math.min(1, bottom - source);
    for (let x = 0; x < across; x += 1) {
      total[x] += sums[x] * part;
    }
    if ((source + 1 >= bottom || source + 1 === height) && y < down) {
      for (let x = 0; x < across; x += 1) {
        out[y * across + x] = total[x] / area;
        total[x] = sums[x] * (1 - part);
      }
      y += 1;
    }
  }
  return out;
}

/** Sum a row over the width of each target pixel; pixels cut by its edge count in part. */
function sumRow(plane, start, width, sums) {
  const step = width / sums.length;
  for (let x = 0; x < sums.length; x += 1) {
    const left = x * step;
    const right = (x + 1) * step;
    const first = Math.trunc(left);
    const last = Math.min(Math.trunc(right), width);
    let total = plane[start + first] * (first + 1 - left);
    for (let i = first + 1; i < last; i += 1) {
      total += plane[start + i];
    }
    if (last < width) {
      total += plane[start + last] * (right - last);
    }
    sums[x] = total;
  }
}

/** Linear interpolation between pixel centres. */
function enlarge(plane, width, height, across, down) {
  const out = new Float32Array(across * down);
  for (let y = 0; y < down; y += 1) {
    const v = Math.min(Math.max(((y + 0.5) * height) / down - 0.5, 0), height - 1);
    const top = Math.min(Math.trunc(v), Math.max(height - 2, 0));
    const low = Math.min(top + 1, height - 1);
    for (let x = 0; x < across; x += 1) {
      const u = Math.min(Math.max(((x + 0.5) * width) / across - 0.5, 0), width - 1);
      const left = Math.min(Math.trunc(u), Math.max(width - 2, 0));
      const right = Math.min(left + 1, width - 1);
      const above = between(plane[top * width + left], plane[top * width + right], u - left);
      const below = between(plane[low * width + left], plane[low * width + right], u - left);
      out[y * across + x] = between(above, below, v - top);
    }
  }
  return out;
}

function between(one, other, part) {
  return one + part * (other - one);
}
