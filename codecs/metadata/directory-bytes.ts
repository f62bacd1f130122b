import type { ExifEntry } from '../../image/metadata.ts';

/** The types of TIFF and EXIF that are written here. */
const TYPE = { byte: 1, ascii: 2, short: 3, long: 4, rational: 5, undefined: 7, float: 11, long8: 16 } as const;

/** How long the parts of a directory are in the two forms of TIFF. @see BigTIFF */
const CLASSIC = { count: 2, entry: 12, word: 4 } as const;
const BIG = { count: 8, entry: 20, word: 8 } as const;

/** The form of a directory, that of a classic TIFF where nothing is said, and what comes after it. */
export interface DirectoryForm {
  readonly isBig?: boolean | undefined;
  /** Offset of the next directory of the chain. */
  readonly next?: number;
}

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

/** Offsets and lengths of the parts of a file. */
export function offsetsEntry(tag: number, offsets: readonly number[], isBig = false): ExifEntry {
  const { word } = isBig ? BIG : CLASSIC;
  const value = Buffer.alloc(word * offsets.length);
  for (const [index, offset] of offsets.entries()) writeWord(value, offset, word * index, isBig);
  return { tag, type: isBig ? TYPE.long8 : TYPE.long, count: offsets.length, value };
}

export function floatsEntry(tag: number, numbers: readonly number[]): ExifEntry {
  return { tag, type: TYPE.float, count: numbers.length, value: Buffer.from(Float32Array.from(numbers).buffer) };
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
export function directoryLength(entries: readonly ExifEntry[], isBig = false): number {
  const form = isBig ? BIG : CLASSIC;
  const table = form.count + entries.length * form.entry + form.word;
  return entries.reduce((sum, entry) => sum + outsideLength(entry, form.word), table);
}

/**
 * A directory and its values, least significant byte first.
 *
 * @param at - offset of the directory in its file, even
 */
export function directoryBytes(entries: readonly ExifEntry[], at: number, form: DirectoryForm = {}): Buffer {
  const { isBig = false, next = 0 } = form;
  const { count, entry: entryLength, word } = isBig ? BIG : CLASSIC;
  const bytes = Buffer.alloc(directoryLength(entries, isBig));
  const sorted = entries.toSorted((a, b) => a.tag - b.tag);
  const nextAt = count + sorted.length * entryLength;
  let valuesAt = nextAt + word;
  bytes.writeUInt16LE(sorted.length);
  for (const [index, entry] of sorted.entries()) {
    const entryAt = count + index * entryLength;
    bytes.writeUInt16LE(entry.tag, entryAt);
    bytes.writeUInt16LE(entry.type, entryAt + 2);
    writeWord(bytes, entry.count, entryAt + 4, isBig);
    const inlineAt = entryAt + 4 + word;
    const isInline = outsideLength(entry, word) === 0;
    bytes.set(entry.value, isInline ? inlineAt : valuesAt);
    if (!isInline) writeWord(bytes, at + valuesAt, inlineAt, isBig);
    valuesAt += outsideLength(entry, word);
  }
  writeWord(bytes, next, nextAt, isBig);
  return bytes;
}

function writeWord(target: Buffer, value: number, at: number, isBig: boolean): void {
  if (isBig) target.writeBigUInt64LE(BigInt(value), at);
  else target.writeUInt32LE(value, at);
}

/** Values start at even offsets. */
function outsideLength({ value }: ExifEntry, word: number): number {
  return value.length > word ? value.length + (value.length % 2) : 0;
}
