import { typeLength, viewOf } from './byte-layout.ts';
import type { ChunkReader } from './chunk-reader.ts';
import type { Entry } from './directory.ts';

/** The values of entries that nothing depends on: damaged or too long ones count as absent. */
export interface EntryValues {
  readonly isLittleEndian: boolean;
  /**
   * The stored bytes of an entry's values, a copy; undefined for an entry that is absent, empty, of an unknown type,
   * longer than `limit` bytes or not inside the file.
   */
  bytes(entry: Entry | undefined, limit: number): Promise<Uint8Array | undefined>;
}

export function entryValues(chunks: ChunkReader, isLittleEndian: boolean): EntryValues {
  return {
    isLittleEndian,
    async bytes(entry, limit) {
      if (!entry) return undefined;
      const length = entry.count * typeLength(entry.type);
      if (length === 0 || length > limit) return undefined;
      if (entry.inline) return bytesOf(entry.inline).slice(0, length);
      if (entry.offset + length > chunks.size) return undefined;
      return Uint8Array.from(await chunks.view(entry.offset, length));
    },
  };
}

/** The entry without the memory of the directory around it, so that it can be kept. */
export function detached(entry: Entry): Entry {
  return entry.inline ? { ...entry, inline: viewOf(bytesOf(entry.inline).slice()) } : entry;
}

/** The same bytes, the least significant first. */
export function inLittleEndian(value: Uint8Array, type: number, isLittleEndian: boolean): Uint8Array {
  const length = typeLength(type);
  const unit = type === RATIONAL || type === SRATIONAL ? length / 2 : length;
  if (isLittleEndian || unit === 1) return value;
  return value.map((_, index) => value[index - (index % unit) + unit - 1 - (index % unit)] ?? 0);
}

const RATIONAL = 5;
const SRATIONAL = 10;

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
