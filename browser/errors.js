// Why a file could not be hashed. The page has a sentence for each code.

export const CODES = [
  "canvas_protected", // the browser alters what a page reads back from a picture, against tracking
  "not_a_picture", // this browser cannot show the file as a picture
  "too_large", // more bytes or pixels than Argine reads
  "film_too_large", // a film with more bytes than Argine reads
  "file_unreadable", // the file is gone, or may not be read
  "video_unplayable", // this browser cannot play the file as a film: another format, or another browser, may do
  "video_too_long", // longer than Argine reads
  "video_stopped", // the person stopped it
  "hasher_unavailable", // the worker did not start: an old browser, or scripts were blocked
];

export class HashError extends Error {
  /** @param {string} code one of CODES */
  constructor(code) {
    super(code);
    this.name = "HashError";
    this.code = code;
  }
}
