// The picture behind the frame in which a part is marked: very blurred unless the person asks for more. It is drawn
// from the file into a canvas of this page, has no address, and is gone when it is closed.

const LONG_SIDE = 480; // of the drawing, in pixels
const BLURRED = 22; // of what is kept of it for the blurred drawing

export class Preview {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {ImageBitmap} bitmap the picture as it is shown, upright
   */
  constructor(canvas, bitmap) {
    this.canvas = canvas;
    this.bitmap = bitmap;
    const [width, height] = sizeWithin(bitmap, LONG_SIDE);
    canvas.width = width;
    canvas.height = height;
  }

  get aspect() {
    return this.bitmap.width / this.bitmap.height;
  }

  /** @param {boolean} isClear not blurred */
  draw(isClear) {
    const context = this.canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    const source = isClear ? this.bitmap : shrunk(this.bitmap, BLURRED);
    context.drawImage(source, 0, 0, this.canvas.width, this.canvas.height);
  }

  close() {
    this.bitmap.close();
    this.canvas.width = 0;
    this.canvas.height = 0;
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Blob} file
 * @returns {Promise<Preview | null>} null where the browser cannot show it
 */
export async function openPreview(canvas, file) {
  try {
    return new Preview(canvas, await createImageBitmap(file, { imageOrientation: "from-image" }));
  } catch {
    return null;
  }
}

function sizeWithin({ width, height }, longSide) {
  const scale = Math.min(1, longSide / Math.max(width, height));
  return [width, height].map((side) => Math.max(1, Math.round(side * scale)));
}

function shrunk(bitmap, longSide) {
  const small = new OffscreenCanvas(...sizeWithin(bitmap, longSide));
  const context = small.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, small.width, small.height);
  return small;
}
