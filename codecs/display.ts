import { cmykToRgb } from '../image/operations/cmyk.ts';
import { isDisplayable, shownBands, showPixels } from '../image/operations/display.ts';
import type { ImageSource, PixelBuffer } from '../image/source.ts';
import type { BufferPool } from './buffer-pool.ts';
import { convertCmyk } from './convert-cmyk.ts';
import type { EncodablePixels } from './encode/encoder.ts';
import { createRangesOf } from './sample-ranges.ts';
import { nextTurn } from './turns.ts';

/** Makes pixels that encoders take of those of a source: 8 bits, grey or RGB, with or without alpha. */
export type Display = (source: ImageSource, pixels: PixelBuffer) => EncodablePixels | Promise<EncodablePixels>;

/** Pixels converted before other requests get their turn. */
const PART_PIXELS = 2 ** 18;

/** Bytes of grey and RGB come back as they are; for anything else new memory is taken and the pixels' own given back. */
export function createDisplay(pool: BufferPool): Display {
  const rangesOf = createRangesOf();

  async function convert(source: ImageSource, pixels: PixelBuffer): Promise<EncodablePixels> {
    const ranges = await rangesOf(source);
    const { width, height, hasAlpha } = pixels;
    const bands = shownBands(pixels).length;
    const data = pool.take(width * height * bands);
    for (let start = 0; start < width * height; start += PART_PIXELS) {
      if (start > 0) await nextTurn();
      const end = Math.min(start + PART_PIXELS, width * height);
      showPixels(pixels, ranges, { start, end }, data.subarray(start * bands, end * bands));
    }
    pool.give(pixels.data);
    const shown = { width, height, bands, photometric: bands < 3 ? 'gray' : 'rgb', hasAlpha } as const;
    if (pixels.photometric !== 'cmyk') return { ...shown, sample: 'uint8', data };
    return inksToRgb(source, { ...shown, photometric: 'cmyk', sample: 'uint8', data });
  }

  async function inksToRgb(source: ImageSource, inks: EncodablePixels): Promise<EncodablePixels> {
    const { width, height, bands, hasAlpha } = inks;
    const data = pool.take(width * height * (bands - 1));
    const profile = await source.profile();
    const converted = profile && (await convertCmyk(inks, profile));
    if (converted) data.set(converted);
    else cmykToRgb(inks.data, bands, data, bands - 1);
    if (hasAlpha) copyAlpha(inks, data);
    pool.give(inks.data);
    return { width, height, bands: bands - 1, photometric: 'rgb', hasAlpha, sample: 'uint8', data };
  }

  return (source, pixels) => (isDisplayable(pixels) ? pixels : convert(source, pixels));
}

function copyAlpha({ data, bands }: EncodablePixels, output: Uint8Array): void {
  for (let from = bands - 1, to = bands - 2; from < data.length; from += bands, to += bands - 1) {
    output[to] = Number(data[from]);
  }
}
