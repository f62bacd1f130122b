import type { Size } from '../../../image/geometry.ts';
import type { Level, StoredLevel } from '../../../image/source.ts';

/** What the dearest tile of a level takes. */
export interface TileCost {
  /** Stored tiles or strips that are decoded. */
  readonly parts: number;
  /** Pixels that are decoded, where only those of the tile are wanted. */
  readonly pixels: number;
}

/** The tile that viewers ask for. */
export const VIEWER_TILE = 256;

/** Tiles that are looked at in each direction: after so many the grids have met again in all but odd cases. */
const MOST_LOOKED_AT = 4096;

/** The cost of the tile of 256 x 256 pixels that touches most. */
export function tileCost(level: Level, { part, planes, decodedPixels }: StoredLevel): TileCost {
  const across = mostTouched(level.width, part.width);
  const down = mostTouched(level.height, part.height);
  const area = {
    width: Math.min(across * part.width, level.width),
    height: Math.min(down * part.height, level.height),
  };
  return { parts: across * down * planes, pixels: Math.round(areaOf(area) * decodedPixels) };
}

/** Parts of a length that one stretch of a tile's length touches at most. */
function mostTouched(length: number, part: number): number {
  const tiles = Math.min(Math.ceil(length / VIEWER_TILE), MOST_LOOKED_AT);
  let most = 1;
  for (let tile = 0; tile < tiles; tile++) {
    const start = tile * VIEWER_TILE;
    const end = Math.min(start + VIEWER_TILE, length) - 1;
    most = Math.max(most, Math.floor(end / part) - Math.floor(start / part) + 1);
  }
  return most;
}

function areaOf({ width, height }: Size): number {
  return width * height;
}
