// Comforts of the console. Every page works without them.

const SWITCH = "argine-keys"; // "off" when the person has switched the single keys off (WCAG 2.1.4)

const find = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];

// What needs a look first: a refusal, a summary of faults.
find("[data-focus]")?.focus();

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    button.textContent = button.dataset.copied;
  } catch {
    // No clipboard on plain http, or not allowed: select it, so that the keyboard's own copy works.
    getSelection().selectAllChildren(source);
  }
}

function insert(button) {
  const text = document.getElementById(button.dataset.insert).textContent.trim();
  const field = document.getElementById(button.dataset.into);
  field.value = [field.value.trimEnd(), text].filter(Boolean).join("\n");
  field.focus();
}

function reveal(selector, act) {
  for (const button of all(selector)) {
    button.hidden = false;
    button.addEventListener("click", () => act(button));
  }
}

reveal("[data-copy]", copy);
reveal("[data-insert]", insert);

// A passkey that was not used: django-allauth tells it by an event, and the person by nothing.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const trouble of all("[data-passkey-trouble]")) trouble.hidden = false;
});

// A decision takes time to write: do not let it be lost by a slip.
const draft = find(".form--decision");
let isDirty = false;
draft?.addEventListener("input", () => (isDirty = true));
document.addEventListener("submit", () => (isDirty = false));
addEventListener("beforeunload", (event) => isDirty && event.preventDefault());

// Who works on a page stays logged in, and a form outlives the end of the session: after a log-in in another tab it gets
// the token that it must send.
const ended = find("[data-ended]");
const ASK_EACH_MS = 60_000;
let asked = performance.now();

async function stay() {
  if (ended.hidden && performance.now() - asked < ASK_EACH_MS) return;
  asked = performance.now();
  try {
    const answer = await fetch(ended.dataset.here, { redirect: "manual" });
    ended.hidden = answer.ok;
    if (!answer.ok) return;
    const { token } = await answer.json();
    for (const field of all("[name=csrfmiddlewaretoken]")) field.value = token;
  } catch {
    // The desk is away for a moment: asked again at the next key.
  }
}

if (ended) {
  for (const use of ["keydown", "pointerdown"]) addEventListener(use, stay);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && stay());
}

const dialog = find("#keys");
const rows = all("[data-row]");
let marked = -1;

function mark(step) {
  if (rows.length === 0) return;
  rows[marked]?.classList.remove("is-marked");
  marked = Math.max(0, Math.min(rows.length - 1, marked + step));
  rows[marked].classList.add("is-marked");
  rows[marked].querySelector("a").focus();
}

function toDecision() {
  const decision = find("#decision");
  decision?.scrollIntoView();
  (decision?.querySelector("input:not([type=hidden]):enabled") ?? decision)?.focus();
}

const KEYS = {
  j: () => mark(1),
  k: () => mark(-1),
  o: () => rows[marked]?.querySelector("a").click(),
  u: () => location.assign(dialog.dataset.queue),
  d: toDecision,
  c: () => find("[data-claim]")?.click(),
  "/": () => find("[data-search]")?.focus(),
  "?": () => dialog.showModal(),
};

function isTyping(target) {
  return target.closest("textarea, select, dialog[open], [contenteditable], input:not([type=radio], [type=checkbox])") !== null;
}

function onKey(event) {
  const act = KEYS[event.key];
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (act && isPlain && !isTyping(event.target) && localStorage.getItem(SWITCH) !== "off") {
    event.preventDefault();
    act();
  }
}

if (dialog) {
  const box = find("#keys-on");
  box.checked = localStorage.getItem(SWITCH) !== "off";
  box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
  reveal("[data-keys-open]", () => dialog.showModal());
  find("[data-keys-close]").addEventListener("click", () => dialog.close());
  document.addEventListener("keydown", onKey);
}
