import { TileNotFound } from './errors.ts';
import { gridOf, isSameSize, type Rect, type Size } from './geometry.ts';
import { levelScale } from './pyramid.ts';
import type { Rotation, TileAddress } from './request.ts';
import type { Pyramid } from './source.ts';
import { type Cell, cellWindow, storedCell, storedLevel } from './stored-tiles.ts';

/** A tile's region in full-resolution pixels and its own size in pixels. */
export interface TileExtent {
  readonly region: Rect;
  readonly size: Size;
  /** What the tile is laid upon, at its top left, where it has to be larger. */
  readonly canvas?: Size;
}

/** The largest stored tile that is handed out as it is; larger ones (strips, whole pages) are cut into 256-pixel tiles. */
const LARGEST_SERVED_TILE = 1024;

/** The tiles of the grid that is the same for every image. */
export const PADDED_TILE: Size = { width: 256, height: 256 };

/** The tile size advertised for an image in protocols that allow any. */
export function servedTile(levels: Pyramid): Size {
  const { tile } = levels[0];
  const isServed = Math.max(tile.width, tile.height) <= LARGEST_SERVED_TILE;
  return isServed ? { width: tile.width, height: tile.height } : { width: 256, height: 256 };
}

/** The side of the tiles advertised in protocols that know only square ones. */
export function servedTileSide(levels: Pyramid): number {
  return servedTile(levels).width;
}

/**
 * Deep Zoom's levels: 0 is 1 x 1, the last the full size, each dimension halved rounding up.
 *
 * @see reference of the format, https://learn.microsoft.com/en-us/previous-versions/windows/silverlight/dotnet-windows-silverlight/cc645077(v=vs.95)
 */
export function deepZoomLevelCount(full: Size): number {
  return Math.ceil(Math.log2(Math.max(full.width, full.height))) + 1;
}

/** Levels of the grid of padded tiles: those of Deep Zoom that one tile does not hold, and one more. */
export function paddedLevelCount(full: Size): number {
  return Math.max(1, deepZoomLevelCount(full) - Math.log2(PADDED_TILE.width));
}

/** Zoomify's tiers, coarsest first: the full size halved, rounding down, until it fits one tile. */
export function zoomifyTiers(full: Size, tileSide: number): Size[] {
  const tiers: Size[] = [];
  let { width, height } = full;
  for (;;) {
    tiers.unshift({ width: Math.max(1, width), height: Math.max(1, height) });
    if (width <= tileSide && height <= tileSide) return tiers;
    width = Math.floor(width / 2);
    height = Math.floor(height / 2);
  }
}

/**
 * Settles a tile address against a pyramid.
 *
 * @throws TileNotFound when the level or the tile does not exist
 */
export function tileExtent(tile: TileAddress, levels: Pyramid, rotation: Rotation): TileExtent {
  switch (tile.grid) {
    case 'stored':
      return storedTile(tile, levels, rotation);
    case 'halved-up':
      return halvedUpTile(tile, levels);
    case 'halved-down':
      return halvedDownTile(tile, levels);
    case 'padded':
      return paddedTile(tile, levels);
  }
}

/** Enlarges a rectangle of a coarser level to full-resolution pixels, cut at the image's right and bottom edges. */
function enlarge(rect: Rect, scale: { readonly x: number; readonly y: number }, full: Size): Rect {
  const x = rect.x * scale.x;
  const y = rect.y * scale.y;
  return {
    x,
    y,
    width: Math.min(full.width, (rect.x + rect.width) * scale.x) - x,
    height: Math.min(full.height, (rect.y + rect.height) * scale.y) - y,
  };
}

type GridAddress = Extract<TileAddress, { column: number }>;
type OverlappingAddress = Extract<TileAddress, { overlap: number }>;
type StoredAddress = Extract<TileAddress, { index: number }>;

function storedTile(tile: StoredAddress, levels: Pyramid, rotation: Rotation): TileExtent {
  const level = storedLevel(levels, tile.level);
  const cell = unrotatedCell(tile.index, gridOf(level, level.tile), rotation);
  const window = cellWindow(cell, level);
  const { width, height } = window;
  return { region: enlarge(window, levelScale(level, levels[0]), levels[0]), size: { width, height } };
}

