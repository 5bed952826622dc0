// Which files are films, told by their first bytes as argine.media.film_kinds does; the browser's guess counts too.

const HEAD_BYTES = 400;
const MPEGTS_PACKET = 188;
const MPEGTS_MARK = 0x47;
const MOV_BOXES = ["ftyp", "moov", "mdat", "wide", "free", "skip"];
const PICTURE_BRANDS = /^(avif|avis|heic|heix|heim|heis|hevc|hevx|hevm|hevs|mif1|msf1)$/;

/**
 * @param {Blob} file
 * @returns {Promise<boolean>} false also of what cannot be read: who hashes it says so
 */
export async function isFilm(file) {
  if (file.type.startsWith("video/")) {
    return true;
  }
  try {
    return startsAsFilm(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));
  } catch {
    return false;
  }
}

function startsAsFilm(head) {
  const text = (from, to) => String.fromCharCode(...head.slice(from, to));
  if (MOV_BOXES.includes(text(4, 8))) {
    const brands = text(4, 8) === "ftyp" ? [8, 12, 16, 20, 24, 28].map((at) => text(at, at + 4)) : [];
    return !brands.some((brand) => PICTURE_BRANDS.test(brand));
  }
  if (text(0, 4) === "RIFF") {
    return text(8, 12) === "AVI ";
  }
  const isMatroska = head[0] === 0x1a && text(1, 4) === "E\xdf\xa3";
  return isMatroska || (head[0] === MPEGTS_MARK && head[MPEGTS_PACKET] === MPEGTS_MARK);
}
