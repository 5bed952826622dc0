// A row's "only a part of this picture was altered": opens the editor under the row, and closes it again.

import { RegionEditor } from "./region-editor.js";
import { openPreview } from "./region-preview.js";
import { percents } from "./region.js";

let closeOpen = () => {}; // one editor at a time: a preview takes memory

/**
 * @param {object} picture `element` is its row, `file` the file where it is at hand, `region` its sides or null
 * @param {HTMLTemplateElement} template of the editor
 * @param {Record<string, string>} words
 * @param {() => void} onChange told when `picture.region` is another
 * @returns {{ show: () => void, close: () => void }} `show` offers it once the picture is ready
 */
export function startMarking(picture, template, words, onChange) {
  const button = picture.element.querySelector(".file__mark");
  const place = picture.element.querySelector(".file__region");
  const told = picture.element.querySelector(".file__marked");
  let shutPreview = () => {};

  function tell() {
    const [, , width, height] = picture.region ? percents(picture.region).map(Math.round) : [];
    told.textContent = picture.region
      ? words.marked_short.replace("{width}", width).replace("{height}", height)
      : "";
  }

  function close() {
    shutPreview();
    shutPreview = () => {};
    place.replaceChildren();
    place.hidden = true;
    button.setAttribute("aria-expanded", "false");
  }

  function open() {
    closeOpen();
    closeOpen = close;
    const element = template.content.firstElementChild.cloneNode(true);
    place.replaceChildren(element);
    place.hidden = false;
    button.setAttribute("aria-expanded", "true");
    shutPreview = showBehind(element, picture.file);
    startEditor(element);
    element.focus(); // what it is for comes first
  }

  function startEditor(element) {
    const part = (name) => element.querySelector(`[data-region-${name}]`);
    const fields = [...element.querySelectorAll("[data-region-side]")];
    const parts = { frame: part("frame"), box: part("box"), live: part("live"), undo: part("undo"), clear: part("clear") };
    new RegionEditor({ ...parts, fields }, words, picture.region, (sides) => {
      picture.region = sides;
      tell();
      onChange();
    });
    part("close").addEventListener("click", () => {
      close();
      button.focus();
    });
  }

  button.addEventListener("click", () => (place.hidden ? open() : close()));
  return {
    show: () => {
      picture.element.querySelector(".file__part").hidden = false;
      tell();
    },
    close,
  };
}

/** Draw the picture behind the frame, where its file is at hand; the answer takes it away again. */
function showBehind(element, file) {
  const frame = element.querySelector("[data-region-frame]");
  const button = element.querySelector("[data-region-clearer]");
  button.hidden = true;
  let preview = null;
  let isClosed = file === undefined;
  const opened = isClosed ? null : openPreview(element.querySelector("[data-region-preview]"), file);
  opened?.then((made) => {
    preview = made;
    if (made === null) return;
    if (isClosed) return made.close();
    frame.style.setProperty("--aspect", String(made.aspect));
    made.draw(false);
    button.hidden = false;
  });
  button.addEventListener("click", () => {
    const isClear = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(isClear));
    preview.draw(isClear);
  });
  return () => {
    isClosed = true;
    preview?.close();
  };
}