/** The stored cell that a turned viewer means by `index`: its grid is the stored one, mirrored and then turned clockwise. */
function unrotatedCell(index: number, grid: { columns: number; rows: number }, rotation: Rotation): Cell {
  const isSideways = rotation.degrees === 90 || rotation.degrees === 270;
  const turned = storedCell(index, isSideways ? { columns: grid.rows, rows: grid.columns } : grid);
  const upright = turnBack(turned, grid, rotation.degrees);
  return rotation.mirror ? { column: grid.columns - 1 - upright.column, row: upright.row } : upright;
}

function turnBack(cell: Cell, grid: { columns: number; rows: number }, degrees: number): Cell {
  const { column, row } = cell;
  if (degrees === 90) return { column: row, row: grid.rows - 1 - column };
  if (degrees === 180) return { column: grid.columns - 1 - column, row: grid.rows - 1 - row };
  if (degrees === 270) return { column: grid.columns - 1 - row, row: column };
  return cell;
}

function halvedUpTile(tile: OverlappingAddress, levels: Pyramid): TileExtent {
  const level = halvedUpLevel(tile, levels[0], deepZoomLevelCount(levels[0]));
  return squareTile({ tile, ...level, side: servedTileSide(levels), full: levels[0] }, tile.overlap);
}

function paddedTile(tile: GridAddress, levels: Pyramid): TileExtent {
  const level = halvedUpLevel(tile, levels[0], paddedLevelCount(levels[0]));
  const extent = squareTile({ tile, ...level, side: PADDED_TILE.width, full: levels[0] });
  return isSameSize(extent.size, PADDED_TILE) ? extent : { ...extent, canvas: PADDED_TILE };
}

/** One of `count` levels, the last of which has the full size and each other one half of the next, rounded up. */
function halvedUpLevel(tile: GridAddress, full: Size, count: number): Pick<SquareTile, 'level' | 'scale'> {
  if (tile.level >= count) throw new TileNotFound(`level ${tile.level}, the last is ${count - 1}`);
  const scale = 2 ** (count - 1 - tile.level);
  return { scale, level: { width: Math.ceil(full.width / scale), height: Math.ceil(full.height / scale) } };
}

/** Viewers also ask for the sliver that rounding up would leave: it is cut from the full image like any other. */
function halvedDownTile(tile: GridAddress, levels: Pyramid): TileExtent {
  const full = levels[0];
  const side = servedTileSide(levels);
  const tiers = zoomifyTiers(full, side);
  const level = tiers[tile.level];
  if (!level) throw new TileNotFound(`tier ${tile.level} of ${tiers.length}`);
  const scale = 2 ** (tiers.length - 1 - tile.level);
  const roundedUp = { width: Math.ceil(full.width / scale), height: Math.ceil(full.height / scale) };
  const reach = {
    width: tile.column * side >= level.width ? roundedUp.width : level.width,
    height: tile.row * side >= level.height ? roundedUp.height : level.height,
  };
  return squareTile({ tile, level: reach, scale, side, full });
}

interface SquareTile {
  readonly tile: GridAddress;
  readonly level: Size;
  readonly scale: number;
  readonly side: number;
  readonly full: Size;
}

/** @param overlap - pixels of each neighbour that the tile shows as well */
function squareTile({ tile, level, scale, side, full }: SquareTile, overlap = 0): TileExtent {
  const start = { x: tile.column * side, y: tile.row * side };
  if (start.x >= level.width || start.y >= level.height) {
    const { columns, rows } = gridOf(level, { width: side, height: side });
    throw new TileNotFound(`column ${tile.column}, row ${tile.row} of ${columns} x ${rows}`);
  }
  const x = Math.max(0, start.x - overlap);
  const y = Math.max(0, start.y - overlap);
  const width = Math.min(start.x + side + overlap, level.width) - x;
  const height = Math.min(start.y + side + overlap, level.height) - y;
  const size = { width, height };
  return { region: enlarge({ x, y, ...size }, { x: scale, y: scale }, full), size };
}
