import type { Size } from '../image/geometry.ts';
import type { PixelSpan } from '../image/operations/cielab.ts';
import { cmykToRgb } from '../image/operations/cmyk.ts';
import { isDisplayable, isWholeType, showDeepPixels, shownBands, showPixels } from '../image/operations/display.ts';
import type { BytePixels } from '../image/operations/eight-bits.ts';
import type { ImageSource, PixelBuffer } from '../image/source.ts';
import type { BufferPool } from './buffer-pool.ts';
import { convertCmyk } from './convert-cmyk.ts';
import type { EncodablePixels } from './encode/encoder.ts';
import { createRangesOf } from './sample-ranges.ts';
import { nextTurn } from './turns.ts';

/**
 * Makes pixels that encoders take of those of a source: grey or RGB, with or without alpha.
 *
 * @param sample - `uint8` makes bytes of everything; `uint16` leaves what has more bits 16, but for CIELAB and CMYK
 */
export type Display = (
  source: ImageSource,
  pixels: PixelBuffer,
  sample: EncodablePixels['sample'],
) => EncodablePixels | Promise<EncodablePixels>;

/** Pixels converted before other requests get their turn. */
const PART_PIXELS = 2 ** 18;

/** What can be shown as it is comes back as it is; for anything else new memory is taken and the pixels' own given back. */
export function createDisplay(pool: BufferPool): Display {
  const rangesOf = createRangesOf();

  async function convert(source: ImageSource, pixels: PixelBuffer): Promise<EncodablePixels> {
    const ranges = await rangesOf(source);
    const shown = shapeOf(pixels);
    const { width, height, bands } = shown;
    const data = pool.take(width * height * bands);
    for await (const { start, end } of partsOf(pixels)) {
      showPixels(pixels, ranges, { start, end }, data.subarray(start * bands, end * bands));
    }
    pool.give(pixels.data);
    if (pixels.photometric !== 'cmyk') return { ...shown, sample: 'uint8', data };
    return inksToRgb(source, { ...shown, photometric: 'cmyk', sample: 'uint8', data });
  }

  async function convertDeep(source: ImageSource, pixels: PixelBuffer): Promise<EncodablePixels> {
    const ranges = await rangesOf(source);
    const shown = shapeOf(pixels);
    if (pixels.sample === 'uint16' && isWholeType(pixels, ranges))
      return { ...shown, sample: 'uint16', data: pixels.data };
    const count = shown.width * shown.height * shown.bands;
    const memory = pool.take(count * 2);
    const data = pool.exchange(memory, new Uint16Array(memory.buffer, memory.byteOffset, count));
    for await (const { start, end } of partsOf(pixels)) {
      showDeepPixels(pixels, ranges, { start, end }, data.subarray(start * shown.bands, end * shown.bands));
    }
    pool.give(pixels.data);
    return { ...shown, sample: 'uint16', data };
  }

  async function inksToRgb(source: ImageSource, inks: BytePixels): Promise<EncodablePixels> {
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

  return (source, pixels, sample) => {
    if (isDisplayable(pixels)) return pixels;
    return sample === 'uint16' && isDeep(pixels) ? convertDeep(source, pixels) : convert(source, pixels);
  };
}

function isDeep({ sample, photometric }: PixelBuffer): boolean {
  return sample !== 'uint8' && photometric !== 'cielab' && photometric !== 'cmyk';
}

function shapeOf(pixels: PixelBuffer) {
  const { width, height, hasAlpha } = pixels;
  const bands = shownBands(pixels).length;
  return { width, height, bands, photometric: bands < 3 ? 'gray' : 'rgb', hasAlpha } as const;
}

/** Pixels from one to another, a turn of the event loop between two parts. */
async function* partsOf({ width, height }: Size): AsyncGenerator<PixelSpan> {
  for (let start = 0; start < width * height; start += PART_PIXELS) {
    if (start > 0) await nextTurn();
    yield { start, end: Math.min(start + PART_PIXELS, width * height) };
  }
}

function copyAlpha({ data, bands }: BytePixels, output: Uint8Array): void {
  for (let from = bands - 1, to = bands - 2; from < data.length; from += bands, to += bands - 1) {
    output[to] = Number(data[from]);
  }
}
