// The worker's door: {id, file} in; {id, progress}, then {id, signals, unhashable, patches} or {id, error} out.
// Or {id, frame, differentFrom} in, of a film; {id, pdq} or {id, error} out. Or {id, film}; {id, exact} out.

import { HashError } from "./errors.js";
import { distance } from "./distance.js";
import { hashExact, hashFile } from "./hash.js";
import { EMPTY_TEXT, patches } from "./patch.js";
import { MIN_QUALITY, pdq } from "./pdq.js";
import { lumaOfFrame } from "./picture.js";
import { DISTINCT } from "./video-patches.js";

const STEP = 0.01; // progress is told in whole percents, not more often

let turn = Promise.resolve(); // one file after another: a large picture needs much memory

self.addEventListener("message", ({ data }) => {
  turn = turn.then(() => answer(data));
});

async function answer({ id, file, film, frame, differentFrom }) {
  let told = 0;
  const onProgress = (progress) => {
    if (progress >= told + STEP) {
      told = progress;
      self.postMessage({ id, progress });
    }
  };
  try {
    if (frame) self.postMessage({ id, pdq: hashFrame(frame, differentFrom) });
    else if (film) self.postMessage({ id, exact: await hashExact(film, onProgress) });
    else self.postMessage({ id, ...(await hashFile(file, onProgress)) });
  } catch (error) {
    // A rejected promise would not reach the page's onerror.
    self.postMessage({ id, error: codeOf(error) });
  }
}

/** The hash of a frame; with its patches where they are wanted: if it differs enough from another one. */
function hashFrame(frame, differentFrom) {
  const { plane, width, height } = lumaOfFrame(frame);
  const found = pdq(plane, width, height);
  const wanted = differentFrom === "" || (differentFrom !== null && distance(differentFrom, found.value) >= DISTINCT);
  if (!wanted || found.quality < MIN_QUALITY) {
    return found;
  }
  const text = patches(plane, width, height);
  return text.length > EMPTY_TEXT ? { ...found, patches: text } : found;
}

function codeOf(error) {
  if (error instanceof HashError) {
    return error.code;
  }
  return error instanceof RangeError ? "too_large" : "hasher_unavailable"; // no memory left; no OffscreenCanvas
}
