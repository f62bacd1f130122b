import { isSameSize, type Rect, type Size, wholeOf } from '../image/geometry.ts';
import { measureRanges, needsMeasuring, typeRanges } from '../image/operations/sample-range.ts';
import type { ImageSource, PixelBuffer, SampleRange } from '../image/source.ts';
import { oncePerSource } from './once-per-source.ts';

/** What is shown as black and as white in each band of an image: always the same for all of it. */
export type RangesOf = (source: ImageSource) => Promise<readonly SampleRange[]>;

/** Up to this many pixels the coarsest level is looked at as a whole, else in windows spread over it. */
const MAX_MEASURED = 2 ** 22;
const WINDOW_SIDE = 512;
const WINDOWS_ACROSS = 3;

/** From the file where it says so, else the range of the type, or for the widest types that of the pixels themselves. */
export function createRangesOf(): RangesOf {
  return oncePerSource(settleRanges);
}

async function settleRanges(source: ImageSource): Promise<readonly SampleRange[]> {
  const { layout, ranges } = source;
  if (ranges) return ranges;
  if (!needsMeasuring(layout)) return typeRanges(layout);
  const coarsest = source.levels[source.levels.length - 1] ?? source.levels[0];
  // Shared by every request for this image, so no single client's leaving may end it.
  const { signal } = new AbortController();
  const windows: PixelBuffer[] = [];
  for (const window of measuredWindows(coarsest)) windows.push(await source.read(coarsest, window, signal));
  return measureRanges(windows, layout);
}

function measuredWindows(level: Size): Rect[] {
  if (level.width * level.height <= MAX_MEASURED) return [wholeOf(level)];
  const size = { width: Math.min(WINDOW_SIDE, level.width), height: Math.min(WINDOW_SIDE, level.height) };
  if (isSameSize(size, level)) return [wholeOf(level)];
  const steps = Array.from({ length: WINDOWS_ACROSS }, (_, index) => index / (WINDOWS_ACROSS - 1));
  return steps.flatMap((down) =>
    steps.map((across) => ({
      x: Math.floor((level.width - size.width) * across),
      y: Math.floor((level.height - size.height) * down),
      ...size,
    })),
  );
}
