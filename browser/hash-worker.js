// The worker's door: {id, file} in; {id, progress}, then {id, signals, unhashable, patches} or {id, error} out.
// Or {id, frame} in, of a film; {id, pdq} or {id, error} out.

import { HashError } from "./errors.js";
import { hashFile } from "./hash.js";
import { pdq } from "./pdq.js";
import { lumaOfFrame } from "./picture.js";

const STEP = 0.01; // progress is told in whole percents, not more often

let turn = Promise.resolve(); // one file after another: a large picture needs much memory

self.addEventListener("message", ({ data }) => {
  turn = turn.then(() => answer(data));
});

async function answer({ id, file, frame }) {
  let told = 0;
  const onProgress = (progress) => {
    if (progress >= told + STEP) {
      told = progress;
      self.postMessage({ id, progress });
    }
  };
  try {
    self.postMessage(frame ? { id, pdq: hashFrame(frame) } : { id, ...(await hashFile(file, onProgress)) });
  } catch (error) {
    // A rejected promise would not reach the page's onerror.
    self.postMessage({ id, error: codeOf(error) });
  }
}

function hashFrame(frame) {
  const { plane, width, height } = lumaOfFrame(frame);
  return pdq(plane, width, height);
}

function codeOf(error) {
  if (error instanceof HashError) {
    return error.code;
  }
  return error instanceof RangeError ? "too_large" : "hasher_unavailable"; // no memory left; no OffscreenCanvas
}
