import { bytesPerPixel } from '../image/budget.ts';
import { clamp, type Rect, type Size } from '../image/geometry.ts';
import {
  type MeasuredRange,
  NOTHING_MEASURED,
  needsMeasuring,
  rangesFrom,
  typeRanges,
  widenedBy,
} from '../image/operations/sample-range.ts';
import type { ImageSource, PixelBuffer, SampleRange } from '../image/source.ts';
import type { BufferPool } from './buffer-pool.ts';
import { type OfSource, oncePerSource } from './once-per-source.ts';
import { eachPart, rowsAtOnce, rowsOf, type Turns } from './parts.ts';
import type { TakeTurn } from './turns.ts';

/** What is shown as black and as white in each band of an image: always the same for all of it. */
export type RangesOf = OfSource<readonly SampleRange[]>;

/** Up to so many bytes of samples the coarsest level is looked at as a whole, else in windows spread over it. */
const MAX_MEASURED = 2 ** 28;
/** What is decoded for one look, in bytes; more only where a single tile or strip has more. */
const WINDOW_BYTES = 2 ** 22;
const SPREAD_SIDE = 512;
const SPREAD_ACROSS = 3;

interface RangeTools {
  readonly pool: BufferPool;
  readonly takeTurn: TakeTurn;
}

/** From the file where it says so, else the range of the type, or for the widest types that of the pixels themselves. */
export function createRangesOf({ pool, takeTurn }: RangeTools): RangesOf {
  return oncePerSource(async (source, signal) => {
    const { layout, ranges } = source;
    if (ranges) return ranges;
    if (!needsMeasuring(layout)) return typeRanges(layout);
    const coarsest = source.levels[source.levels.length - 1] ?? source.levels[0];
    let measured: MeasuredRange[] = typeRanges(layout).map(() => NOTHING_MEASURED);
    for (const window of measuredWindows(source)) {
      await takeTurn();
      const pixels = await source.read(coarsest, window, signal);
      measured = await widened(measured, pixels, { takeTurn, signal });
      pool.give(pixels.data);
    }
    return rangesFrom(measured, layout);
  });
}

async function widened(measured: MeasuredRange[], pixels: PixelBuffer, turns: Turns): Promise<MeasuredRange[]> {
  let ranges = measured;
  await eachPart(pixels.height, { rows: rowsAtOnce(pixels.width * pixels.bands), ...turns }, (rows) => {
    ranges = widenedBy(ranges, rowsOf(pixels, rows));
  });
  return ranges;
}

function measuredWindows({ levels, layout, storage }: ImageSource): Iterable<Rect> {
  const level = levels[levels.length - 1] ?? levels[0];
  const pixelBytes = bytesPerPixel(layout);
  if (level.width * level.height * pixelBytes > MAX_MEASURED) return spreadOver(level);
  const { part } = storage?.[levels.length - 1] ?? { part: level.tile };
  return windowsOf(level, windowOfParts(level, part, WINDOW_BYTES / pixelBytes));
}

/** As many whole parts as have so few pixels, one at least: none is decoded twice. */
function windowOfParts(level: Size, part: Size, pixels: number): Size {
  const across = clamp(Math.floor(pixels / (part.width * part.height)), 1, Math.ceil(level.width / part.width));
  const width = across * part.width;
  return { width, height: Math.max(1, Math.floor(pixels / (width * part.height))) * part.height };
}

function* windowsOf(level: Size, window: Size): Generator<Rect> {
  for (let y = 0; y < level.height; y += window.height) {
    const height = Math.min(window.height, level.height - y);
    for (let x = 0; x < level.width; x += window.width) {
      yield { x, y, width: Math.min(window.width, level.width - x), height };
    }
  }
}

function spreadOver(level: Size): Rect[] {
  const size = { width: Math.min(SPREAD_SIDE, level.width), height: Math.min(SPREAD_SIDE, level.height) };
  const steps = Array.from({ length: SPREAD_ACROSS }, (_, index) => index / (SPREAD_ACROSS - 1));
  return steps.flatMap((down) =>
    steps.map((across) => ({
      x: Math.floor((level.width - size.width) * across),
      y: Math.floor((level.height - size.height) * down),
      ...size,
    })),
  );
}
