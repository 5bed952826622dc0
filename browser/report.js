// The report form: steps, pictures, and the answers shown once more before they are sent.

import { startDraft } from "./report-draft.js";
import { startPictures } from "./report-pictures.js";
import { startSteps } from "./report-steps.js";

const form = document.querySelector("#report");
const words = JSON.parse(document.querySelector("#words").textContent);
const byId = (id) => document.getElementById(id);
const answers = byId("answers");

const pictures = startPictures(
  {
    input: byId("choose"),
    drop: byId("drop"),
    list: byId("files"),
    row: byId("file-row"),
    editor: byId("region-editor"),
    field: byId("id_signals"),
    live: byId("live"),
  },
  words.pictures,
  words.region,
);

function isAnswered(field) {
  const controls = [...field.querySelectorAll("input, textarea, select")];
  return controls.some((control) =>
    control.matches("[type=radio], [type=checkbox]") ? control.checked : control.value.trim() !== "",
  );
}

function saysWhere() {
  return pictures.count() > 0 || ["id_addresses", "id_where_hint"].some((id) => byId(id).value.trim() !== "");
}

function faultsIn(step) {
  const faults = [...step.querySelectorAll("[data-required]")]
    .filter((field) => field.id !== "where" && !isAnswered(field))
    .map((field) => ({ field, text: field.dataset.required }));
  const where = step.querySelector("#where");
  if (where && pictures.isBusy()) faults.push({ field: where, text: words.wait });
  else if (where && !saysWhere()) faults.push({ field: where, text: where.dataset.required });
  return faults;
}

// A person under 18 is led away before anything is hashed, and nothing of the form is sent.
function leadsOn(step) {
  const isUnder18 = step.querySelector("[name=under_18][value=yes]")?.checked;
  if (isUnder18) location.assign(form.dataset.under18);
  return !isUnder18;
}

function answerOf(field) {
  const chosen = [...field.querySelectorAll(":checked")].map((input) =>
    (input.labels?.[0]?.querySelector("[data-answer]") ?? input.labels?.[0] ?? input).textContent.trim(),
  );
  const written = [...field.querySelectorAll("input:not([type=radio], [type=checkbox], [type=file]), textarea")];
  return [...chosen, ...written.map((control) => control.value.trim())].filter(Boolean).join("\n");
}

function row(term, answer) {
  const group = document.createElement("div");
  const dt = document.createElement("dt");
  const dd = document.createElement("dd");
  dt.textContent = term;
  dd.textContent = answer;
  group.append(dt, dd);
  return group;
}

function tellAnswers() {
  const asked = [...form.querySelectorAll("[data-check], #files")].filter((part) => !part.closest(".step").contains(answers));
  const rows = asked.map((part) =>
    part.id === "files"
      ? row(words.check.pictures, String(pictures.count()))
      : row(part.dataset.check, answerOf(part) || words.check.nothing),
  );
  if (pictures.countMarked() > 0) rows.splice(1, 0, row(words.check.marked, String(pictures.countMarked())));
  answers.replaceChildren(...rows);
}

form.addEventListener("step", ({ detail: step }) => step.contains(answers) && tellAnswers());
startDraft(form, startSteps(form, faultsIn, leadsOn), words.draft);
