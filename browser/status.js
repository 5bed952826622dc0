// Small comforts of pages that can be read without them: times in the person's own zone, copy, print.

import { eraseDraft } from "./draft.js";
import { ownLanguages } from "./own-time.js";

// What was sent need not lie about on this device.
if (document.querySelector("[data-sent]")) eraseDraft();

const zone = new Intl.DateTimeFormat(ownLanguages(), {
  weekday: "long",
  day: "numeric",
  month: "long",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
});

for (const time of document.querySelectorAll("time[datetime]")) {
  const moment = new Date(time.dateTime);
  if (!Number.isNaN(moment.valueOf())) time.textContent = zone.format(moment);
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    button.textContent = button.dataset.done;
  } catch {
    // No clipboard on plain http, or not allowed: select it, so that the keyboard's own copy works.
    getSelection().selectAllChildren(source);
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
