import type { Size } from '../geometry.ts';
import type { Rotation } from '../request.ts';
import type { IntegerPixels } from './eight-bits.ts';

/** What the rows of a turned picture are made of. */
export interface Turning {
  readonly source: IntegerPixels;
  readonly rotation: Rotation;
  /** The size of the turned picture; its centre is where the source's centre comes to lie. */
  readonly size: Size;
  /** Whether pixels between pixels are mixed of the four around them; else the nearest is taken as it is. */
  readonly isSmooth: boolean;
}

/** A picture and what walks over it: all offsets are in samples. */
interface Walk {
  readonly source: IntegerPixels;
  /** Of the bands, how many are colours: one for opacity may follow. */
  readonly colours: number;
  /** The largest sample, which is opaque as well. */
  readonly largest: number;
  readonly target: Uint8Array | Uint16Array;
  readonly isSmooth: boolean;
  /** Room for the four pixels around a place, the upper left one first. */
  readonly taps: readonly [Tap, Tap, Tap, Tap];
}

/** How much a pixel counts, by its nearness and its opacity, and where its first sample is. */
interface Tap {
  weight: number;
  from: number;
}

/**
 * Draws some rows of a picture that is mirrored left to right and then turned clockwise by any angle. What lies outside
 * the source stays as it is in the target, which is to be 0 everywhere; the edges of the picture are blended into it.
 *
 * @param target - all rows of the turned picture: the colours of the source and one band of opacity
 */
export function drawTurnedRows(
  { source, rotation, size, isSmooth }: Turning,
  rows: { readonly start: number; readonly end: number },
  target: Uint8Array | Uint16Array,
): void {
  const radians = (rotation.degrees * Math.PI) / 180;
  const cos = Math.cos(radians);
  const sin = Math.sin(radians);
  const flip = rotation.mirror ? -1 : 1;
  const colours = source.bands - (source.hasAlpha ? 1 : 0);
  const largest = source.sample === 'uint8' ? 255 : 65_535;
  const taps = [newTap(), newTap(), newTap(), newTap()] as const;
  const walk = { source, colours, largest, target, isSmooth, taps };
  const step = { x: flip * cos, y: -sin };
  for (let row = rows.start; row < rows.end; row++) {
    const dx = 0.5 - size.width / 2;
    const dy = row + 0.5 - size.height / 2;
    // The centre of the row's first pixel, in the source's pixels, whose own centres are whole numbers.
    const first = {
      x: flip * (dx * cos + dy * sin) + source.width / 2 - 0.5,
      y: dy * cos - dx * sin + source.height / 2 - 0.5,
    };
    drawRow(walk, { first, step, columns: size.width, at: row * size.width * (colours + 1) });
  }
}

/** A straight line through the source, one step for each pixel of a row of the target. */
interface Line {
  readonly first: { readonly x: number; readonly y: number };
  readonly step: { readonly x: number; readonly y: number };
  readonly columns: number;
  readonly at: number;
}

function drawRow(walk: Walk, { first, step, columns, at }: Line): void {
  const { width, height } = walk.source;
  const [left, right] = common(
    within(first.x, step.x, { low: -1, high: width, columns }),
    within(first.y, step.y, { low: -1, high: height, columns }),
  );
  const length = walk.colours + 1;
  for (let column = left; column < right; column++) {
    const x = first.x + column * step.x;
    const y = first.y + column * step.y;
    if (walk.isSmooth) mixPixel(walk, x, y, at + column * length);
    else copyPixel(walk, Math.round(x), Math.round(y), at + column * length);
  }
}

type Interval = readonly [start: number, end: number];

/** The columns of a line on which a coordinate lies between two bounds, neither included. */
function within(
  first: number,
  step: number,
  { low, high, columns }: { readonly low: number; readonly high: number; readonly columns: number },
): Interval {
  if (Math.abs(step) < Number.EPSILON) return first > low && first < high ? [0, columns] : [0, 0];
  const [enter, leave] = step > 0 ? [low, high] : [high, low];
  const start = Math.floor((enter - first) / step) + 1;
  const end = Math.ceil((leave - first) / step);
  return [Math.max(0, start), Math.min(columns, end)];
}

function common(a: Interval, b: Interval): Interval {
  return [Math.max(a[0], b[0]), Math.min(a[1], b[1])];
}

function copyPixel({ source, colours, largest, target }: Walk, x: number, y: number, at: number): void {
  if (x < 0 || y < 0 || x >= source.width || y >= source.height) return;
  const from = (y * source.width + x) * source.bands;
  for (let band = 0; band < colours; band++) target[at + band] = Number(source.data[from + band]);
  target[at + colours] = source.hasAlpha ? Number(source.data[from + colours]) : largest;
}

function mixPixel(walk: Walk, x: number, y: number, at: number): void {
  const { source } = walk;
  const column = Math.floor(x);
  const row = Math.floor(y);
  const isInside = column >= 0 && row >= 0 && column < source.width - 1 && row < source.height - 1;
  if (isInside && !source.hasAlpha) mixOpaque(walk, { x: x - column, y: y - row, column, row }, at);
  else mixTransparent(walk, { x: x - column, y: y - row, column, row }, at);
}

/** A place between four pixels, of which `column` and `row` are those of the upper left one. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly column: number;
  readonly row: number;
}

/** Where nothing is transparent, which is nearly everywhere. */
function mixOpaque({ source, colours, largest, target }: Walk, { x, y, column, row }: Place, at: number): void {
  const { data, bands, width } = source;
  const above = (row * width + column) * bands;
  const below = above + width * bands;
  for (let band = 0; band < colours; band++) {
    const upper = Number(data[above + band]) * (1 - x) + Number(data[above + bands + band]) * x;
    const lower = Number(data[below + band]) * (1 - x) + Number(data[below + bands + band]) * x;
    target[at + band] = upper * (1 - y) + lower * y + 0.5; // typed arrays cut what is behind the point
  }
  target[at + colours] = largest;
}

/** What lies outside the source has no opacity, and a pixel without opacity has no colour to mix in. */
function mixTransparent(walk: Walk, { x, y, column, row }: Place, at: number): void {
  const { source, colours, largest, target, taps } = walk;
  const [a, b, c, d] = taps;
  placeTap(walk, a, { column, row, x: 1 - x, y: 1 - y });
  placeTap(walk, b, { column: column + 1, row, x, y: 1 - y });
  placeTap(walk, c, { column, row: row + 1, x: 1 - x, y });
  placeTap(walk, d, { column: column + 1, row: row + 1, x, y });
  const opacity = a.weight + b.weight + c.weight + d.weight;
  if (opacity === 0) return;
  for (let band = 0; band < colours; band++) {
    let sum = 0;
    for (const { weight, from } of taps) sum += weight * Number(source.data[from + band]);
    target[at + band] = Math.round(sum / opacity);
  }
  target[at + colours] = Math.round(opacity * largest);
}

/** @param place - with the nearness of the pixel in either direction, 0 to 1 */
function placeTap({ source, colours, largest }: Walk, tap: Tap, { column, row, x, y }: Place): void {
  const isInside = column >= 0 && row >= 0 && column < source.width && row < source.height;
  tap.from = isInside ? (row * source.width + column) * source.bands : 0;
  const opacity = source.hasAlpha ? Number(source.data[tap.from + colours]) / largest : 1;
  tap.weight = isInside ? x * y * opacity : 0;
}

function newTap(): Tap {
  return { weight: 0, from: 0 };
}
