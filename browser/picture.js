// A file to its brightness, as the browser shows the picture: upright, in sRGB, on white. No byte leaves the page.

import { HashError } from "./errors.js";
import { fillLuma } from "./luma.js";

export const MAX_PIXELS = 64_000_000;
export const MAX_SIDE = 30_000;

const TILE_WIDTH = 4096; // browsers limit a canvas's size; tiles keep under every limit
const TILE_HEIGHT = 256;

/**
 * @param {Blob} file
 * @param {(part: number) => void} onProgress told the part done, 0 to 1
 * @returns {Promise<{plane: Float32Array, width: number, height: number}>} size as shown, in pixels
 * @throws {HashError} not_a_picture, too_large, canvas_protected
 */
export async function lumaOf(file, onProgress) {
  checkCanvas();
  const bitmap = await decoded(file);
  try {
    return read(bitmap, onProgress);
  } finally {
    bitmap.close();
  }
}

/**
 * @param {ImageBitmap} bitmap one frame of a film; it is closed
 * @returns {{plane: Float32Array, width: number, height: number}} size as shown, in pixels
 * @throws {HashError} too_large, canvas_protected
 */
export function lumaOfFrame(bitmap) {
  try {
    checkCanvas();
    return read(bitmap, () => {});
  } finally {
    bitmap.close();
  }
}

async function decoded(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image", colorSpaceConversion: "default" });
  } catch {
    throw new HashError("not_a_picture");
  }
}

function read(bitmap, onProgress) {
  const { width, height } = bitmap;
  if (width * height > MAX_PIXELS || Math.max(width, height) > MAX_SIDE) {
    throw new HashError("too_large");
  }
  const plane = new Float32Array(width * height);
  const context = contextOf(Math.min(width, TILE_WIDTH), Math.min(height, TILE_HEIGHT));
  for (let top = 0; top < height; top += TILE_HEIGHT) {
    for (let left = 0; left < width; left += TILE_WIDTH) {
      readTile(context, bitmap, left, top, plane);
    }
    onProgress(Math.min(1, (top + TILE_HEIGHT) / height));
  }
  return { plane, width, height };
}

function readTile(context, bitmap, left, top, plane) {
  const width = Math.min(TILE_WIDTH, bitmap.width - left);
  const height = Math.min(TILE_HEIGHT, bitmap.height - top);
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, left, top, width, height, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  fillLuma(data, width, plane, top * bitmap.width + left, bitmap.width);
}

function contextOf(width, height) {
  const context = new OffscreenCanvas(width, height).getContext("2d", {
    colorSpace: "srgb",
    willReadFrequently: true, // kept in memory, not on the graphics card, whose rounding differs
  });
  context.fillStyle = "#fff";
  context.imageSmoothingEnabled = false;
  return context;
}

/** Known pixels in, the same out; protection against tracking returns noise, and a hash of noise finds nothing. */
export function checkCanvas() {
  const side = 64;
  const context = contextOf(side, side);
  const known = context.createImageData(side, side);
  known.data.forEach((_, at) => {
    known.data[at] = at % 4 === 3 ? 255 : Math.imul(at + 1, 2654435761) >>> 24;
  });
  context.putImageData(known, 0, 0);
  const { data } = context.getImageData(0, 0, side, side);
  if (data.some((value, at) => value !== known.data[at])) {
    throw new HashError("canvas_protected");
  }
}
