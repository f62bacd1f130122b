/** Width and height in pixels, each at least 1. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A pixel by its column and row; the space it belongs to is said where one is passed. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle from its top left corner; the space its pixels belong to is said where one is passed. */
export type Rect = Size & Point;

/** A rectangle in fractions of an image: every number from 0 to 1. */
export type UnitRect = Rect;

/** Whether `inner` lies inside an area of `outer`'s size that starts at the origin. */
export function isInside(inner: Rect, outer: Size): boolean {
  return inner.x >= 0 && inner.y >= 0 && inner.x + inner.width <= outer.width && inner.y + inner.height <= outer.height;
}

/** The whole of an area as a rectangle. */
export function wholeOf(size: Size): Rect {
  return { x: 0, y: 0, width: size.width, height: size.height };
}

export function isSameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}

/** `value` held between `low` and `high`, both included. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** Columns and rows of a grid of `tile`-sized cells that covers `area`. */
export function gridOf(area: Size, tile: Size): { readonly columns: number; readonly rows: number } {
  return { columns: Math.ceil(area.width / tile.width), rows: Math.ceil(area.height / tile.height) };
}
