import type { Size } from '../geometry.ts';
import { blankPixels, type IntegerPixels } from './eight-bits.ts';
import type { PixelSpan } from './processing.ts';

/** A picture of another size with opacity, transparent everywhere, for pixels that `padRows` is to put into it. */
export function unpadded(
  { bands, hasAlpha, photometric, sample }: IntegerPixels,
  { width, height }: Size,
): IntegerPixels {
  return blankPixels({ width, height, bands: hasAlpha ? bands : bands + 1, photometric, hasAlpha: true, sample });
}

/**
 * Puts some rows of pixels at the left of a picture, each where it is.
 *
 * @param canvas - at least as large as the pixels in both directions, with opacity
 */
export function padRows(pixels: IntegerPixels, canvas: IntegerPixels, { start, end }: PixelSpan): void {
  const { data, bands: stored, width } = pixels;
  const { data: output, bands } = canvas;
  const opaque = canvas.sample === 'uint8' ? 255 : 65_535;
  let from = start * width * stored;
  for (let row = start; row < end; row++) {
    let to = row * canvas.width * bands;
    for (let column = 0; column < width; column++, to += bands) {
      for (let band = 0; band < stored; band++) output[to + band] = Number(data[from++]);
      if (stored < bands) output[to + stored] = opaque;
    }
  }
}
