// The byte form of the `video` signal, as argine.signals.video.signal tells of it; whole frames only, no patches.

const VERSION = 1;
const HEAD = 19;
const ROW = 42;

/**
 * @param {{rows: {start: number, end: number, value: string, quality: number}[], milliseconds: number, width: number,
 *   height: number}} signal times in milliseconds, values in hexadecimal digits
 * @returns {Uint8Array}
 */
export function signalBytes({ rows, milliseconds, width, height }) {
  const bytes = new Uint8Array(HEAD + ROW * rows.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  [milliseconds, width, height, rows.length].forEach((value, at) => view.setUint32(1 + 4 * at, value, true));
  view.setUint16(17, 0, true);
  rows.forEach((row, number) => writeRow(view, HEAD + ROW * number, row));
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
