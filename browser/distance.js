/** Differing bits of two hashes in hexadecimal digits. */
export function distance(one, other) {
  let bits = 0;
  for (let at = 0; at < one.length; at += 8) {
    let differing = (parseInt(one.slice(at, at + 8), 16) ^ parseInt(other.slice(at, at + 8), 16)) >>> 0;
    for (; differing !== 0; differing = (differing & (differing - 1)) >>> 0) {
      bits += 1;
    }
  }
  return bits;
}
