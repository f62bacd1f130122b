import type { Size } from '../geometry.ts';
import type { MarkGrid } from './watermark.ts';

/** A number that stands for a text: the same for the same text on every machine. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/**
 * Scatters marks over a grid, one in each cell with some probability, anywhere in it where it fits and at its corner where
 * it does not. The same seed gives the same places.
 */
export function scatteredGrid(cell: Size, mark: Size, { seed, probability }: Scatter): MarkGrid {
  const room = { x: Math.max(0, cell.width - mark.width), y: Math.max(0, cell.height - mark.height) };
  return {
    cell,
    placeIn(column, row) {
      const random = (index: number) => chance(seed, column, row * 3 + index);
      if (random(0) >= probability) return undefined;
      return { x: Math.floor(random(1) * (room.x + 1)), y: Math.floor(random(2) * (room.y + 1)) };
    },
  };
}

/** How marks are scattered. */
export interface Scatter {
  readonly seed: number;
  /** Share of the cells that have one, 0 to 1. */
  readonly probability: number;
}

/** A number from 0 on and below 1 that looks random and depends on nothing but the arguments. @see MurmurHash3, fmix32 */
function chance(seed: number, column: number, row: number): number {
  let hash = seed ^ Math.imul(column, 0x9e3779b1) ^ Math.imul(row, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
