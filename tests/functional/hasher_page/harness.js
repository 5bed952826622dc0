// What the tests call: the hasher as a page uses it, and its modules on their own.

import { startHasher } from "../browser/hasher.js";
import { fillLuma } from "../browser/luma.js";
import { Md5 } from "../browser/md5.js";
import { patches } from "../browser/patch.js";
import { pdq } from "../browser/pdq.js";
import { checkCanvas } from "../browser/picture.js";
import { Sha256 } from "../browser/sha256.js";
import { startVideo } from "../browser/video.js";
import { paint, someBytes } from "../vectors/recipe.js";

const hasher = startHasher();

async function hashed(file) {
  const progress = [];
  try {
    return { ...(await hasher.hash(file, (part) => progress.push(part))), progress };
  } catch (error) {
    return { error: error.code, progress };
  }
}

async function pngOf(recipe) {
  const canvas = new OffscreenCanvas(recipe.width, recipe.height);
  canvas.getContext("2d").putImageData(new ImageData(paint(recipe), recipe.width), 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}

function digest(hash, bytes, slice) {
  for (let start = 0; start < bytes.length; start += slice) {
    hash.update(bytes.subarray(start, start + slice));
  }
  return hash.digest();
}

let run = null;

async function outcome(running, progress) {
  try {
    const { bytes, ...rest } = await running.result;
    return { ...rest, bytes: [...bytes], progress };
  } catch (error) {
    return { error: error.code, progress };
  }
}

window.harness = {
  hashVideo(every) {
    const progress = [];
    const onProgress = (part) => {
      progress.push(part);
      window.newestPart = part;
    };
    run = startVideo(document.querySelector("input").files[0], hasher, { every, onProgress });
    window.outcome = outcome(run, progress);
  },
  pause: () => run.pause(),
  resume: () => run.resume(),
  stop: () => run.stop(),
  async hashFiles() {
    const files = [...document.querySelector("input").files];
    return Promise.all(files.map(hashed));
  },
  async hashRecipes(recipes) {
    return Promise.all((await Promise.all(recipes.map(pngOf))).map(hashed));
  },
  hashBytes(bytes) {
    return hashed(new Blob([Uint8Array.from(bytes)]));
  },
  hashZeros(count) {
    return hashed(new Blob([new Uint8Array(count)]));
  },
  pdqOf(recipe) {
    const plane = new Float32Array(recipe.width * recipe.height);
    fillLuma(paint(recipe), recipe.width, plane, 0, recipe.width);
    return pdq(plane, recipe.width, recipe.height);
  },
  patchesOf(recipe) {
    const plane = new Float32Array(recipe.width * recipe.height);
    fillLuma(paint(recipe), recipe.width, plane, 0, recipe.width);
    return patches(plane, recipe.width, recipe.height);
  },
  exactOf(length, slice) {
    const bytes = someBytes(length);
    return { sha256: digest(new Sha256(), bytes, slice), md5: digest(new Md5(), bytes, slice) };
  },
  checkCanvas() {
    try {
      checkCanvas();
      return null;
    } catch (error) {
      return error.code;
    }
  },
};
