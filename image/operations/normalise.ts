import type { Operations } from '../operations.ts';
import type { SampleRange } from '../source.ts';

/** The narrowest range that samples are divided by; what is narrower counts as this. */
const NARROWEST = 1e-30;

/** By how much samples are divided when black and white are brought to 0 and 1; never 0. */
export function widthOf({ min, max }: SampleRange): number {
  const width = max - min;
  return Math.abs(width) <= NARROWEST ? NARROWEST : width;
}

/** Brings samples from their range onto 0 to 1, and what lies outside it beyond. What is no finite number becomes 0. */
export function normaliserOf(range: SampleRange): (sample: number) => number {
  const { min } = range;
  const width = widthOf(range);
  return (sample) => (Number.isFinite(sample) ? (sample - min) / width : 0);
}

/** The darkest and the lightest pixel of an image, as values from 0 to 1. */
export interface Extremes {
  readonly darkest: number;
  readonly lightest: number;
}

/**
 * Black and white of each band for a request: those of the image, replaced by those of the operations, or stretched to what
 * the image really has.
 *
 * @param extremes - needed where the operations stretch, in the range of the image
 */
export function requestedRanges(
  own: readonly SampleRange[],
  { ranges = [], stretch }: Operations,
  extremes?: Extremes,
): SampleRange[] {
  if (stretch && extremes) return own.map((range) => stretched(range, extremes));
  return own.map((range, index) => ranges.findLast(({ band }) => band === 'all' || band === index) ?? range);
}

function stretched(range: SampleRange, { darkest, lightest }: Extremes): SampleRange {
  const width = widthOf(range);
  return { min: range.min + darkest * width, max: range.min + lightest * width };
}
