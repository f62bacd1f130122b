import { isSameSize, type Size } from '../geometry.ts';
import type { PixelBuffer } from '../source.ts';

/** Pixels of bytes or of 16 bits, which is what pictures are made of once they are to be looked at. */
type Shown = PixelBuffer & { readonly sample: 'uint8' | 'uint16' };

/**
 * The picture at the top left of a larger one that is transparent elsewhere; one of that size already comes back as it is.
 *
 * @param canvas - at least as large as the picture in both directions
 */
export function padTo(pixels: Shown, canvas: Size): Shown {
  if (isSameSize(pixels, canvas)) return pixels;
  const bands = pixels.hasAlpha ? pixels.bands : pixels.bands + 1;
  const shape = { ...canvas, bands, photometric: pixels.photometric, hasAlpha: true };
  const length = canvas.width * canvas.height * bands;
  if (pixels.sample === 'uint8') {
    const data = new Uint8Array(length);
    place(pixels, data, { width: canvas.width, bands, opaque: 255 });
    return { ...shape, sample: 'uint8', data };
  }
  const data = new Uint16Array(length);
  place(pixels, data, { width: canvas.width, bands, opaque: 65_535 });
  return { ...shape, sample: 'uint16', data };
}

interface Canvas {
  readonly width: number;
  readonly bands: number;
  /** The sample of full opacity. */
  readonly opaque: number;
}

function place(pixels: Shown, output: Uint8Array | Uint16Array, { width, bands, opaque }: Canvas): void {
  const { data, bands: stored } = pixels;
  let from = 0;
  for (let row = 0; row < pixels.height; row++) {
    let to = row * width * bands;
    for (let column = 0; column < pixels.width; column++, to += bands) {
      for (let band = 0; band < stored; band++) output[to + band] = Number(data[from++]);
      if (stored < bands) output[to + stored] = opaque;
    }
  }
}
