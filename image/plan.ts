import { isSameSize, type Rect, type Size } from './geometry.ts';
import { operationsKey, radiusOf } from './operations.ts';
import { levelScale } from './pyramid.ts';
import type { ResolvedRequest } from './request.ts';
import type { Level, Pyramid } from './source.ts';

/** What the renderer does, settled before a byte is read: it can be printed, compared and tested without a file. */
export interface RenderPlan {
  readonly level: Level;
  /** In the level's own pixels, whole ones, inside the level. */
  readonly window: Rect;
  /** What is read of the level: the window, and where a kernel looks at neighbours those as well, as far as there are any. */
  readonly read: Rect;
  /** How many quality layers are read; absent for all. */
  readonly layers?: number;
  /** The stored tile that is exactly the answer, pixel for pixel; undefined where there is anything to do. */
  readonly storedTile?: { readonly column: number; readonly row: number };
  /** What the window is scaled to, before rotation. */
  readonly size: Size;
  readonly operations?: ResolvedRequest['operations'];
  readonly rotation: ResolvedRequest['rotation'];
  readonly quality: ResolvedRequest['quality'];
  readonly format: ResolvedRequest['format'];
  readonly purpose: ResolvedRequest['purpose'];
  readonly canvas?: ResolvedRequest['canvas'];
}

/** Level sizes are whole pixels and regions may be fractions of them: differences below this are rounding noise. */
const EPSILON = 1e-6;

/** Chooses level and window, and sees whether a stored tile is the answer. */
export function planRender(resolved: ResolvedRequest, levels: Pyramid, layout: { readonly bands: number }): RenderPlan {
  const { layers, region, size, operations, rotation, quality, format, purpose, canvas } = resolved;
  const level = chooseLevel(levels, region, size);
  const window = levelWindow(region, level, levels[0]);
  const read = withMargin(window, radiusOf(operations?.kernel), level);
  const isUntouched =
    isSameSize(window, size) &&
    canvas === undefined &&
    operationsKey(operations) === '' &&
    rotation.degrees === 0 &&
    !rotation.mirror &&
    format.quality === undefined &&
    quality === (layout.bands < 3 ? 'gray' : 'color');
  const storedTile = isUntouched ? wholeTileAt(window, level) : undefined;
  const optional = {
    ...(layers && { layers }),
    ...(operations && { operations }),
    ...(canvas && { canvas }),
    ...(storedTile && { storedTile }),
  };
  return { level, window, read, size, rotation, quality, format, purpose, ...optional };
}

/**
 * The coarsest level with a pixel for every output pixel, else the finest.
 *
 * Writers round levels down and clients round sizes up, so a level may fall short by less than a pixel in either
 * direction: a finer one would cost four times as much for nothing. A few output pixels say too little about the scale
 * for that (any level falls short of one pixel by less than one), so the scale factor itself may exceed the request's
 * only as far as rounding up explains: n output pixels stand for more than n - 1 whole ones.
 */
export function chooseLevel(levels: Pyramid, region: Size, output: Size): Level {
  const full = levels[0];
  const reduction = Math.max(region.width / output.width, region.height / output.height);
  const share = 1 / Math.max(1, Math.max(output.width, output.height) - 1);
  const largestFactor = reduction * (1 + share) - EPSILON;
  const isEnough = (level: Level) =>
    (region.width * level.width) / full.width > output.width - 1 &&
    (region.height * level.height) / full.height > output.height - 1 &&
    level.scaleFactor <= largestFactor;
  return levels.findLast(isEnough) ?? full;
}

/** The smallest window of whole level pixels that covers a region given in full-resolution pixels. */
export function levelWindow(region: Rect, level: Level, full: Size): Rect {
  const scale = levelScale(level, full);
  const [x, right] = wholeInterval(region.x / scale.x, (region.x + region.width) / scale.x, level.width);
  const [y, bottom] = wholeInterval(region.y / scale.y, (region.y + region.height) / scale.y, level.height);
  return { x, y, width: right - x, height: bottom - y };
}

/** Rounds outwards and cuts at `length`; at least one pixel, the last one where nothing is left. */
function wholeInterval(start: number, end: number, length: number): [number, number] {
  const first = Math.min(Math.floor(start + EPSILON), length - 1);
  const last = Math.min(Math.ceil(end - EPSILON), length);
  return [first, Math.max(last, first + 1)];
}

/** A window and so many pixels around it, cut at the edges of its level. */
function withMargin({ x, y, width, height }: Rect, margin: number, level: Size): Rect {
  const [left, top] = [Math.max(0, x - margin), Math.max(0, y - margin)];
  const right = Math.min(x + width + margin, level.width);
  const bottom = Math.min(y + height + margin, level.height);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function wholeTileAt(window: Rect, { tile }: Level): { column: number; row: number } | undefined {
  const column = window.x / tile.width;
  const row = window.y / tile.height;
  return isSameSize(window, tile) && Number.isInteger(column) && Number.isInteger(row) ? { column, row } : undefined;
}
