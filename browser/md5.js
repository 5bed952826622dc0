// MD5 (RFC 1321), in parts. WebCrypto has none.

import { Blocks, hexOf } from "./blocks.js";

const TURNS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const SINES = Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 0x100000000));

export class Md5 {
  constructor() {
    this.state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
    this.words = new Int32Array(16);
    this.blocks = new Blocks((view, start) => this.block(view, start), true);
  }

  /** @param {Uint8Array} bytes the next part of the file */
  update(bytes) {
    this.blocks.update(bytes);
  }

  /** @returns {string} 32 hexadecimal digits; the object is used up */
  digest() {
    this.blocks.finish();
    return hexOf(this.state, true);
  }

  block(view, start) {
    const { state, words } = this;
    for (let i = 0; i < 16; i += 1) {
      words[i] = view.getInt32(start + i * 4, true);
    }
    let [a, b, c, d] = [state[0], state[1], state[2], state[3]];
    for (let i = 0; i < 64; i += 1) {
      const round = i >> 4;
      const turn = TURNS[round * 4 + (i & 3)];
      const sum = (a + mixed(round, b, c, d) + SINES[i] + words[place(round, i)]) | 0;
      a = d;
      d = c;
      c = b;
      b = (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
  }
}

function mixed(round, b, c, d) {
  if (round === 0) {
    return (b & c) | (~b & d);
  }
  if (round === 1) {
    return (b & d) | (c & ~d);
  }
  return round === 2 ? b ^ c ^ d : c ^ (b | ~d);
}

function place(round, i) {
  if (round === 0) {
    return i;
  }
  if (round === 1) {
    return (5 * i + 1) & 15;
  }
  return round === 2 ? (3 * i + 5) & 15 : (7 * i) & 15;
}
