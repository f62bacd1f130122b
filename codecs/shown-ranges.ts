import { requestedRanges } from '../image/operations/normalise.ts';
import { typeRanges } from '../image/operations/sample-range.ts';
import { type Operations, operationsKey } from '../image/operations.ts';
import type { ImageSource, PixelBuffer, SampleRange } from '../image/source.ts';
import type { HistogramOf } from './histograms.ts';
import type { RangesOf } from './sample-ranges.ts';

/** What is to be done to pixels, and until when it matters. */
interface Doing {
  readonly operations?: Operations | undefined;
  readonly signal: AbortSignal;
}

/**
 * Black and white of each band of some pixels for what is to be done to them.
 *
 * @param pixels - of the source, in gray or RGB
 */
export type ShownRanges = (source: ImageSource, pixels: PixelBuffer, doing: Doing) => Promise<SampleRange[]>;

export function createShownRanges(needs: { rangesOf: RangesOf; histogramOf: HistogramOf }): ShownRanges {
  const { rangesOf, histogramOf } = needs;

  async function stretchedRanges(source: ImageSource, pixels: PixelBuffer, { operations = {}, signal }: Doing) {
    const own = pixels.sample === 'uint8' ? typeRanges(pixels) : await rangesOf(source, signal);
    return requestedRanges(own, operations, await histogramOf(source, signal));
  }

  return async (source, pixels, doing) => {
    const { operations = {}, signal } = doing;
    if (operations.stretch) return stretchedRanges(source, pixels, doing);
    const { photometric } = source.layout;
    const isKept = pixels.sample === 'uint8' && keepsBytes(operations);
    if (isKept || photometric === 'cielab') return typeRanges(pixels);
    const isConverted = pixels.photometric !== photometric; // its samples are not those of the file
    return requestedRanges(isConverted ? typeRanges(pixels) : await rangesOf(source, signal), operations);
  };
}

/** Whether bytes go out as they are, whatever the file says is black and white: equalising starts from those. */
function keepsBytes({ equalise: _, ...others }: Operations): boolean {
  return operationsKey(others) === '';
}
