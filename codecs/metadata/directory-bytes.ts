import type { ExifEntry } from '../../image/metadata.ts';

/** The types of TIFF and EXIF that are written here. */
const TYPE = { byte: 1, ascii: 2, short: 3, long: 4, rational: 5, undefined: 7 } as const;

const ENTRY_LENGTH = 12;

/** A text, in UTF-8 with the zero that ends it. */
export function textEntry(tag: number, text: string): ExifEntry {
  const value = Buffer.from(`${text}\0`);
  return { tag, type: TYPE.ascii, count: value.length, value };
}

/** Bytes whose meaning the tag knows. */
export function bytesEntry(tag: number, value: Uint8Array, type: 'byte' | 'undefined'): ExifEntry {
  return { tag, type: TYPE[type], count: value.length, value };
}

export function shortEntry(tag: number, ...numbers: readonly number[]): ExifEntry {
  const value = Buffer.alloc(2 * numbers.length);
  for (const [index, number] of numbers.entries()) value.writeUInt16LE(number, 2 * index);
  return { tag, type: TYPE.short, count: numbers.length, value };
}

export function longEntry(tag: number, ...numbers: readonly number[]): ExifEntry {
  const value = Buffer.alloc(4 * numbers.length);
  for (const [index, number] of numbers.entries()) value.writeUInt32LE(number, 4 * index);
  return { tag, type: TYPE.long, count: numbers.length, value };
}

/** A positive number as a fraction, to four decimals where there is room for them. */
export function rationalEntry(tag: number, number: number): ExifEntry {
  const below = number * 10_000 < 2 ** 32 && !Number.isInteger(number) ? 10_000 : 1;
  const value = Buffer.alloc(8);
  value.writeUInt32LE(Math.min(Math.round(number * below), 2 ** 32 - 1));
  value.writeUInt32LE(below, 4);
  return { tag, type: TYPE.rational, count: 1, value };
}

/** Bytes that a directory takes with the values that do not fit into its entries. */
export function directoryLength(entries: readonly ExifEntry[]): number {
  return entries.reduce((sum, entry) => sum + outsideLength(entry), 2 + entries.length * ENTRY_LENGTH + 4);
}

/**
 * A directory and its values, least significant byte first, without a following one.
 *
 * @param at - offset of the directory in its file, even
 */
export function directoryBytes(entries: readonly ExifEntry[], at: number): Buffer {
  const bytes = Buffer.alloc(directoryLength(entries));
  const sorted = entries.toSorted((a, b) => a.tag - b.tag);
  let valuesAt = 2 + sorted.length * ENTRY_LENGTH + 4;
  bytes.writeUInt16LE(sorted.length);
  for (const [index, entry] of sorted.entries()) {
    const entryAt = 2 + index * ENTRY_LENGTH;
    bytes.writeUInt16LE(entry.tag, entryAt);
    bytes.writeUInt16LE(entry.type, entryAt + 2);
    bytes.writeUInt32LE(entry.count, entryAt + 4);
    const isInline = outsideLength(entry) === 0;
    bytes.set(entry.value, isInline ? entryAt + 8 : valuesAt);
    if (!isInline) bytes.writeUInt32LE(at + valuesAt, entryAt + 8);
    valuesAt += outsideLength(entry);
  }
  return bytes;
}

/** Values start at even offsets. */
function outsideLength({ value }: ExifEntry): number {
  return value.length > 4 ? value.length + (value.length % 2) : 0;
}
