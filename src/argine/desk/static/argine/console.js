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
