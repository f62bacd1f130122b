import { CorruptSource } from '../../../image/errors.ts';
import type { ByteSource } from '../../../image/source.ts';
import { parseSegments } from '../main-header.ts';
import { CONTENT, MARKER, type Segment, segmentsOf } from '../markers.ts';
import type { TilePart } from '../tile-parts.ts';

/** A tile-part whose header has been read. */
export interface TilePartHeader {
  readonly segments: readonly Segment[];
  /** Where its packets lie in the file. */
  readonly data: TilePart;
}

const FIRST_READ = 4096;
const MAX_LENGTH = 64 * 2 ** 20;

/** Segments that change for one tile what the main header says. */
const OVERRIDES: readonly number[] = [
  MARKER.codingStyle,
  MARKER.componentCodingStyle,
  MARKER.quantisation,
  MARKER.componentQuantisation,
  MARKER.regionOfInterest,
  MARKER.progressionChange,
  MARKER.packedHeadersTile,
];

/** @throws CorruptSource */
export async function readTilePartHeader(bytes: ByteSource, part: TilePart, tile: number): Promise<TilePartHeader> {
  for (let length = FIRST_READ; ; length *= 8) {
    const start = Buffer.from(await bytes.read(part.offset, Math.min(length, part.byteLength)));
    if (start.readUInt16BE(0) !== MARKER.startOfTilePart || start.readUInt16BE(CONTENT) !== tile) {
      throw new CorruptSource(`no part of tile ${tile} where it should be`);
    }
    const parsed = parseSegments(start, 0, MARKER.startOfData);
    if (parsed) {
      const header = parsed.end + 2;
      const data = { offset: part.offset + header, byteLength: part.byteLength - header };
      return { segments: parsed.segments, data };
    }
    if (length >= part.byteLength || length >= MAX_LENGTH) throw new CorruptSource(`header of tile ${tile}`);
  }
}

/** Whether the tile is coded in another way than the main header says. */
export function hasOverrides({ segments }: TilePartHeader): boolean {
  return segments.some(({ marker }) => OVERRIDES.includes(marker));
}

/** The lengths of the packets of a tile-part, as PLT has them; none where it has no PLT. */
export function packetLengths({ segments }: TilePartHeader): number[] {
  const lengths: number[] = [];
  let value = 0;
  for (const { bytes } of segmentsOf(segments, MARKER.packetLengths).sort((a, b) => numberOf(a) - numberOf(b))) {
    for (const byte of bytes.subarray(CONTENT + 1)) {
      value = value * 128 + (byte & 0x7f);
      if (byte >= 0x80) continue;
      lengths.push(value);
      value = 0;
    }
  }
  return lengths;
}

function numberOf({ bytes }: Segment): number {
  return bytes[CONTENT] ?? 0;
}
