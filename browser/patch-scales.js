// The grey picture blurred more and more, number for number as argine.signals.patch.scales and `differences`.
//
// A store into a Float32Array rounds, and so does Math.fround: each sum and product is rounded as float32 arithmetic
// rounds it.

import { FIRST_KERNEL, KERNELS, LEVELS, MIN_OCTAVE_SIDE } from "./patch-tables.js";

/**
 * @param {{data: Float32Array, width: number, height: number}} picture the grey picture
 * @returns {{levels: Float32Array[], width: number, height: number}[]} octaves, the finest first
 */
export function octaves(picture) {
  const found = [];
  let { width, height } = picture;
  let first = blur(picture.data, width, height, FIRST_KERNEL);
  while (Math.min(width, height) >= MIN_OCTAVE_SIDE) {
    const levels = [first];
    for (const kernel of KERNELS) {
      levels.push(blur(levels[levels.length - 1], width, height, kernel));
    }
    found.push({ levels, width, height });
    first = halved(levels[LEVELS - 3], width, height);
    width = Math.ceil(width / 2);
    height = Math.ceil(height / 2);
  }
  return found;
}

/** @returns {Float32Array[]} each level minus the one below */
export function differences({ levels }) {
  return levels.slice(1).map((level, below) => level.map((value, at) => value - levels[below][at]));
}

function halved(plane, width, height) {
  const across = Math.ceil(width / 2);
  const out = new Float32Array(across * Math.ceil(height / 2));
  for (let at = 0; at < out.length; at += 1) {
    out[at] = plane[2 * Math.floor(at / across) * width + 2 * (at % across)];
  }
  return out;
}

function blur(plane, width, height, kernel) {
  const half = new Float32Array(plane.length);
  const out = new Float32Array(plane.length);
  blurRows(plane, width, height, kernel, half);
  blurColumns(half, width, height, kernel, out);
  return out;
}

function blurRows(plane, width, height, kernel, out) {
  const reach = kernel.length - 1;
  const padded = new Float32Array(width + 2 * reach);
  for (let start = 0; start < width * height; start += width) {
    padded.fill(plane[start], 0, reach);
    padded.set(plane.subarray(start, start + width), reach);
    padded.fill(plane[start + width - 1], reach + width);
    weigh(padded, reach, kernel[0], out, start, width);
    for (let k = 1; k <= reach; k += 1) {
      add(padded, reach - k, reach + k, kernel[k], out, start, width);
    }
  }
}

function blurColumns(plane, width, height, kernel, out) {
  for (let y = 0; y < height; y += 1) {
    weigh(plane, y * width, kernel[0], out, y * width, width);
    for (let k = 1; k < kernel.length; k += 1) {
      const above = Math.max(y - k, 0) * width;
      const below = Math.min(y + k, height - 1) * width;
      add(plane, above, below, kernel[k], out, y * width, width);
    }
  }
}

function weigh(line, from, weight, out, to, count) {
  for (let x = 0; x < count; x += 1) {
    out[to + x] = weight * line[from + x];
  }
}

function add(lines, one, other, weight, out, to, count) {
  for (let x = 0; x < count; x += 1) {
    out[to + x] += Math.fround(weight * Math.fround(lines[one + x] + lines[other + x]));
  }
}
