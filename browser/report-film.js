// A chosen film on the report page: hashed on this device in slices, with a pause. Its bytes go nowhere.

import { startVideo } from "./video.js";
import { base64url } from "./base64url.js";

const EXACT_SHARE = 0.2; // of the time, roughly

/**
 * @param {File} file
 * @param {object} row
 * @param {object} row.hasher of hasher.js
 * @param {HTMLButtonElement} row.button pauses and goes on
 * @param {(part: number) => void} row.onProgress told the part done, 0 to 1
 * @param {(paused: boolean) => void} row.onPause told when the person pauses or goes on
 * @param {Record<string, string>} words texts in the page's language
 * @returns {{ stop: () => void, result: Promise<{signals: object[], told: string}> }} `told` names the sentence that
 *   says how it went; rejects with a HashError
 */
export function startFilm(file, { hasher, button, onProgress, onPause }, words) {
  let run = null;
  let stopped = false;
  let paused = false;

  function show() {
    button.textContent = paused ? words.go_on : words.pause;
    onPause(paused);
  }

  function toggle() {
    paused = !paused;
    if (paused) run?.pause();
    else run?.resume();
    show();
  }

  async function look() {
    run = startVideo(file, hasher, { onProgress: (part) => onProgress(EXACT_SHARE + (1 - EXACT_SHARE) * part) });
    if (stopped) run.stop();
    if (paused) run.pause();
    return run.result;
  }

  async function work() {
    button.addEventListener("click", toggle);
    show();
    button.hidden = false;
    try {
      const exact = await hasher.hashExact(file, (part) => onProgress(EXACT_SHARE * part));
      return await withLook(exact, look);
    } finally {
      button.hidden = true;
      button.removeEventListener("click", toggle);
    }
  }

  return {
    stop() {
      stopped = true;
      run?.stop();
    },
    result: work(),
  };
}

/** What the browser cannot play has no look to it; its exact copies can be found all the same. */
async function withLook(exact, look) {
  try {
    const { bytes, unhashable } = await look();
    if (unhashable !== null) return { signals: exact, told: "plain" };
    return { signals: [{ type: "video", value: base64url(bytes), quality: null }, ...exact], told: "ready" };
  } catch (error) {
    if (error.code !== "video_unplayable") throw error;
    return { signals: exact, told: "video_unplayable" };
  }
}
