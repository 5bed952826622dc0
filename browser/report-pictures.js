// The list of chosen pictures. Each is hashed on this device; only the signals go into the form, never a file or its name.

import { isFilm } from "./film-kinds.js";
import { startHasher } from "./hasher.js";
import { startFilm } from "./report-film.js";
import { startMarking } from "./report-region.js";

const MAX_PICTURES = 20;

/**
 * @param {object} parts
 * @param {HTMLInputElement} parts.input file input (without a name, so that the browser never sends it)
 * @param {HTMLElement} parts.drop place to drop files
 * @param {HTMLElement} parts.list where the rows go
 * @param {HTMLTemplateElement} parts.row markup of a row
 * @param {HTMLTemplateElement} parts.editor markup of what marks the altered part
 * @param {HTMLTextAreaElement} parts.field hidden field that carries the signals as JSON
 * @param {HTMLElement} parts.live says aloud what happened
 * @param {Record<string, string>} words texts in the page's language
 * @param {Record<string, string>} regionWords those of the part that is marked
 * @returns {{ isBusy: () => boolean, count: () => number, countMarked: () => number }}
 */
export function startPictures({ input, drop, list, row, editor, field, live }, words, regionWords) {
  const pictures = new Set();
  let hasher = null;
  let filmHasher = null;

  const ready = () => [...pictures].filter((picture) => picture.signals);

  function write() {
    // Of a part only four numbers.
    field.value = JSON.stringify(ready().map(({ signals, region }) => (region ? { signals, region } : { signals })));
    field.dispatchEvent(new Event("change"));
  }

  function setState(picture, state, text) {
    const { element } = picture;
    element.classList.toggle("file--busy", state === "busy");
    element.classList.toggle("file--bad", state === "bad");
    element.querySelector(".file__state").textContent = text;
    element.querySelector("progress").hidden = state !== "busy";
    if (state !== "busy") live.textContent = `${picture.name}: ${text}`;
  }

  function remove(picture) {
    const next = picture.element.nextElementSibling ?? picture.element.previousElementSibling;
    pictures.delete(picture);
    picture.film?.stop();
    picture.marking.close();
    picture.element.remove();
    live.textContent = `${picture.name}: ${words.removed}`;
    write();
    (next?.querySelector(".file__remove") ?? input).focus();
  }

  function add(name, file) {
    const element = row.content.firstElementChild.cloneNode(true);
    const picture = { name, element, file, signals: null, region: null };
    const button = element.querySelector(".file__remove");
    picture.marking = startMarking(picture, editor, regionWords, write);
    element.querySelector(".file__name").textContent = name;
    button.setAttribute("aria-label", `${button.textContent.trim()}: ${name}`);
    button.addEventListener("click", () => remove(picture));
    element.querySelector(".file__address a").addEventListener("click", toAddress);
    pictures.add(picture);
    list.append(element);
    return picture;
  }

  // Without following the link: going back would then leave the step.
  function toAddress(event) {
    event.preventDefault();
    const field = document.querySelector(event.currentTarget.hash);
    field.focus();
    field.scrollIntoView({ block: "center" });
  }

  async function hash(picture, file) {
    try {
      hasher ??= startHasher();
      await ((await isFilm(file)) ? hashFilm(picture, file) : hashPicture(picture, file));
    } catch (error) {
      if (pictures.has(picture)) setState(picture, "bad", words[error.code ?? error.message] ?? words.failed);
    }
    if (pictures.has(picture)) write();
  }

  async function hashPicture(picture, file) {
    const bar = picture.element.querySelector("progress");
    const { signals, unhashable } = await hasher.hash(file, (part) => (bar.value = part));
    picture.signals = signals;
    setState(picture, "ready", unhashable ? words.plain : words.ready);
    // Of a picture without a fingerprint of its look only identical files are found anyway.
    if (!unhashable) picture.marking.show();
  }

  async function hashFilm(picture, file) {
    const bar = picture.element.querySelector("progress");
    const parts = {
      // A worker of its own: a paused film must not keep the pictures after it waiting.
      hasher: (filmHasher ??= startHasher()),
      button: picture.element.querySelector(".file__pause"),
      onProgress: (part) => (bar.value = part),
      onPause: (paused) => (picture.element.querySelector(".file__state").textContent = paused ? words.paused : words.film_busy),
    };
    picture.film = startFilm(file, parts, words);
    const { signals, told } = await picture.film.result;
    picture.signals = signals;
    setState(picture, "ready", words[told]);
    picture.element.querySelector(".file__address").hidden = told !== "video_unplayable";
  }

  async function take(files) {
    const room = MAX_PICTURES - pictures.size;
    const added = [...files].slice(0, room).map((file) => [add(file.name, file), file]);
    if (files.length > room) live.textContent = words.too_many;
    for (const [picture] of added) setState(picture, "busy", words.busy);
    // One after the other: two large pictures at once could take more memory than a phone has.
    for (const [picture, file] of added) if (pictures.has(picture)) await hash(picture, file);
  }

  function takeBackFromField() {
    const kept = field.value ? JSON.parse(field.value) : [];
    kept.forEach(({ signals, region }, index) => {
      const picture = add(`${words.picture} ${index + 1}`);
      picture.signals = signals;
      picture.region = region ?? null;
      setState(picture, "ready", words.ready);
      if (!signals.some(({ type }) => type === "video")) picture.marking.show();
    });
  }

  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = "";
    take(files);
  });
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    // The whole page takes the drop, so that a picture let go beside the frame is not opened by the browser.
    addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("is-over", (name === "dragenter" || name === "dragover") && drop.contains(event.target));
    });
  }
  drop.addEventListener("drop", (event) => take(event.dataTransfer.files));
  takeBackFromField();

  return {
    isBusy: () => [...pictures].some(({ element }) => element.classList.contains("file--busy")),
    count: () => ready().length,
    countMarked: () => ready().filter(({ region }) => region).length,
  };
}
