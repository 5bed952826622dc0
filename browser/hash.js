// All signals of one file. Runs in the worker; needs no page.

import { HashError } from "./errors.js";
import { Md5 } from "./md5.js";
import { EMPTY_TEXT, patches } from "./patch.js";
import { MIN_QUALITY, MIN_SIDE, pdq } from "./pdq.js";
import { lumaOf } from "./picture.js";
import { Sha256 } from "./sha256.js";

export const MAX_BYTES = 64 * 1024 * 1024;
export const MAX_FILM_BYTES = 8 * 1024 * 1024 * 1024; // only its exact signals go through all of it

const SLICE = 1024 * 1024;
const SHARES = { exact: 0.25, decode: 0.25, patches: 0.15, pdq: 0.35 }; // of the time, roughly

/**
 * @param {Blob} file
 * @param {(part: number) => void} onProgress told the part done, 0 to 1
 * @returns {Promise<{signals: {type: string, value: string, quality: number | null}[],
 *   unhashable: null | "flat" | "too_small"}>} no `pdq` and no `patch` among the signals where unhashable says why
 * @throws {HashError}
 */
export async function hashFile(file, onProgress = () => {}) {
  if (file.size > MAX_BYTES) {
    throw new HashError("too_large");
  }
  const { plane, width, height } = await lumaOf(file, (part) => onProgress(part * SHARES.decode));
  const exact = await exactSignals(file, (part) => onProgress(SHARES.decode + part * SHARES.exact));
  const before = SHARES.decode + SHARES.exact;
  const found = patches(plane, width, height, (part) => onProgress(before + part * SHARES.patches));
  const { value, quality } = pdq(plane, width, height, (part) => onProgress(1 - SHARES.pdq * (1 - part)));
  const unhashable = whyUnhashable(width, height, quality);
  const looks = [{ type: "pdq", value, quality }];
  if (found.length > EMPTY_TEXT) looks.push({ type: "patch", value: found, quality: null });
  return { signals: [...(unhashable === null ? looks : []), ...exact], unhashable };
}

function whyUnhashable(width, height, quality) {
  if (Math.min(width, height) < MIN_SIDE) {
    return "too_small";
  }
  return quality < MIN_QUALITY ? "flat" : null;
}

/**
 * The exact signals of a film. In slices, so that a large file is never in memory at once.
 *
 * @param {Blob} file
 * @param {(part: number) => void} onProgress told the part done, 0 to 1
 * @throws {HashError}
 */
export async function hashExact(file, onProgress = () => {}) {
  if (file.size > MAX_FILM_BYTES) {
    throw new HashError("film_too_large");
  }
  return exactSignals(file, onProgress);
}

async function exactSignals(file, onProgress) {
  const sha256 = new Sha256();
  const md5 = new Md5();
  for (let start = 0; start < file.size; start += SLICE) {
    const bytes = await sliceOf(file, start);
    sha256.update(bytes);
    md5.update(bytes);
    onProgress(Math.min(1, (start + SLICE) / file.size));
  }
  return [
    { type: "sha256", value: sha256.digest(), quality: null },
    { type: "md5", value: md5.digest(), quality: null },
  ];
}

async function sliceOf(file, start) {
  try {
    return new Uint8Array(await file.slice(start, start + SLICE).arrayBuffer());
  } catch {
    throw new HashError("file_unreadable");
  }
}
