// SHA-256 (FIPS 180-4), in parts. WebCrypto's wants the whole file at once, and is missing on pages without TLS.

import { Blocks, hexOf } from "./blocks.js";

const PRIMES = firstPrimes(64);
const ROUNDS = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

export class Sha256 {
  constructor() {
    this.state = START.slice();
    this.words = new Int32Array(64);
    this.blocks = new Blocks((view, start) => this.block(view, start), false);
  }

  /** @param {Uint8Array} bytes the next part of the file */
  update(bytes) {
    this.blocks.update(bytes);
  }

  /** @returns {string} 64 hexadecimal digits; the object is used up */
  digest() {
    this.blocks.finish();
    return hexOf(this.state, false);
  }

  block(view, start) {
    const { state, words } = this;
    schedule(view, start, words);
    let [a, b, c, d] = [state[0], state[1], state[2], state[3]];
    let [e, f, g, h] = [state[4], state[5], state[6], state[7]];
    for (let i = 0; i < 64; i += 1) {
      const choice = (e & f) ^ (~e & g);
      const majority = (a & b) ^ (a & c) ^ (b & c);
      const one = (h + turned(e, 6, 11, 25) + choice + ROUNDS[i] + words[i]) | 0;
      const two = (turned(a, 2, 13, 22) + majority) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  }
}

function schedule(view, start, words) {
  for (let i = 0; i < 16; i += 1) {
    words[i] = view.getInt32(start + i * 4);
  }
  for (let i = 16; i < 64; i += 1) {
    const near = words[i - 2];
    const far = words[i - 15];
    const small = turn(near, 17) ^ turn(near, 19) ^ (near >>> 10);
    const other = turn(far, 7) ^ turn(far, 18) ^ (far >>> 3);
    words[i] = words[i - 16] + other + words[i - 7] + small;
  }
}

function turn(word, by) {
  return (word >>> by) | (word << (32 - by));
}

function turned(word, one, two, three) {
  return turn(word, one) ^ turn(word, two) ^ turn(word, three);
}

/** The first 32 bits of the fraction, as FIPS 180-4 4.2.2 and 5.3.3 define the constants. */
function fraction(root) {
  return Math.floor((root % 1) * 0x100000000);
}

function firstPrimes(count) {
  const primes = [];
  for (let number = 2; primes.length < count; number += 1) {
    if (primes.every((prime) => number % prime !== 0)) {
      primes.push(number);
    }
  }
  return primes;
}
