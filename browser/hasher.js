// What a page uses:
//   const hasher = startHasher();
//   const { signals, unhashable } = await hasher.hash(file, onProgress);

import { HashError } from "./errors.js";

const WORKER = new URL("hash-worker.js", import.meta.url).href;

// The page's policy allows one named maker of script addresses, once; this one makes a single address.
const policy = globalThis.trustedTypes?.createPolicy("argine", { createScriptURL: () => WORKER });

/** @returns {Hasher} with a worker of its own */
export function startHasher() {
  return new Hasher();
}

class Hasher {
  constructor() {
    this.waiting = new Map();
    this.last = 0;
    this.worker = new Worker(policy ? policy.createScriptURL("") : WORKER, { type: "module" });
    this.worker.addEventListener("message", ({ data }) => this.heard(data));
    this.worker.addEventListener("error", () => this.failed());
  }

  /**
   * @param {Blob} file
   * @param {(part: number) => void} onProgress told the part done, 0 to 1
   * @returns {Promise<{signals: {type: string, value: string, quality: number | null}[],
   *   unhashable: null | "flat" | "too_small"}>} rejects with a HashError, whose `code` is one of errors.js
   */
  hash(file, onProgress = () => {}) {
    return this.ask({ file }, [], onProgress);
  }

  /**
   * @param {Blob} film of which the exact signals are made
   * @param {(part: number) => void} onProgress told the part done, 0 to 1
   * @returns {Promise<{type: string, value: string, quality: null}[]>} rejects as `hash` does
   */
  async hashExact(film, onProgress = () => {}) {
    const { exact } = await this.ask({ film }, [], onProgress);
    return exact;
  }

  /**
   * @param {ImageBitmap} frame of a film; it is gone afterwards
   * @param {string | null} differentFrom makes patches too: "" always, a hash where the frame differs enough from it
   * @returns {Promise<{value: string, quality: number, patches?: string}>} rejects as `hash` does
   */
  async hashFrame(frame, differentFrom = null) {
    const { pdq } = await this.ask({ frame, differentFrom }, [frame], () => {});
    return pdq;
  }

  ask(message, handed, onProgress) {
    if (this.worker === null) {
      return Promise.reject(new HashError("hasher_unavailable"));
    }
    this.last += 1;
    const id = this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, onProgress });
      this.worker.postMessage({ id, ...message }, handed);
    });
  }

  heard({ id, progress, error, ...answer }) {
    const asked = this.waiting.get(id);
    if (progress !== undefined) {
      asked.onProgress(progress);
      return;
    }
    this.waiting.delete(id);
    if (error === undefined) {
      asked.resolve(answer);
    } else {
      asked.reject(new HashError(error));
    }
  }

  /** The worker's script did not load or start. Whoever waits is told, and whoever comes later. */
  failed() {
    this.worker.terminate();
    this.worker = null;
    this.waiting.forEach(({ reject }) => reject(new HashError("hasher_unavailable")));
    this.waiting.clear();
  }
}
