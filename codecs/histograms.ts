import type { Rect, Size } from '../image/geometry.ts';
import { type Histogram, histogramOf } from '../image/operations/histogram.ts';
import { typeRanges } from '../image/operations/sample-range.ts';
import { type OfSource, oncePerSource } from './once-per-source.ts';
import type { RangesOf } from './sample-ranges.ts';
import type { ToRgb } from './to-rgb.ts';

/**
 * How light the pixels of an image are, before any operation: one histogram for all of it, so that tiles meet without
 * seams, measured once in the middle of its coarsest level.
 */
export type HistogramOf = OfSource<Histogram>;

/** Longest side of the part that is looked at, in pixels. */
const LONGEST_SIDE = 1024;

export function createHistogramOf({ rangesOf, toRgb }: { rangesOf: RangesOf; toRgb: ToRgb }): HistogramOf {
  return oncePerSource(async (source, signal) => {
    const coarsest = source.levels[source.levels.length - 1] ?? source.levels[0];
    const stored = await source.read(coarsest, centreOf(coarsest), signal);
    const pixels = await toRgb(source, stored, signal);
    return histogramOf(pixels, pixels.sample === 'uint8' ? typeRanges(pixels) : await rangesOf(source, signal));
  });
}

function centreOf({ width, height }: Size): Rect {
  const size = { width: Math.min(width, LONGEST_SIDE), height: Math.min(height, LONGEST_SIDE) };
  return { x: Math.floor((width - size.width) / 2), y: Math.floor((height - size.height) / 2), ...size };
}
