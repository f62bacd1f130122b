import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import type { Rect } from '../../image/geometry.ts';
import type { ByteSource } from '../../image/source.ts';
import type { BufferPool } from '../buffer-pool.ts';
import { singleTileSize } from './image-grid.ts';
import type { MainHeader } from './main-header.ts';
import { MARKER, type Segment } from './markers.ts';
import type { TilePart } from './tile-parts.ts';

/** Segments of the main header that a tile needs to be decoded. */
const KEPT: readonly number[] = [
  MARKER.capabilities,
  MARKER.codingStyle,
  MARKER.componentCodingStyle,
  MARKER.quantisation,
  MARKER.componentQuantisation,
  MARKER.regionOfInterest,
  MARKER.progressionChange,
];

/** More than a tile that is small enough to be decoded at once can hold. */
const MAX_TILE_BYTES = 256 * 2 ** 20;
const MARKER_LENGTH = 2;
/** Where the tile's number stands in the SOT segment. */
const TILE_NUMBER = 4;

/** A tile in the file. */
interface StoredTile {
  readonly tile: number;
  /** On the reference grid. */
  readonly area: Rect;
  readonly parts: readonly TilePart[];
}

/** How the parts of a tile are read. */
interface Reading {
  readonly bytes: ByteSource;
  readonly pool: BufferPool;
  readonly signal: AbortSignal;
}

/** Length in bytes of what is stored of a tile. */
function storedLength(parts: readonly TilePart[]): number {
  return parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/**
 * One tile as a codestream of its own: its parts as they are stored behind a main header of that tile alone.
 *
 * @throws CorruptSource, UnsupportedSource
 */
export async function sliceTile(
  header: MainHeader,
  { tile, area, parts }: StoredTile,
  { bytes, pool, signal }: Reading,
): Promise<Uint8Array> {
  const length = storedLength(parts);
  if (length > MAX_TILE_BYTES) throw new UnsupportedSource(`JPEG 2000 tiles of ${length} bytes`);
  const head = Buffer.concat([marker(MARKER.startOfCodestream), ...mainSegments(header, area).map((one) => one.bytes)]);
  const slice = Buffer.allocUnsafeSlow(head.length + length + MARKER_LENGTH);
  slice.set(head);
  let at = head.length;
  for (const { offset, byteLength } of parts) {
    const stored = await bytes.read(offset, byteLength, signal);
    slice.set(stored, at);
    pool.give(stored);
    checkStart(slice.subarray(at, at + byteLength), tile);
    slice.writeUInt16BE(0, at + TILE_NUMBER);
    at += byteLength;
  }
  slice.writeUInt16BE(MARKER.endOfCodestream, at);
  return slice;
}

/** Whether a part is one of the tile it is taken for: TLM may say what is not so. @throws CorruptSource */
function checkStart(part: Buffer, tile: number): void {
  if (part.readUInt16BE(0) !== MARKER.startOfTilePart || part.readUInt16BE(TILE_NUMBER) !== tile) {
    throw new CorruptSource(`no part of tile ${tile} where it should be`);
  }
}

function mainSegments({ size, segments }: MainHeader, area: Rect): Segment[] {
  return [singleTileSize(size, area), ...segments.filter(({ marker: code }) => KEPT.includes(code))];
}

export function marker(code: number): Buffer {
  const bytes = Buffer.alloc(MARKER_LENGTH);
  bytes.writeUInt16BE(code);
  return bytes;
}
