// PDQ, bit for bit as argine.signals.pdq and the field's reference make it; the steps are told there.
//
// A store into a Float32Array rounds to float32. The sum, difference, product or quotient of two float32 numbers,
// made in double precision and rounded once, is what float32 arithmetic gives. So each array below is also the place
// where the reference rounds.

export const MIN_SIDE = 5;
export const MIN_QUALITY = 50;

const GRID = 64;
const LOW = 16;
const LANES = 64; // rows or columns filtered together: one block stays in the processor's cache
const COSINES = cosines();

/**
 * PDQ of a picture's brightness. `plane` is overwritten.
 *
 * @param {Float32Array} plane height x width, row by row
 * @param {number} width in pixels
 * @param {number} height in pixels
 * @param {(part: number) => void} onProgress told the part done, 0 to 1
 * @returns {{value: string, quality: number}} 64 hexadecimal digits, and 0 to 100
 */
export function pdq(plane, width, height, onProgress = () => {}) {
  if (Math.min(width, height) < MIN_SIDE) {
    return { value: "0".repeat(64), quality: 0 };
  }
  const grid = shrink(plane, width, height, onProgress);
  onProgress(1);
  return { value: bits(lowFrequencies(grid)), quality: qualityOf(grid) };
}

function shrink(plane, width, height, onProgress) {
  if (width === GRID && height === GRID) {
    return plane;
  }
  const across = windowOf(width);
  const down = windowOf(height);
  const rows = { count: width, total: height, lineStep: 1, laneStep: width };
  const columns = { count: height, total: width, lineStep: width, laneStep: 1 };
  filter(plane, rows, across, (part) => onProgress(part * 0.35));
  filter(plane, columns, down, (part) => onProgress(0.35 + part * 0.35));
  const narrow = sample(plane, rows, across, centres(width), (part) => onProgress(0.7 + part * 0.3));
  return boxed(narrow, height, GRID, down, centres(height));
}

/** One pass of the filter, in place. `way` says how lines and lanes lie in the plane. */
function filter(plane, way, window, onProgress) {
  for (let first = 0; first < way.total; first += LANES) {
    const lanes = Math.min(LANES, way.total - first);
    const lines = gather(plane, way, first, lanes);
    scatter(boxed(lines, way.count, lanes, window, null), plane, way, first, lanes);
    onProgress((first + lanes) / way.total);
  }
}

/** One pass along rows of which only the wanted columns are kept: total x wanted.length, row by row. */
function sample(plane, way, window, wanted, onProgress) {
  const kept = new Float32Array(way.total * wanted.length);
  const keptWay = { count: wanted.length, total: way.total, lineStep: 1, laneStep: wanted.length };
  for (let first = 0; first < way.total; first += LANES) {
    const lanes = Math.min(LANES, way.total - first);
    const lines = gather(plane, way, first, lanes);
    scatter(boxed(lines, way.count, lanes, window, wanted), kept, keptWay, first, lanes);
    onProgress((first + lanes) / way.total);
  }
  return kept;
}

function gather(plane, way, first, lanes) {
  const lines = new Float32Array(way.count * lanes);
  for (let lane = 0; lane < lanes; lane += 1) {
    let from = (first + lane) * way.laneStep;
    for (let to = lane; to < lines.length; to += lanes, from += way.lineStep) {
      lines[to] = plane[from];
    }
  }
  return lines;
}

function scatter(lines, plane, way, first, lanes) {
  for (let lane = 0; lane < lanes; lane += 1) {
    let to = (first + lane) * way.laneStep;
    for (let from = lane; from < lines.length; from += lanes, to += way.lineStep) {
      plane[to] = lines[from];
    }
  }
}

/** Means over a window around each wanted line (all when null), by a running sum in each lane. */
function boxed(lines, count, lanes, window, wanted) {
  const ahead = ((window + 2) >> 1) - 1;
  const behind = window - ahead - 1;
  const means = new Float32Array((wanted === null ? count : wanted.length) * lanes);
  const sums = new Float32Array(lanes);
  for (let line = 0; line < ahead; line += 1) {
    add(sums, lines, line * lanes, lanes);
  }
  let row = 0;
  for (let centre = 0; centre < count; centre += 1) {
    if (centre + ahead < count) {
      add(sums, lines, (centre + ahead) * lanes, lanes);
    }
    if (centre > behind) {
      subtract(sums, lines, (centre - behind - 1) * lanes, lanes);
    }
    const size = Math.min(centre + ahead, count - 1) - Math.max(centre - behind, 0) + 1;
    while (wanted === null ? row === centre : wanted[row] === centre) {
      divide(sums, size, means, row * lanes, lanes);
      row += 1;
    }
  }
  return means;
}

function add(sums, lines, start, lanes) {
  for (let lane = 0; lane < lanes; lane += 1) {
    sums[lane] += lines[start + lane];
  }
}

function subtract(sums, lines, start, lanes) {
  for (let lane = 0; lane < lanes; lane += 1) {
    sums[lane] -= lines[start + lane];
  }
}

function divide(sums, size, means, start, lanes) {
  for (let lane = 0; lane < lanes; lane += 1) {
    means[start + lane] = sums[lane] / size;
  }
}

function windowOf(side) {
  return Math.ceil(side / (2 * GRID));
}

function centres(side) {
  return Array.from({ length: GRID }, (_, i) => Math.floor(((i + 0.5) * side) / GRID));
}

function qualityOf(grid) {
  let total = 0;
  for (let y = 0; y < GRID; y += 1) {
    for (let x = 0; x < GRID; x += 1) {
      const here = y * GRID + x;
      total += y + 1 < GRID ? percent(grid[here], grid[here + GRID]) : 0;
      total += x + 1 < GRID ? percent(grid[here], grid[here + 1]) : 0;
    }
  }
  return Math.min(Math.floor(total / 90), 100);
}

function percent(one, other) {
  const scaled = Math.fround(Math.fround(one - other) * 100);
  return Math.abs(Math.trunc(Math.fround(scaled / 255)));
}

function lowFrequencies(grid) {
  const half = new Float32Array(LOW * GRID);
  for (let k = 0; k < GRID; k += 1) {
    for (let at = 0; at < half.length; at += 1) {
      half[at] += Math.fround(COSINES[(at >> 6) * GRID + k] * grid[k * GRID + (at & 63)]);
    }
  }
  const low = new Float32Array(LOW * LOW);
  for (let k = 0; k < GRID; k += 1) {
    for (let at = 0; at < low.length; at += 1) {
      low[at] += Math.fround(half[(at >> 4) * GRID + k] * COSINES[(at & 15) * GRID + k]);
    }
  }
  return low;
}

function cosines() {
  const scale = Math.fround(Math.sqrt(2 / GRID));
  const step = Math.PI / 2 / GRID;
  const table = new Float32Array(LOW * GRID);
  for (let at = 0; at < table.length; at += 1) {
    table[at] = scale * Math.cos(step * ((at >> 6) + 1) * (2 * (at & 63) + 1));
  }
  return table;
}

/** 64 digits; the last coefficient gives the first bit. The lower median of 256 numbers is the 128th smallest. */
function bits(low) {
  const median = low.slice().sort()[low.length / 2 - 1];
  let text = "";
  for (let at = low.length - 1; at > 0; at -= 4) {
    let digit = 0;
    for (let bit = 0; bit < 4; bit += 1) {
      digit = digit * 2 + (low[at - bit] > median ? 1 : 0);
    }
    text += digit.toString(16);
  }
  return text;
}
