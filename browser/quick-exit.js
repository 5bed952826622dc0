// The way out: the page is covered at once, what the page kept is cleared, and the history entry is replaced.
// Pressing Shift three times within five seconds does the same; dots show how many are left.
// `/leave/` ends the session on the server and leads on to the neutral page that the operator chose.

import { eraseDraft } from "./draft.js";

const PRESSES = 3;
const WINDOW_MS = 5000;

const link = document.querySelector("[data-exit]");
const dots = [...document.querySelectorAll(".exit__dots i")];
let presses = 0;
let timer = 0;

function cover() {
  const sheet = document.createElement("div");
  sheet.className = "exit-cover";
  document.body.append(sheet);
  document.title = "\u200b";
}

function leave() {
  cover();
  sessionStorage.clear();
  eraseDraft();
  location.replace(link.href);
}

function show(count) {
  presses = count;
  dots.forEach((dot, index) => dot.classList.toggle("is-on", index < count));
}

function onKey(event) {
  // Shift held for a capital letter is no sign of wanting to leave: any other key starts the count again.
  if (event.key !== "Shift") return show(0);
  if (event.repeat) return undefined;
  clearTimeout(timer);
  timer = setTimeout(() => show(0), WINDOW_MS);
  show(presses + 1);
  return presses >= PRESSES ? leave() : undefined;
}

if (link) {
  for (const exit of document.querySelectorAll("[data-exit]")) {
    exit.addEventListener("click", (event) => {
      event.preventDefault();
      leave();
    });
  }
  document.addEventListener("keyup", onKey);
  // A page taken back from the browser's memory must not stay covered.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}
