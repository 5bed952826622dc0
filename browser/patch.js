// The patch signal, byte for byte as argine.signals.patch makes it; the steps are told there.

import { base64url } from "./base64url.js";
import { codeOf } from "./patch-code.js";
import { directions } from "./patch-directions.js";
import { grey } from "./patch-grey.js";
import { choose, find } from "./patch-keypoints.js";
import { differences, octaves } from "./patch-scales.js";
import { PLACE_UNIT, POWERS, STEPS, keptScale } from "./patch-tables.js";

export const BANK_PATCHES = 100;

const VERSION = 1;
const HEAD = 11;
const ROW = 38;

/** Letters of the text form of no patches at all. */
export const EMPTY_TEXT = Math.ceil((HEAD * 4) / 3);

/**
 * Patches of a picture's brightness, in their text form.
 *
 * @param {Float32Array} plane height x width, row by row; only read
 * @param {number} width in pixels
 * @param {number} height in pixels
 * @param {(part: number) => void} onProgress told the part done, 0 to 1
 * @returns {string} base64url without padding
 */
export function patches(plane, width, height, onProgress = () => {}) {
  const picture = grey(plane, width, height);
  onProgress(0.2);
  const pyramid = octaves(picture);
  onProgress(0.5);
  const points = pyramid.flatMap((octave, number) => find(differences(octave), octave, number));
  onProgress(0.7);
  const chosen = choose(points, picture.width, picture.height, BANK_PATCHES);
  const found = chosen.flatMap((point) => described(pyramid[point.octave], point));
  onProgress(1);
  return base64url(packed(width, height, found.slice(0, BANK_PATCHES)));
}

/** One patch for each direction. All is rounded to what is kept before the patch is sampled. */
function described(octave, point) {
  const step = 2 ** point.octave;
  const scale = keptScale(point.octave, point.level);
  const x = Math.trunc(point.x * step * PLACE_UNIT + 0.5);
  const y = Math.trunc(point.y * step * PLACE_UNIT + 0.5);
  const place = { x: x / (PLACE_UNIT * step), y: y / (PLACE_UNIT * step), sigma: POWERS[scale] / step };
  const level = octave.levels[Math.min(Math.max(Math.trunc(point.level + 0.5), 1), STEPS)];
  return directions(level, octave, place.x, place.y, place.sigma).map((angle) => ({
    code: codeOf(octave.levels[0], octave, { ...place, angle }),
    x,
    y,
    scale,
    angle,
  }));
}

function packed(width, height, found) {
  const bytes = new Uint8Array(HEAD + ROW * found.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint32(1, width, true);
  view.setUint32(5, height, true);
  view.setUint16(9, found.length, true);
  found.forEach(({ code, x, y, scale, angle }, i) => {
    const start = HEAD + ROW * i;
    bytes.set(code, start);
    view.setUint16(start + 32, x, true);
    view.setUint16(start + 34, y, true);
    view.setUint8(start + 36, scale);
    view.setUint8(start + 37, angle);
  });
  return bytes;
}
