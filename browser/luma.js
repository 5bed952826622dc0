// Brightness of decoded pixels, rounded where the reference rounds: once, from double precision to float32.

/**
 * @param {Uint8ClampedArray} rgba four bytes a pixel, rows of `width` pixels; alpha is not looked at
 * @param {number} width of the piece in pixels
 * @param {Float32Array} plane the whole picture's brightness, rows of `stride` numbers: written to
 * @param {number} start where the piece's first pixel goes in `plane`
 * @param {number} stride width of the whole picture in pixels
 */
export function fillLuma(rgba, width, plane, start, stride) {
  const height = rgba.length / (4 * width);
  let pixel = 0;
  for (let y = 0; y < height; y += 1) {
    const row = start + y * stride;
    for (let x = 0; x < width; x += 1, pixel += 4) {
      plane[row + x] = 0.299 * rgba[pixel] + 0.587 * rgba[pixel + 1] + 0.114 * rgba[pixel + 2];
    }
  }
}
