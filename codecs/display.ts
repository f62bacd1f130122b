import type { Rect } from '../image/geometry.ts';
import { hasOnlyShown, isDisplayable } from '../image/operations/display.ts';
import type { Processing } from '../image/operations/processing.ts';
import { type Operations, operationsKey } from '../image/operations.ts';
import type { ImageSource, PixelBuffer, SampleRange } from '../image/source.ts';
import type { EncodablePixels } from './encode/encoder.ts';
import type { HistogramOf } from './histograms.ts';
import type { CreateProcessing } from './processing/quick-processing.ts';
import type { RunProcessing } from './run-processing.ts';
import type { RangesOf } from './sample-ranges.ts';
import { createShownRanges } from './shown-ranges.ts';
import type { ToRgb } from './to-rgb.ts';

/** What is to be made of the pixels of a source. */
export interface Look {
  /** `uint8` makes bytes of everything; `uint16` leaves 16 bits to what has more, but for CIELAB, CMYK and colour maps. */
  readonly sample: EncodablePixels['sample'];
  readonly operations?: Operations | undefined;
  /** The part that is wanted, in coordinates of the pixels; around it lie those that a kernel looks at. */
  readonly area: Rect;
  readonly signal: AbortSignal;
}

/**
 * Makes pixels that encoders take of those of a source: grey or RGB, with or without alpha. Pixels that are so already come
 * back as they are; the memory of others is used again or given back.
 */
export type Display = (
  source: ImageSource,
  pixels: PixelBuffer,
  look: Look,
) => EncodablePixels | Promise<EncodablePixels>;

interface DisplayNeeds {
  readonly createProcessing: CreateProcessing;
  readonly run: RunProcessing;
  readonly toRgb: ToRgb;
  readonly rangesOf: RangesOf;
  readonly histogramOf: HistogramOf;
}

export function createDisplay({ createProcessing, run, toRgb, rangesOf, histogramOf }: DisplayNeeds): Display {
  const processingFor = keepingTables(createProcessing);
  const shownRanges = createShownRanges({ rangesOf, histogramOf });

  async function convert(source: ImageSource, stored: PixelBuffer, look: Look): Promise<EncodablePixels> {
    const { operations = {}, area, signal } = look;
    const pixels = await toRgb(source, stored, signal);
    const isPlain = operationsKey(operations) === '';
    if (isPlain && isDisplayable(pixels)) return pixels;
    const ranges = await shownRanges(source, pixels, look);
    const sample = sampleFor(pixels, look);
    if (isPlain && sample === 'uint16' && isWholeType(pixels, ranges)) return pixels;
    const white = sample === 'uint8' ? 255 : 65_535;
    return run(processingFor({ operations, layout: pixels, ranges, white }), pixels, { area, sample, signal });
  }

  return (source, pixels, look) =>
    isDisplayable(pixels) && operationsKey(look.operations) === '' ? pixels : convert(source, pixels, look);
}

/** Sets of tables that are kept, 2 MB each at most: those used last, and none of images with more bands than that takes. */
const MOST_KEPT = 16;
const MOST_BANDS = 4;

/** The same tables serve every image of the same kind. */
function keepingTables(createProcessing: CreateProcessing): CreateProcessing {
  const kept = new Map<string, Processing>();
  return (needs) => {
    const { layout, ranges, white, operations } = needs;
    const { sample, photometric, bands, hasAlpha } = layout;
    const key = JSON.stringify([sample, photometric, bands, hasAlpha, white, ranges, operationsKey(operations)]);
    const processing = kept.get(key) ?? createProcessing(needs);
    kept.delete(key);
    if (ranges.length <= MOST_BANDS) kept.set(key, processing);
    for (const oldest of kept.keys()) if (kept.size > MOST_KEPT) kept.delete(oldest);
    return processing;
  };
}

/** Bytes have no more to show, and neither have the colours of a map. */
function sampleFor({ sample }: PixelBuffer, look: Look): EncodablePixels['sample'] {
  return look.operations?.colourMap || sample === 'uint8' ? 'uint8' : look.sample;
}

/** Whether 16 bits go from the lowest to the highest value of their type and every band is shown. */
function isWholeType(
  pixels: PixelBuffer,
  ranges: readonly SampleRange[],
): pixels is PixelBuffer & { readonly sample: 'uint16' } {
  const isWhole = ranges.every(({ min, max }) => min === 0 && max === 65_535);
  return pixels.sample === 'uint16' && hasOnlyShown(pixels) && isWhole;
}
