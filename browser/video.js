// A film hashed on the person's device: the browser plays it to a canvas, frame by frame. No byte leaves the page.
//
//   const run = startVideo(file, hasher, { onProgress });
//   run.pause(); run.resume(); run.stop();
//   const { rows, bytes, unhashable } = await run.result;
//
// Colours need no rule here: browsers take an untagged film for BT.709 from 720 lines on, else for BT.601, and the
// server does as they do. The page's policy must allow `media-src blob:`.

import { distance } from "./distance.js";
import { HashError } from "./errors.js";
import { MIN_QUALITY } from "./pdq.js";
import { signalBytes } from "./video-form.js";
import { FilmPatches } from "./video-patches.js";

const EVERY = 0.5; // seconds between two frames, as a bank keeps them
const MOST_FRAMES = 1200; // a longer film is looked at less often
const SAME = 4; // frames that differ in so few bits are one row
const MAX_SECONDS = 4 * 3600;
const FRAME_PATIENCE = 250; // milliseconds after a seek within which a new frame is shown
const FRAME_PAUSE = 20; // milliseconds between two looks for a frame that is not there yet
const PATIENCE = 20_000; // milliseconds until a browser that stays silent is taken to be unable

/**
 * @param {Blob} file
 * @param {{hashFrame: (frame: ImageBitmap, differentFrom: string | null) => Promise<{value: string, quality: number,
 *   patches?: string}>}} hasher of hasher.js
 * @param {{onProgress?: (part: number) => void, every?: number}} options `every` in seconds
 * @returns {VideoRun} already running
 */
export function startVideo(file, hasher, options = {}) {
  return new VideoRun(file, hasher, options);
}

class VideoRun {
  constructor(file, hasher, { onProgress = () => {}, every = EVERY }) {
    this.hasher = hasher;
    this.onProgress = onProgress;
    this.every = every;
    this.patches = new FilmPatches();
    this.stopped = false;
    this.waiting = null; // set while paused: a promise and what ends it
    /**
     * Rejects with a HashError: video_unplayable (this browser cannot play it: an iPhone's HEVC in most of them, AVI
     * anywhere; say so, and to send it as H.264 or to use another browser), video_too_long, video_stopped, too_large,
     * canvas_protected, hasher_unavailable.
     *
     * @type {Promise<{rows: {start: number, end: number, value: string, quality: number}[], bytes: Uint8Array,
     *   milliseconds: number, width: number, height: number, unhashable: null | "flat"}>} times in milliseconds
     */
    this.result = this.run(file);
  }

  /** Stop after the frame that is being hashed, until `resume`. */
  pause() {
    this.waiting ??= Promise.withResolvers ? Promise.withResolvers() : withResolvers();
  }

  resume() {
    this.waiting?.resolve();
    this.waiting = null;
  }

  /** End for good; what was hashed is dropped. */
  stop() {
    this.stopped = true;
    this.resume();
  }

  async run(file) {
    const video = document.createElement("video");
    const address = URL.createObjectURL(file);
    try {
      await load(video, address);
      const rows = await this.frames(video);
      const { videoWidth: width, videoHeight: height } = video;
      const milliseconds = Math.round(video.duration * 1000);
      const unhashable = rows.length === 0 ? "flat" : null;
      const bytes = signalBytes({ rows, patchSets: this.patches.sets, milliseconds, width, height });
      return { rows, bytes, milliseconds, width, height, unhashable };
    } finally {
      video.removeAttribute("src");
      video.load();
      URL.revokeObjectURL(address);
    }
  }

  async frames(video) {
    const { duration } = video;
    const every = Math.max(this.every, duration / MOST_FRAMES);
    const rows = [];
    for (let time = 0; time < duration; time += every) {
      await this.waiting?.promise;
      if (this.stopped) {
        throw new HashError("video_stopped");
      }
      await seek(video, time);
      const milliseconds = Math.round(time * 1000);
      const found = await this.hasher.hashFrame(await frameOf(video), this.patches.differentFrom(milliseconds));
      add(rows, milliseconds, found);
      this.patches.take(milliseconds, found);
      this.onProgress(Math.min(1, (time + every) / duration));
    }
    return rows;
  }
}

function withResolvers() {
  const made = {};
  made.promise = new Promise((resolve) => {
    made.resolve = resolve;
  });
  return made;
}

/** Flat frames are left out; one that looks like the row before lengthens it. */
function add(rows, time, { value, quality }) {
  if (quality < MIN_QUALITY) {
    return;
  }
  const last = rows.at(-1);
  if (last !== undefined && distance(last.value, value) <= SAME) {
    last.end = time;
  } else {
    rows.push({ start: time, end: time, value, quality });
  }
}

async function load(video, address) {
  video.muted = true;
  video.preload = "auto";
  video.playsInline = true;
  video.src = address;
  await heard(video, "loadeddata");
  if (video.duration === Infinity) {
    // Recorded by a browser: its length is only known at its end.
    await seek(video, Number.MAX_SAFE_INTEGER / 1e6);
  }
  if (video.videoWidth === 0 || !Number.isFinite(video.duration)) {
    throw new HashError("video_unplayable");
  }
  if (video.duration > MAX_SECONDS) {
    throw new HashError("video_too_long");
  }
}

async function seek(video, time) {
  if (video.currentTime === time && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && !video.seeking) {
    return;
  }
  const [seeked, shown] = [heard(video, "seeked"), nextFrame(video)];
  video.currentTime = time;
  await seeked;
  await shown;
}

/** The frame that is shown. A busy browser may tell that the film is loaded before it has its first frame. */
async function frameOf(video) {
  for (let waited = 0; ; waited += FRAME_PAUSE) {
    try {
      return await createImageBitmap(video);
    } catch (error) {
      if (error.name !== "InvalidStateError" || waited >= PATIENCE) {
        throw new HashError("video_unplayable");
      }
      await new Promise((resolve) => setTimeout(resolve, FRAME_PAUSE));
    }
  }
}

/** A busy browser may tell that it has sought before it shows the new frame; where none is new, do not wait long. */
function nextFrame(video) {
  return new Promise((resolve) => {
    video.requestVideoFrameCallback?.(resolve);
    video.addEventListener("seeked", () => setTimeout(resolve, FRAME_PATIENCE), { once: true });
  });
}

/** The event, or video_unplayable when the browser gives up or stays silent. */
function heard(video, name) {
  return new Promise((resolve, reject) => {
    const done = new AbortController();
    const unable = () => {
      done.abort();
      reject(new HashError("video_unplayable"));
    };
    const patience = setTimeout(unable, PATIENCE);
    done.signal.addEventListener("abort", () => clearTimeout(patience));
    video.addEventListener("error", unable, { signal: done.signal });
    video.addEventListener(
      name,
      () => {
        done.abort();
        resolve();
      },
      { signal: done.signal },
    );
  });
}
