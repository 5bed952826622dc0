// Which frames of a film get patch sets: a bounded number, spread over it however long it is.

export const DISTINCT = 16; // bits by which a frame must differ from the one before that has patches
const MOST = 24;
const EVERY = 500; // milliseconds between two, at least; doubled whenever there are more than MOST

export class FilmPatches {
  constructor() {
    this.sets = [];
    this.every = EVERY;
    this.at = -Infinity;
    this.value = "";
  }

  /**
   * @param {number} time of the next frame, in milliseconds
   * @returns {string | null} null: it gets none; "": it does; else the hash that it must differ from to get one
   */
  differentFrom(time) {
    const since = time - this.at;
    if (since < this.every) {
      return null;
    }
    return since >= 4 * this.every ? "" : this.value;
  }

  /** Take a frame's patches, if it has some. */
  take(time, { value, patches }) {
    if (patches === undefined) {
      return;
    }
    this.sets.push({ time, patches });
    this.at = time;
    this.value = value;
    if (this.sets.length > MOST) {
      this.sets = this.sets.filter((_, at) => at % 2 === 0);
      this.every *= 2;
    }
  }
}
