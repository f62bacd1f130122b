import { isSameSize, type Size } from '../geometry.ts';
import type { PixelBuffer } from '../source.ts';

/** Pixels of bytes or of 16 bits, which is what pictures are made of once they are to be looked at. */
type Shown = PixelBuffer & { readonly sample: 'uint8' | 'uint16' };

/**
 * The picture at the top left of a larger one that is transparent elsewhere; one of that size already comes back as it is.
 * Its last row and column go on below the transparency: encoders that mix neighbours would let another colour into it.
 *
 * @param canvas - at least as large as the picture in both directions
 * @param margin - pixels to the right and below that show what goes on there, as far as the canvas reaches
 */
export function padTo(pixels: Shown, canvas: Size, margin: Size = { width: 0, height: 0 }): Shown {
  if (isSameSize(pixels, canvas)) return pixels;
  const bands = pixels.hasAlpha ? pixels.bands : pixels.bands + 1;
  const shape = { ...canvas, bands, photometric: pixels.photometric, hasAlpha: true };
  const length = canvas.width * canvas.height * bands;
  const seen = { width: pixels.width + margin.width, height: pixels.height + margin.height };
  const draw = <T extends Canvas['data']>(data: T, opaque: number): T => {
    place(pixels, { ...shape, data, opaque });
    hideBeyond(seen, { ...shape, data, opaque });
    return data;
  };
  return pixels.sample === 'uint8'
    ? { ...shape, sample: 'uint8', data: draw(new Uint8Array(length), 255) }
    : { ...shape, sample: 'uint16', data: draw(new Uint16Array(length), 65_535) };
}

interface Canvas extends Size {
  readonly data: Uint8Array | Uint16Array;
  readonly bands: number;
  /** The sample of full opacity. */
  readonly opaque: number;
}

function place({ data, bands: stored, width, height }: Shown, canvas: Canvas): void {
  const { data: output, bands, opaque } = canvas;
  let to = 0;
  for (let y = 0; y < canvas.height; y++) {
    const row = Math.min(y, height - 1) * width;
    for (let x = 0; x < canvas.width; x++, to += bands) {
      const from = (row + Math.min(x, width - 1)) * stored;
      for (let band = 0; band < stored; band++) output[to + band] = Number(data[from + band]);
      if (stored < bands) output[to + stored] = opaque;
    }
  }
}

/** Makes everything beyond the part that is to be seen transparent. */
function hideBeyond(seen: Size, { data, bands, width, height }: Canvas): void {
  for (let y = 0; y < height; y++) {
    const start = y < seen.height ? Math.min(seen.width, width) : 0;
    for (let x = start; x < width; x++) data[(y * width + x + 1) * bands - 1] = 0;
  }
}
