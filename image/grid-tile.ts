import type { Pyramid } from './source.ts';
import { servedTile, type TileExtent } from './tile-grid.ts';

/**
 * Whether a region and its size are a cell of the grid that info.json advertises, at one of its scale factors: those of
 * the levels, or powers of two. At the right and bottom edges regions are cut, and sizes rounded either way.
 */
export function isGridTile({ region, size }: TileExtent, levels: Pyramid): boolean {
  const tile = servedTile(levels);
  if (size.width > tile.width || size.height > tile.height) return false;
  const full = levels[0];
  const reduction = Math.max(region.width / size.width, region.height / size.height);
  const candidates = [2 ** Math.round(Math.log2(reduction)), ...levels.map(({ scaleFactor }) => scaleFactor)];
  return candidates.some(
    (factor) =>
      isCell({ start: region.x, length: region.width, size: size.width }, tile.width * factor, full.width, factor) &&
      isCell({ start: region.y, length: region.height, size: size.height }, tile.height * factor, full.height, factor),
  );
}

/** One direction of a region, in full-resolution pixels, and what it is scaled to. */
interface Span {
  readonly start: number;
  readonly length: number;
  readonly size: number;
}

function isCell({ start, length, size }: Span, step: number, end: number, factor: number): boolean {
  return start % step === 0 && length === Math.min(step, end - start) && Math.abs(length / factor - size) < 1;
}
