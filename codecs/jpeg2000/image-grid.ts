import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import type { Rect } from '../../image/geometry.ts';
import { CONTENT, MARKER, type Segment } from './markers.ts';

/** One component: a plane of samples. */
export interface Component {
  /** 1 to 31 bits. */
  readonly precision: number;
  readonly isSigned: boolean;
  /** Reference grid points from one sample to the next. */
  readonly dx: number;
  readonly dy: number;
}

/** The image on its reference grid. */
export interface ImageGrid {
  readonly area: Rect;
  /** The tile in the corner of the tile grid, of which the image may cover a part only. */
  readonly tile: Rect;
  readonly columns: number;
  readonly rows: number;
  readonly components: readonly Component[];
}

const MAX_SIDE = 2 ** 31 - 1;
const MAX_TILES = 65_535;
/** OpenJPEG's integers have 32 bits; the standard allows 38. */
const MAX_PRECISION = 31;
/** More than any scanner has bands; each takes memory in the decoder. */
const MAX_COMPONENTS = 64;
const COMPONENT_LENGTH = 3;
const FIXED_LENGTH = 40;

/** Reads SIZ. @throws CorruptSource, UnsupportedSource */
export function readImageGrid({ bytes }: Segment): ImageGrid {
  if (bytes.length < FIXED_LENGTH) throw new CorruptSource('SIZ is too short');
  const count = bytes.readUInt16BE(38);
  if (count === 0 || bytes.length !== FIXED_LENGTH + COMPONENT_LENGTH * count) {
    throw new CorruptSource(`SIZ of ${bytes.length} bytes for ${count} components`);
  }
  if (count > MAX_COMPONENTS) throw new UnsupportedSource(`JPEG 2000 with ${count} components`);
  const [right = 0, bottom = 0, left = 0, top = 0, width = 0, height = 0, tileX = 0, tileY = 0] = Array.from(
    { length: 8 },
    (_, index) => bytes.readUInt32BE(CONTENT + 2 + 4 * index),
  );
  const area = { x: left, y: top, width: right - left, height: bottom - top };
  const tile = { x: tileX, y: tileY, width, height };
  checkAreas(area, tile);
  const columns = Math.ceil((right - tileX) / width);
  const rows = Math.ceil((bottom - tileY) / height);
  if (columns * rows > MAX_TILES) throw new CorruptSource(`${columns} x ${rows} tiles`);
  const components = Array.from({ length: count }, (_, index) => readComponent(bytes, index));
  return { area, tile, columns, rows, components };
}

function checkAreas(area: Rect, tile: Rect): void {
  const right = area.x + area.width;
  const bottom = area.y + area.height;
  if (area.width < 1 || area.height < 1) throw new CorruptSource(`image of ${area.width} x ${area.height}`);
  if (right > MAX_SIDE || bottom > MAX_SIDE) throw new UnsupportedSource(`JPEG 2000 of ${right} x ${bottom}`);
  const isFirstTileThere = tile.x <= area.x && tile.y <= area.y;
  const isFirstTileMet = tile.x + tile.width > area.x && tile.y + tile.height > area.y;
  if (tile.width < 1 || tile.height < 1 || !isFirstTileThere || !isFirstTileMet) {
    throw new CorruptSource(`tiles of ${tile.width} x ${tile.height} from ${tile.x},${tile.y}`);
  }
}

function readComponent(bytes: Buffer, index: number): Component {
  const at = FIXED_LENGTH + COMPONENT_LENGTH * index;
  const depth = bytes.readUInt8(at);
  const precision = (depth & 0x7f) + 1;
  const [dx, dy] = [bytes.readUInt8(at + 1), bytes.readUInt8(at + 2)];
  if (precision > 38 || dx === 0 || dy === 0) throw new CorruptSource(`component of ${precision} bits, ${dx} x ${dy}`);
  if (precision > MAX_PRECISION) throw new UnsupportedSource(`JPEG 2000 with samples of ${precision} bits`);
  return { precision, isSigned: (depth & 0x80) !== 0, dx, dy };
}

/** The part of the image in one tile, on the reference grid. */
export function tileArea({ area, tile, columns }: ImageGrid, index: number): Rect {
  const left = tile.x + (index % columns) * tile.width;
  const top = tile.y + Math.floor(index / columns) * tile.height;
  const x = Math.max(left, area.x);
  const y = Math.max(top, area.y);
  return {
    x,
    y,
    width: Math.min(left + tile.width, area.x + area.width) - x,
    height: Math.min(top + tile.height, area.y + area.height) - y,
  };
}

/**
 * SIZ of a codestream that holds one tile alone.
 *
 * @param siz - that of the whole
 * @param area - the tile's part of the image; it becomes the tile as well
 */
export function singleTileSize({ bytes }: Segment, area: Rect): Segment {
  const copy = Buffer.from(bytes);
  const edges = [area.x + area.width, area.y + area.height, area.x, area.y];
  const words = [...edges, area.width, area.height, area.x, area.y];
  for (const [index, word] of words.entries()) copy.writeUInt32BE(word, CONTENT + 2 + 4 * index);
  return { marker: MARKER.size, bytes: copy };
}
