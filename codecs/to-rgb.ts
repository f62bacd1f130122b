import { cmykToRgb } from '../image/operations/cmyk.ts';
import { createProcessing } from '../image/operations/create-processing.ts';
import { hasOnlyShown } from '../image/operations/display.ts';
import type { BytePixels } from '../image/operations/eight-bits.ts';
import { typeRanges } from '../image/operations/sample-range.ts';
import type { ImageSource, PixelBuffer } from '../image/source.ts';
import type { BufferPool } from './buffer-pool.ts';
import { createCielabToRgb } from './cielab-to-rgb.ts';
import { convertCmyk } from './convert-cmyk.ts';
import type { Kernels } from './kernels/load-kernels.ts';
import type { RunProcessing } from './run-processing.ts';
import type { RangesOf } from './sample-ranges.ts';

/** Makes bytes of RGB of CIELAB and CMYK; pixels that are gray or RGB come back as they are. */
export type ToRgb = (source: ImageSource, pixels: PixelBuffer, signal?: AbortSignal) => Promise<PixelBuffer>;

interface ToRgbNeeds {
  readonly pool: BufferPool;
  readonly rangesOf: RangesOf;
  readonly run: RunProcessing;
  readonly kernels: Kernels;
}

export function createToRgb({ pool, rangesOf, run, kernels }: ToRgbNeeds): ToRgb {
  const cielabToRgb = createCielabToRgb(kernels);

  /** Four inks of a byte, with opacity behind them where there is any. */
  async function byteInks(source: ImageSource, pixels: PixelBuffer, signal?: AbortSignal): Promise<PixelBuffer> {
    if (pixels.sample === 'uint8' && hasOnlyShown(pixels)) return pixels;
    const ranges = pixels.sample === 'uint8' ? typeRanges(pixels) : await rangesOf(source, signal);
    const processing = createProcessing({ operations: {}, layout: pixels, ranges, white: 255 });
    return run(processing, pixels, { sample: 'uint8', signal });
  }

  async function inksToRgb(source: ImageSource, inks: BytePixels): Promise<BytePixels> {
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

  return async (source, pixels, signal) => {
    if (pixels.photometric === 'cielab') return run(cielabToRgb, pixels, { sample: 'uint8', signal });
    if (pixels.photometric !== 'cmyk') return pixels;
    const inks = await byteInks(source, pixels, signal);
    return inks.sample === 'uint8' ? inksToRgb(source, inks) : inks;
  };
}

function copyAlpha({ data, bands }: BytePixels, output: Uint8Array): void {
  for (let from = bands - 1, to = bands - 2; from < data.length; from += bands, to += bands - 1) {
    output[to] = Number(data[from]);
  }
}
