// The code of a patch, number for number as argine.signals.patch.code.

import { COSINES, FREQUENCIES, ROWS, SIDE, TRANSFORM, WINDOW } from "./patch-tables.js";

const round = Math.fround;

/**
 * @param {Float32Array} plane it goes on beyond its edge with the edge's own values
 * @param {{width: number, height: number}} size of the plane in pixels
 * @param {{x: number, y: number, angle: number, sigma: number}} patch in pixels of the plane and 1/256 turn
 * @returns {Uint8Array} 32 bytes
 */
export function codeOf(plane, size, patch) {
  return signs(transformed(sampled(plane, size, patch)));
}

/** 32 x 32 samples of a square, turned upright. */
function sampled(plane, { width, height }, { x: centreX, y: centreY, angle, sigma }) {
  const samples = new Float32Array(SIDE * SIDE);
  const step = sigma * (WINDOW / SIDE);
  const across = COSINES[angle] * step;
  const down = COSINES[(angle + 192) % 256] * step;
  for (let at = 0; at < samples.length; at += 1) {
    const u = (at % SIDE) - 15.5;
    const v = Math.floor(at / SIDE) - 15.5;
    const x = Math.min(Math.max(centreX + across * u - down * v, 0), width - 1.001);
    const y = Math.min(Math.max(centreY + down * u + across * v, 0), height - 1.001);
    const [left, top] = [Math.trunc(x), Math.trunc(y)];
    const corner = top * width + left;
    const right = round(x - left);
    const high = between(plane[corner], plane[corner + 1], right);
    const low = between(plane[corner + width], plane[corner + width + 1], right);
    samples[at] = between(high, low, round(y - top));
  }
  return samples;
}

function between(one, other, part) {
  return round(one + round(part * round(other - one)));
}

/** The low frequencies, ROWS x ROWS: first down the columns, then along the rows. */
function transformed(samples) {
  const half = new Float32Array(ROWS * SIDE);
  const low = new Float32Array(ROWS * ROWS);
  for (let row = 0; row < ROWS; row += 1) {
    for (let i = 0; i < SIDE; i += 1) {
      const factor = TRANSFORM[row * SIDE + i];
      for (let j = 0; j < SIDE; j += 1) {
        half[row * SIDE + j] += round(factor * samples[i * SIDE + j]);
      }
    }
    for (let j = 0; j < SIDE; j += 1) {
      const factor = half[row * SIDE + j];
      for (let column = 0; column < ROWS; column += 1) {
        low[row * ROWS + column] += round(factor * TRANSFORM[column * SIDE + j]);
      }
    }
  }
  return low;
}

function signs(low) {
  const code = new Uint8Array(FREQUENCIES.length / 8);
  FREQUENCIES.forEach(([v, u], bit) => {
    if (low[v * ROWS + u] > 0) {
      code[bit >> 3] |= 128 >> (bit & 7);
    }
  });
  return code;
}
