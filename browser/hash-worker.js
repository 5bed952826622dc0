// The worker's door: {id, file} in; {id, progress}, then {id, signals, unhashable, patches} or {id, error} out.

import { HashError } from "./errors.js";
import { hashFile } from "./hash.js";

const STEP = 0.01; // progress is told in whole percents, not more often

let turn = Promise.resolve(); // one file after another: a large picture needs much memory

self.addEventListener("message", ({ data }) => {
  turn = turn.then(() => answer(data));
});

async function answer({ id, file }) {
  let told = 0;
  const onProgress = (progress) => {
    if (progress >= told + STEP) {
      told = progress;
      self.postMessage({ id, progress });
    }
  };
  try {
    self.postMessage({ id, ...(await hashFile(file, onProgress)) });
  } catch (error) {
    // A rejected promise would not reach the page's onerror.
    self.postMessage({ id, error: codeOf(error) });
  }
}

function codeOf(error) {
  if (error instanceof HashError) {
    return error.code;
  }
  return error instanceof RangeError ? "too_large" : "hasher_unavailable"; // no memory left; no OffscreenCanvas
}
