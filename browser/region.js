// A marked part of a picture: left, top, right and bottom in ten-thousandths of its width and height. Numbers only.

export const UNIT = 10_000;

/** Of a side: smaller parts hold nothing that could agree. The server asks the same. */
export const LEAST = 200;

/** Of the picture: a part of nearly all is no part. */
export const MOST_AREA = 0.9;

export const MIDDLE = Object.freeze([3000, 3000, 7000, 7000]);

const within = (value, low, high) => Math.min(high, Math.max(low, Math.round(value)));

/** @returns {"" | "small" | "all"} what keeps these sides from being a part */
export function fault([left, top, right, bottom]) {
  if (right - left < LEAST || bottom - top < LEAST) return "small";
  return (right - left) * (bottom - top) > MOST_AREA * UNIT * UNIT ? "all" : "";
}

/** The part shifted, as far as the picture reaches. */
export function moved([left, top, right, bottom], across, down) {
  const x = within(across, -left, UNIT - right);
  const y = within(down, -top, UNIT - bottom);
  return [left + x, top + y, right + x, bottom + y];
}

/** Its right and lower side shifted, as far as it stays a part. */
export function resized([left, top, right, bottom], across, down) {
  return [left, top, within(right + across, left + LEAST, UNIT), within(bottom + down, top + LEAST, UNIT)];
}

/** The part between two corners, in fractions. */
export function between(from, to) {
  const [left, right] = [from.x, to.x].sort((a, b) => a - b);
  const [top, bottom] = [from.y, to.y].sort((a, b) => a - b);
  return [left, top, right, bottom].map((side) => within(side * UNIT, 0, UNIT));
}

export function holds([left, top, right, bottom], { x, y }) {
  return left <= x * UNIT && x * UNIT <= right && top <= y * UNIT && y * UNIT <= bottom;
}

/** Left, top, width and height in percent, as they are typed. */
export function percents([left, top, right, bottom]) {
  return [left, top, right - left, bottom - top].map((part) => part / 100);
}

/** @returns {number[] | null} what `percents` was made of; null unless all four are numbers within the picture */
export function ofPercents(numbers) {
  const [left, top, width, height] = numbers.map((number) => Math.round(number * 100));
  const sides = [left, top, left + width, top + height];
  return sides.every((side) => side >= 0 && side <= UNIT) ? sides : null;
}
