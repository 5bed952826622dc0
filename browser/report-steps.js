// Shows one step of the report at a time. Without this script all steps stand one under the other in the same form.

/**
 * @param {HTMLFormElement} form with `.step` fieldsets and `[data-steps]` (the list of them)
 * @param {(step: HTMLElement) => Array<{field: HTMLElement, text: string}>} faultsIn what keeps the person from going on
 * @param {(step: HTMLElement) => boolean} beforeLeaving last word on a step without faults; false stays
 * @returns {{ show: (index: number) => void }}
 */
export function startSteps(form, faultsIn, beforeLeaving) {
  const steps = [...form.querySelectorAll(".step")];
  const marks = [...document.querySelectorAll("[data-steps] li")];
  const summary = document.querySelector("#faults");
  let current = 0;

  function mark(index) {
    marks.forEach((item, at) => {
      item.classList.toggle("is-done", at < index);
      if (at === index) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
  }

  function show(index, { focus = true } = {}) {
    current = index;
    steps.forEach((step, at) => (step.hidden = at !== index));
    mark(index);
    summary.hidden = true;
    form.dispatchEvent(new CustomEvent("step", { detail: steps[index] }));
    if (!focus) return;
    scrollTo(0, 0);
    steps[index].querySelector("h1").focus();
  }

  function markFault(field, text) {
    field.classList.toggle("field--error", text !== "");
    const line = field.querySelector(".field__error");
    line.textContent = text;
    line.hidden = text === "";
  }

  function linkTo(field, text) {
    const control = field.querySelector("input:not([type=hidden]), textarea, select, button") ?? field;
    const link = document.createElement("a");
    link.href = `#${control.id}`;
    link.textContent = text;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      control.focus();
      control.scrollIntoView({ block: "center" });
    });
    const item = document.createElement("li");
    item.append(link);
    return item;
  }

  function tell(faults) {
    summary.querySelector("ul").replaceChildren(...faults.map(({ field, text }) => linkTo(field, text)));
    summary.hidden = false;
    scrollTo(0, 0);
    summary.focus();
  }

  function isSound() {
    const step = steps[current];
    const faults = faultsIn(step);
    for (const field of step.querySelectorAll("[data-required]")) markFault(field, "");
    for (const { field, text } of faults) markFault(field, text);
    if (faults.length > 0) tell(faults);
    return faults.length === 0 && beforeLeaving(step);
  }

  function goTo(index) {
    history.pushState({ step: index }, "");
    show(index);
  }

  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-back]")) history.back();
  });
  form.addEventListener("submit", (event) => {
    const last = current === steps.length - 1;
    if (last && isSound()) return;
    event.preventDefault();
    if (!last && isSound()) goTo(current + 1);
  });
  addEventListener("popstate", (event) => show(event.state?.step ?? 0));

  for (const part of form.querySelectorAll("[data-stepped]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-unstepped]")) part.hidden = true;
  form.classList.add("is-stepped");
  form.noValidate = true;
  marks[0].parentElement.hidden = false;
  const faulty = steps.findIndex((step) => step.querySelector(".field--error"));
  history.replaceState({ step: Math.max(faulty, 0) }, "");
  show(Math.max(faulty, 0), { focus: false });
  return { goTo, show };
}
