// Lets a person mark a part of a picture: by pointer, by keys, or by four numbers. It is told of no picture: what lies
// behind the frame is the caller's.

import { MIDDLE, between, fault, holds, moved, ofPercents, percents, resized } from "./region.js";

const STEP = 100; // of an arrow key, in ten-thousandths
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

export class RegionEditor {
  /**
   * @param {object} parts
   * @param {HTMLElement} parts.frame as wide and high as the picture in proportion; takes pointer and keys
   * @param {HTMLElement} parts.box the rectangle in it
   * @param {HTMLInputElement[]} parts.fields left, top, width and height in percent
   * @param {HTMLElement} parts.live says aloud what is marked
   * @param {HTMLButtonElement} parts.undo
   * @param {HTMLButtonElement | null} parts.clear
   * @param {Record<string, string>} words `marked`, `none`, `all`, `small`
   * @param {number[] | null} sides what is marked at first, as in region.js
   * @param {(sides: number[] | null) => void} onChange told of each change
   */
  constructor(parts, words, sides, onChange = () => {}) {
    Object.assign(this, parts);
    Object.assign(this, { words, sides, onChange, before: [], drag: null });
    this.frame.addEventListener("pointerdown", (event) => this.grab(event));
    this.frame.addEventListener("pointermove", (event) => this.pull(event));
    this.frame.addEventListener("pointerup", (event) => this.letGo(event));
    this.frame.addEventListener("pointercancel", () => this.drop());
    this.frame.addEventListener("keydown", (event) => this.onKey(event));
    for (const field of this.fields) field.addEventListener("change", () => this.readFields());
    this.undo.addEventListener("click", () => this.goBack());
    this.clear?.addEventListener("click", () => this.set(null));
    this.draw(sides);
  }

  /** Take other sides, or none, unless they are no part of a picture: then what is wrong is said. */
  set(sides) {
    const wrong = sides === null ? "" : fault(sides);
    if (wrong || String(sides) === String(this.sides)) {
      this.draw(this.sides);
      if (wrong) this.live.textContent = this.words[wrong];
      return;
    }
    this.before.push(this.sides);
    this.take(sides);
  }

  goBack() {
    if (this.before.length === 0) return;
    this.take(this.before.pop());
    if (this.before.length === 0) this.frame.focus();
  }

  take(sides) {
    const hadFocus = document.activeElement === this.clear;
    this.sides = sides;
    this.draw(sides);
    this.say();
    if (hadFocus && sides === null) this.frame.focus();
    this.onChange(sides);
  }

  draw(sides) {
    this.box.hidden = sides === null;
    const numbers = sides === null ? ["", "", "", ""] : percents(sides);
    this.fields.forEach((field, at) => (field.value = numbers[at]));
    this.undo.disabled = this.before.length === 0;
    if (this.clear) this.clear.disabled = sides === null;
    if (sides === null) return;
    ["left", "top", "width", "height"].forEach((name, at) => (this.box.style[name] = `${numbers[at]}%`));
  }

  say() {
    const numbers = this.sides === null ? [] : percents(this.sides).map((number) => String(Math.round(number)));
    const names = ["{left}", "{top}", "{width}", "{height}"];
    const text = this.sides === null ? this.words.none : this.words.marked;
    this.live.textContent = names.reduce((said, name, at) => said.replace(name, numbers[at]), text);
  }

  readFields() {
    const typed = this.fields.map((field) => field.value.trim());
    if (typed.every((text) => text === "")) return this.set(null);
    if (typed.some((text) => text === "")) return undefined; // the others are still to come
    const sides = ofPercents(typed.map(Number));
    if (sides === null) this.live.textContent = this.words.all;
    return sides === null ? undefined : this.set(sides);
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = this.nextByKey(event);
    if (next === undefined) return;
    event.preventDefault();
    this.set(next);
  }

  nextByKey({ key, shiftKey }) {
    if (key === "Enter" || key === " ") return this.sides ?? [...MIDDLE];
    if (key === "Delete" || key === "Backspace") return null;
    if (!ARROWS[key]) return undefined;
    if (this.sides === null) return [...MIDDLE];
    return (shiftKey ? resized : moved)(this.sides, ...ARROWS[key]);
  }

  /** Where the pointer is in the frame, in fractions. */
  at({ clientX, clientY }) {
    const { left, top, width, height } = this.frame.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  }

  grab(event) {
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    this.frame.setPointerCapture(event.pointerId);
    this.frame.focus();
    const from = this.at(event);
    this.drag = { from, isMove: this.sides !== null && holds(this.sides, from) };
  }

  pulled(event) {
    const { from, isMove } = this.drag;
    const to = this.at(event);
    return isMove ? moved(this.sides, (to.x - from.x) * 10_000, (to.y - from.y) * 10_000) : between(from, to);
  }

  pull(event) {
    if (this.drag !== null && event.isPrimary) this.draw(this.pulled(event));
  }

  letGo(event) {
    if (this.drag === null || !event.isPrimary) return;
    const sides = this.pulled(event);
    this.drag = null;
    this.set(sides);
  }

  drop() {
    this.drag = null;
    this.draw(this.sides);
  }
}
