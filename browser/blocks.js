// What MD5 and SHA-256 share: bytes cut into blocks of 64, and the padding at the end
// (RFC 1321 section 3.1, FIPS 180-4 section 5.1.1).

const BLOCK = 64;

export class Blocks {
  /**
   * @param {(view: DataView, start: number) => void} take is handed each full block
   * @param {boolean} littleEndian how the length in bits is written at the end
   */
  constructor(take, littleEndian) {
    this.take = take;
    this.littleEndian = littleEndian;
    this.rest = new Uint8Array(BLOCK);
    this.restView = new DataView(this.rest.buffer);
    this.filled = 0;
    this.length = 0;
  }

  /** @param {Uint8Array} bytes the next part of the file */
  update(bytes) {
    this.length += bytes.length;
    let at = this.top(bytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (; at + BLOCK <= bytes.length; at += BLOCK) {
      this.take(view, at);
    }
    if (at < bytes.length) {
      this.rest.set(bytes.subarray(at));
      this.filled = bytes.length - at;
    }
  }

  /** Fill up a block that was begun before; tells how many bytes that took. */
  top(bytes) {
    if (this.filled === 0) {
      return 0;
    }
    const used = Math.min(BLOCK - this.filled, bytes.length);
    this.rest.set(bytes.subarray(0, used), this.filled);
    this.filled += used;
    if (this.filled === BLOCK) {
      this.take(this.restView, 0);
      this.filled = 0;
    }
    return used;
  }

  /** A one bit, zeros, and the length in bits as 64-bit number at the end of a block. */
  finish() {
    const { length } = this;
    const zeros = (2 * BLOCK - 9 - this.filled) % BLOCK;
    const tail = new Uint8Array(zeros + 9);
    tail[0] = 0x80;
    const view = new DataView(tail.buffer, zeros + 1);
    const high = Math.floor(length / 0x20000000);
    view.setUint32(this.littleEndian ? 4 : 0, high, this.littleEndian);
    view.setUint32(this.littleEndian ? 0 : 4, (length << 3) >>> 0, this.littleEndian);
    this.update(tail);
  }
}

/** @returns {string} the words as hexadecimal digits */
export function hexOf(words, littleEndian) {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  words.forEach((word, at) => view.setUint32(at * 4, word, littleEndian));
  return Array.from(new Uint8Array(view.buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
