// The byte form of the `video` signal, as argine.signals.video.signal tells of it; whole frames only.

import { bytesOf } from "./base64url.js";

const VERSION = 1;
const HEAD = 19;
const ROW = 42;
const PATCH_HEAD = 8;

/**
 * @param {{rows: {start: number, end: number, value: string, quality: number}[], patchSets: {time: number,
 *   patches: string}[], milliseconds: number, width: number, height: number}} signal times in milliseconds, values in
 *   hexadecimal digits, patches in base64url
 * @returns {Uint8Array}
 */
export function signalBytes({ rows, patchSets, milliseconds, width, height }) {
  const sets = patchSets.map(({ time, patches }) => ({ time, data: bytesOf(patches) }));
  const length = sets.reduce((sum, { data }) => sum + PATCH_HEAD + data.length, HEAD + ROW * rows.length);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  [milliseconds, width, height, rows.length].forEach((value, at) => view.setUint32(1 + 4 * at, value, true));
  view.setUint16(17, sets.length, true);
  rows.forEach((row, number) => writeRow(view, HEAD + ROW * number, row));
  let at = HEAD + ROW * rows.length;
  for (const { time, data } of sets) {
    view.setUint32(at, time, true);
    view.setUint32(at + 4, data.length, true);
    bytes.set(data, at + PATCH_HEAD);
    at += PATCH_HEAD + data.length;
  }
  return bytes;
}

function writeRow(view, at, { start, end, value, quality }) {
  view.setUint32(at, start, true);
  view.setUint32(at + 4, end, true);
  view.setUint8(at + 8, 0);
  view.setUint8(at + 9, quality);
  for (let byte = 0; byte < 32; byte += 1) {
    view.setUint8(at + 10 + byte, parseInt(value.slice(2 * byte, 2 * byte + 2), 16));
  }
}
