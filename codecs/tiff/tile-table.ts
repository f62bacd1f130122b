import { CorruptSource } from '../../image/errors.ts';
import { readUnsigned, unsignedLength, viewOf } from './byte-layout.ts';
import type { ChunkReader } from './chunk-reader.ts';
import { assertValuesInside, type Directory } from './directory.ts';
import type { PageStore } from './page-store.ts';

/** One number per tile, stored in the file. */
export interface TileTable {
  readonly offset: number;
  readonly valueLength: 1 | 2 | 4 | 8;
  readonly isLittleEndian: boolean;
  /** The values of a small table that was at hand when the directory was read. */
  readonly held: DataView | undefined;
}

const MAX_HELD_LENGTH = 512;

/**
 * Finds the table of a tag, without reading it.
 *
 * @param tileCount - how many values it must have
 * @throws CorruptSource when it has another length or does not lie inside the file
 */
export function tileTable(directory: Directory, tag: number, tileCount: number, chunks: ChunkReader): TileTable {
  const entry = directory.entries.get(tag);
  if (entry?.count !== tileCount) {
    throw new CorruptSource(`tag ${tag} has ${entry?.count ?? 0} values for ${tileCount} tiles`);
  }
  assertValuesInside(entry, chunks.size);
  const valueLength = unsignedLength(entry.type, tag);
  const length = tileCount * valueLength;
  const near = length <= MAX_HELD_LENGTH ? chunks.peek(entry.offset, length) : undefined;
  const held = near && viewOf(new Uint8Array(near));
  return { offset: entry.offset, valueLength, isLittleEndian: directory.isLittleEndian, held };
}

/** The table of a single tile that no tag of tiles speaks of. */
export function tableOfOne(value: number): TileTable {
  const held = new DataView(new ArrayBuffer(8));
  held.setBigUint64(0, BigInt(value));
  return { offset: 0, valueLength: 8, isLittleEndian: false, held };
}

/** One value, at once where the page of the file that it lies in is known. @param index - below the number of tiles */
export function tableValue(table: TileTable, index: number, pages: PageStore): number | Promise<number> {
  const { valueLength, isLittleEndian, held } = table;
  if (held) return readUnsigned(held, index * valueLength, valueLength, isLittleEndian);
  const place = pages.locate(table.offset, index * valueLength);
  if (place instanceof Promise)
    return place.then(({ view, at }) => readUnsigned(view, at, valueLength, isLittleEndian));
  return readUnsigned(place.view, place.at, valueLength, isLittleEndian);
}
