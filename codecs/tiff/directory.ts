import { CorruptSource } from '../../image/errors.ts';
import { type ByteLayout, readUnsigned, typeLength, unsignedLength, viewOf } from './byte-layout.ts';
import { assertInside, type ChunkReader } from './chunk-reader.ts';

/** A file being opened. */
export interface TiffFile {
  readonly layout: ByteLayout;
  readonly chunks: ChunkReader;
}

/** One entry of a directory: where its values lie, which is in the entry itself when they fit. */
export interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** Offset of the values in the file, unchecked. */
  readonly offset: number;
  /** The values where they lie in the entry. */
  readonly inline: DataView | undefined;
}

/** One image file directory. */
export interface Directory {
  readonly isLittleEndian: boolean;
  readonly entries: ReadonlyMap<number, Entry>;
  /** Offset of the next directory of the chain, 0 for none. */
  readonly next: number;
  /** The directory as stored. */
  readonly bytes: Uint8Array;
}

const MAX_ENTRIES = 1024;

/**
 * Reads a directory; values that lie elsewhere are read when asked for.
 *
 * @throws CorruptSource
 */
export async function readDirectory(file: TiffFile, offset: number): Promise<Directory> {
  const { isBig, isLittleEndian } = file.layout;
  const countLength = isBig ? 8 : 2;
  const count = readUnsigned(viewOf(await file.chunks.view(offset, countLength)), 0, countLength, isLittleEndian);
  if (count === 0 || count > MAX_ENTRIES) throw new CorruptSource(`directory of ${count} entries`);
  const nextAt = countLength + count * (isBig ? 20 : 12);
  const bytes = await file.chunks.view(offset, nextAt + (isBig ? 8 : 4));
  const view = viewOf(bytes);
  const next = readUnsigned(view, nextAt, isBig ? 8 : 4, isLittleEndian);
  return { isLittleEndian, entries: readEntries(file.layout, view, { offset, count }), next, bytes };
}

function readEntries(layout: ByteLayout, view: DataView, { offset, count }: { offset: number; count: number }) {
  const entries = new Map<number, Entry>();
  for (let index = 0; index < count; index++) {
    const at = layout.isBig ? 8 + index * 20 : 2 + index * 12;
    const entry = readEntry(layout, view, { offset, at });
    if (!entries.has(entry.tag)) entries.set(entry.tag, entry);
  }
  return entries;
}

function readEntry(layout: ByteLayout, view: DataView, { offset, at }: { offset: number; at: number }): Entry {
  const { isBig, isLittleEndian } = layout;
  const tag = view.getUint16(at, isLittleEndian);
  const type = view.getUint16(at + 2, isLittleEndian);
  const wordLength = isBig ? 8 : 4;
  const count = readUnsigned(view, at + 4, wordLength, isLittleEndian);
  const valueAt = at + 4 + wordLength;
  if (count * typeLength(type) > wordLength) {
    return { tag, type, count, offset: readUnsigned(view, valueAt, wordLength, isLittleEndian), inline: undefined };
  }
  const inline = new DataView(view.buffer, view.byteOffset + valueAt, wordLength);
  return { tag, type, count, offset: offset + valueAt, inline };
}

/**
 * The value of a tag that has one, always stored in its entry; the first value of a tag that has several.
 *
 * @param fallback - what the specification says of an absent tag; none when it is required
 * @throws CorruptSource
 */
export function scalar(directory: Directory, tag: number, fallback?: number): number {
  const entry = directory.entries.get(tag);
  if (!entry && fallback !== undefined) return fallback;
  if (!entry?.inline || entry.count < 1) throw new CorruptSource(`tag ${tag} is missing or not a single number`);
  return readUnsigned(entry.inline, 0, unsignedLength(entry.type, tag), directory.isLittleEndian);
}

/**
 * All values of a tag; none when it is absent.
 *
 * @param limit - most values there may be
 * @throws CorruptSource
 */
export async function numbers(file: TiffFile, directory: Directory, tag: number, limit: number): Promise<number[]> {
  const entry = directory.entries.get(tag);
  if (!entry) return [];
  const length = unsignedLength(entry.type, tag);
  if (entry.count > limit) throw new CorruptSource(`tag ${tag} has ${entry.count} values`);
  const view = entry.inline ?? viewOf(await file.chunks.view(entry.offset, entry.count * length));
  const { isLittleEndian } = file.layout;
  return Array.from({ length: entry.count }, (_, index) => readUnsigned(view, index * length, length, isLittleEndian));
}

/**
 * Checks that the values of an entry lie inside the file, whose size is a safe integer: no wrong sum can pass.
 *
 * @throws CorruptSource
 */
export function assertValuesInside(entry: Entry, fileSize: number): void {
  assertInside(entry.offset, entry.count * typeLength(entry.type), fileSize);
}
