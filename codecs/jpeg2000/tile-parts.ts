import { CorruptSource } from '../../image/errors.ts';
import type { ByteSource } from '../../image/source.ts';
import type { TakeTurn } from '../turns.ts';
import type { MainHeader } from './main-header.ts';
import { CONTENT, MARKER, segmentsOf } from './markers.ts';

/** A part of a tile in the file, from its SOT marker. */
export interface TilePart {
  readonly offset: number;
  readonly byteLength: number;
}

/** The parts of each tile, in their order. */
export type TileParts = ReadonlyMap<number, readonly TilePart[]>;

const SOT_LENGTH = 12;
/** The shortest tile-part: SOT and SOD. */
const SHORTEST = SOT_LENGTH + 2;

/** From TLM where it fits the file, else by going from one tile-part to the next. @throws CorruptSource */
export async function readTileParts(header: MainHeader, bytes: ByteSource, takeTurn: TakeTurn): Promise<TileParts> {
  return (await fromLengths(header, bytes)) ?? walk(header, bytes, takeTurn);
}

/** What TLM says; undefined where it is missing, or its sum is not the codestream's length. */
async function fromLengths(header: MainHeader, bytes: ByteSource): Promise<TileParts | undefined> {
  const entries = segmentsOf(header.segments, MARKER.tilePartLengths)
    .sort((a, b) => a.bytes.readUInt8(CONTENT) - b.bytes.readUInt8(CONTENT))
    .flatMap(({ bytes: segment }) => lengthsIn(segment));
  if (entries.length === 0) return undefined;
  const parts = new Map<number, TilePart[]>();
  const end = header.range.offset + header.range.byteLength;
  let offset = header.range.offset + header.byteLength;
  for (const [index, entry] of entries.entries()) {
    const tile = entry.tile ?? index;
    if (entry.byteLength < SHORTEST || offset + entry.byteLength > end) return undefined;
    addPart(parts, tile, { offset, byteLength: entry.byteLength });
    offset += entry.byteLength;
  }
  return (await isEnd(bytes, offset, end)) && hasAllTiles(parts, header) ? parts : undefined;
}

/** Whether nothing but the end marker, or padding, follows. */
async function isEnd(bytes: ByteSource, offset: number, end: number): Promise<boolean> {
  if (end - offset < 2) return true;
  const [first, second] = await bytes.read(offset, 2);
  return first === 0xff && second === 0xd9;
}

/** @see ISO/IEC 15444-1 §A.7.1 */
function lengthsIn(segment: Buffer): { readonly tile: number | undefined; readonly byteLength: number }[] {
  const sizes = segment.readUInt8(CONTENT + 1);
  const tileLength = (sizes >> 4) & 3;
  const wordLength = ((sizes >> 6) & 1) === 1 ? 4 : 2;
  const step = tileLength + wordLength;
  if (tileLength > 2) return [];
  const count = Math.floor((segment.length - CONTENT - 2) / step);
  return Array.from({ length: count }, (_, index) => {
    const at = CONTENT + 2 + index * step;
    return {
      tile: tileLength === 0 ? undefined : segment.readUIntBE(at, tileLength),
      byteLength: segment.readUIntBE(at + tileLength, wordLength),
    };
  });
}

function hasAllTiles(parts: TileParts, { grid }: MainHeader): boolean {
  return parts.size === grid.columns * grid.rows && [...parts.keys()].every((tile) => tile < grid.columns * grid.rows);
}

async function walk(header: MainHeader, bytes: ByteSource, takeTurn: TakeTurn): Promise<TileParts> {
  const parts = new Map<number, TilePart[]>();
  const { grid, range } = header;
  const end = range.offset + range.byteLength;
  for (let offset = range.offset + header.byteLength; offset + SHORTEST <= end; ) {
    const sot = Buffer.from(await bytes.read(offset, SOT_LENGTH));
    if (sot.readUInt16BE(0) !== MARKER.startOfTilePart) break;
    const tile = sot.readUInt16BE(CONTENT);
    const byteLength = sot.readUInt32BE(6) || restLength(offset, end);
    if (tile >= grid.columns * grid.rows || byteLength < SHORTEST) throw new CorruptSource(`part of tile ${tile}`);
    if (offset + byteLength > end) throw new CorruptSource(`tile ${tile} is cut short`);
    addPart(parts, tile, { offset, byteLength });
    offset += byteLength;
    await takeTurn();
  }
  return parts;
}

/** The last tile-part may go on to the end marker. */
function restLength(offset: number, end: number): number {
  return end - 2 - offset;
}

function addPart(parts: Map<number, TilePart[]>, tile: number, part: TilePart): void {
  const known = parts.get(tile);
  if (known) known.push(part);
  else parts.set(tile, [part]);
}
