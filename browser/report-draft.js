// The controls that keep an unfinished report on this device, find it again, and erase it.

import { eraseDraft, keepDraft, readDraft } from "./draft.js";
import { ownLanguages } from "./own-time.js";

const PICTURE_STEP = 1;
const ANSWERS = "input:not([type=hidden], [type=file]), textarea:not([name=signals]), select";

function answersOf(form) {
  return [...form.querySelectorAll(ANSWERS)]
    .filter((control) => control.name && (!control.matches("[type=radio], [type=checkbox]") || control.checked))
    .map((control) => [control.name, control.value]);
}

function answer(form, values) {
  for (const [name, value] of values) {
    for (const control of form.querySelectorAll(ANSWERS)) {
      if (control.name !== name) continue;
      if (control.matches("[type=radio], [type=checkbox]")) control.checked ||= control.value === value;
      else control.value = value;
    }
  }
}

/**
 * @param {HTMLFormElement} form the report
 * @param {{ goTo: (index: number) => void }} steps
 * @param {Record<string, string>} words texts in the page's language
 */
export function startDraft(form, steps, words) {
  const part = document.querySelector("[data-draft]");
  const found = document.querySelector("[data-draft-found]");
  const said = part.querySelector("[data-draft-said]");
  const erase = part.querySelector("[data-draft-erase]");
  let step = 0;
  part.hidden = false;

  function tell(text, isKept) {
    said.textContent = text;
    erase.hidden = !isKept;
    found.hidden = true;
  }

  function eraseAll() {
    const wasFound = !found.hidden;
    eraseDraft();
    tell(words.erased, false);
    if (wasFound) form.querySelector(".step:not([hidden]) h1").focus();
  }

  function resume(draft) {
    answer(form, draft.values);
    found.hidden = true;
    erase.hidden = false;
    // No further than to the pictures: they are not kept.
    steps.goTo(Math.min(draft.step, PICTURE_STEP));
  }

  form.addEventListener("step", ({ detail }) => {
    step = [...form.querySelectorAll(".step")].indexOf(detail);
  });
  part.querySelector("[data-draft-keep]").addEventListener("click", () => {
    const isKept = keepDraft({ values: answersOf(form), step });
    tell(isKept ? words.kept : words.refused, isKept);
  });
  for (const button of document.querySelectorAll("[data-draft-erase]")) button.addEventListener("click", eraseAll);

  const draft = readDraft();
  // A form that came back with faults has its own answers.
  if (draft === null || form.querySelector(".field--error")) return;
  const at = found.querySelector("[data-draft-at]");
  at.dateTime = new Date(draft.at).toISOString();
  at.textContent = new Intl.DateTimeFormat(ownLanguages(), { dateStyle: "long", timeStyle: "short" }).format(draft.at);
  found.querySelector("[data-draft-resume]").addEventListener("click", () => resume(draft));
  found.hidden = false;
}
