import { clamp, type Size } from './geometry.ts';
import { coloursAfter } from './operations/bands.ts';
import type { Operations } from './operations.ts';
import type { ImageSource, SampleType } from './source.ts';

/** Length in bytes of one sample of each type. */
export const SAMPLE_BYTES: Readonly<Record<SampleType, 1 | 2 | 4>> = { uint8: 1, uint16: 2, uint32: 4, float32: 4 };

/**
 * What a pixel of an image takes once it is decoded, and with operations once they are carried out beside it. The values in
 * between exist for a few rows at a time and do not count.
 */
export function bytesPerPixel(layout: ImageSource['layout'], operations?: Operations): number {
  const { bands, bitsPerSample, sample, hasAlpha } = layout;
  const decoded = bands * (sample ? SAMPLE_BYTES[sample] : Math.ceil(bitsPerSample / 8));
  if (!operations) return decoded;
  const shown = coloursAfter(operations, layout) + (hasAlpha ? 1 : 0);
  const isInPlace = decoded === shown && !operations.kernel;
  return isInPlace ? decoded : decoded + shown;
}

/**
 * The most output pixels whose window fits the decode budget whatever level serves them: the level read is at most one
 * step of the pyramid finer than what is asked for.
 */
export function maxAreaOf(
  { levels, layout }: Pick<ImageSource, 'levels' | 'layout'>,
  maxDecodedBytes: number,
  operations?: Operations,
): number {
  const budget = Math.floor(maxDecodedBytes / bytesPerPixel(layout, operations));
  const steps = levels.slice(1).map((level, index) => level.scaleFactor / (levels[index]?.scaleFactor ?? 1));
  const isWholeImageAffordable = levels[0].width * levels[0].height <= budget;
  return isWholeImageAffordable ? budget : Math.floor(budget / Math.max(1, ...steps) ** 2);
}

/** The size itself, or the largest of its shape that has no more than `maxArea` pixels, 1 or more. */
export function withinArea(size: Size, maxArea: number): Size {
  const area = size.width * size.height;
  if (area <= maxArea) return size;
  const factor = Math.sqrt(maxArea / area);
  const width = clamp(Math.floor(size.width * factor), 1, maxArea);
  return { width, height: clamp(Math.floor(size.height * factor), 1, Math.floor(maxArea / width)) };
}
