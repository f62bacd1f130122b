import { RegionOutsideImage, TileNotFound } from './errors.ts';
import { gridOf, isInside, type Point, type Rect, type Size } from './geometry.ts';
import type { Level, Pyramid } from './source.ts';

/** A place in a grid of tiles. */
export interface Cell {
  readonly column: number;
  readonly row: number;
}

/**
 * The level of a number counted from the coarsest, 0.
 *
 * @throws TileNotFound
 */
export function storedLevel(levels: Pyramid, number: number): Level {
  const level = levels[levels.length - 1 - number];
  if (!level) throw new TileNotFound(`resolution ${number} of ${levels.length}`);
  return level;
}

/**
 * The cell of a tile counted row by row.
 *
 * @throws TileNotFound
 */
export function storedCell(index: number, { columns, rows }: { columns: number; rows: number }): Cell {
  if (index >= columns * rows) throw new TileNotFound(`tile ${index} of ${columns * rows}`);
  return { column: index % columns, row: Math.floor(index / columns) };
}

/** A cell of a level's own grid in its pixels, cut at the right and bottom edges. */
export function cellWindow({ column, row }: Cell, level: Level): Rect {
  const x = column * level.tile.width;
  const y = row * level.tile.height;
  const width = Math.min(level.tile.width, level.width - x);
  return { x, y, width, height: Math.min(level.tile.height, level.height - y) };
}

/**
 * All cells, as a rectangle of them, between two that are its corners. The second counts as no lower than the first, and
 * columns in either order.
 *
 * @throws TileNotFound
 */
export function cellsBetween(first: number, last: number, level: Level): Rect {
  const grid = gridOf(level, level.tile);
  const from = storedCell(first, grid);
  const to = storedCell(Math.max(first, last), grid);
  const x = Math.min(from.column, to.column);
  return { x, y: from.row, width: Math.abs(to.column - from.column) + 1, height: to.row - from.row + 1 };
}

/**
 * The pixels from one to another, the last not among them: to the right where that is to the right, else downwards where
 * that is below, else the first alone.
 *
 * @param size - of the level they lie in
 * @throws RegionOutsideImage when a pixel is, or the end lies further out than the edge
 */
export function lineWindow(start: Point, end: Point, size: Size): Rect {
  const width = Math.max(1, end.x - start.x);
  const height = end.x > start.x ? 1 : Math.max(1, end.y - start.y);
  const window = { x: start.x, y: start.y, width, height };
  if (!isInside(window, size) || end.x > size.width || end.y > size.height) throw new RegionOutsideImage(size);
  return window;
}
