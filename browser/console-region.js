// The console's forms that mark a part: an empty frame to draw in, beside the four numbers. There is no picture here.

import { RegionEditor } from "./region-editor.js";
import { ofPercents } from "./region.js";

const words = JSON.parse(document.querySelector("#region-words")?.textContent ?? "{}");

function start(form) {
  const part = (name) => form.querySelector(`[data-region-${name}]`);
  const fields = [...form.querySelectorAll(".region__sides input")];
  const typed = fields.map(({ value }) => (value === "" ? NaN : Number(value)));
  for (const name of ["frame", "keys", "undo"]) part(name).hidden = false;
  part("frame").style.setProperty("--aspect", form.dataset.aspect);
  const parts = { frame: part("frame"), box: part("box"), live: part("live"), undo: part("undo"), clear: null, fields };
  const sides = ofPercents(typed);
  const kept = fields.map(({ value }) => value);
  new RegionEditor(parts, words, sides);
  // What was typed and refused stays to be mended.
  if (sides === null) fields.forEach((field, at) => (field.value = kept[at]));
}

for (const form of document.querySelectorAll("form[data-region]")) start(form);
