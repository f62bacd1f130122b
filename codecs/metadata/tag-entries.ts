import type { ExifEntry, Metadata, Resolution, TextField } from '../../image/metadata.ts';
import {
  directoryBytes,
  directoryLength,
  longEntry,
  offsetsEntry,
  rationalEntry,
  shortEntry,
  textEntry,
} from './directory-bytes.ts';

const TEXT_TAGS: readonly (readonly [field: TextField, tag: number])[] = [
  ['title', 269],
  ['description', 270],
  ['make', 271],
  ['model', 272],
  ['pagename', 285],
  ['software', 305],
  ['date', 306],
  ['creator', 315],
  ['rights', 33432],
];

const UNITS = { unknown: 1, inch: 2, centimetre: 3 } as const;
const EXIF_POINTER = 34_665;
const GPS_POINTER = 34_853;
const SIZE_TAGS: readonly number[] = [40_962, 40_963];
const SHORT = 3;

/** Text fields and resolution as the tags that TIFF and EXIF have for them. */
export function tagEntries({ text, resolution }: Pick<Metadata, 'text' | 'resolution'>): ExifEntry[] {
  const texts = TEXT_TAGS.flatMap(([field, tag]) => {
    const value = text[field];
    return value ? [textEntry(tag, value)] : [];
  });
  return resolution ? [...texts, ...resolutionEntries(resolution)] : texts;
}

function resolutionEntries({ x, y, unit }: Resolution): ExifEntry[] {
  return [rationalEntry(282, x), rationalEntry(283, y), shortEntry(296, UNITS[unit])];
}

/** The form of directories, and whether another one of the chain stands directly behind them. */
interface TreeForm {
  readonly isBig?: boolean | undefined;
  readonly hasNext?: boolean;
}

/**
 * A directory followed by those of EXIF, which it points to.
 *
 * @param at - offset of the directory in its file, even
 */
export function directoryTree(
  main: readonly ExifEntry[],
  exif: Metadata['exif'],
  at: number,
  { isBig = false, hasNext = false }: TreeForm = {},
): Buffer {
  const pointed = [
    { pointer: EXIF_POINTER, entries: exif?.photo.map(widenSize) ?? [] },
    { pointer: GPS_POINTER, entries: exif?.gps ?? [] },
  ].filter(({ entries }) => entries.length > 0);
  const placeholders = pointed.map(({ pointer }) => offsetsEntry(pointer, [0], isBig));
  let end = at + directoryLength([...main, ...placeholders], isBig);
  const placed = pointed.map(({ pointer, entries }) => {
    const start = end;
    end += directoryLength(entries, isBig);
    return { pointer: offsetsEntry(pointer, [start], isBig), bytes: directoryBytes(entries, start, { isBig }) };
  });
  const next = hasNext ? end : 0;
  const root = directoryBytes([...main, ...placed.map(({ pointer }) => pointer)], at, { isBig, next });
  return Buffer.concat([root, ...placed.map(({ bytes }) => bytes)]);
}

/** EXIF allows both types for the size of the picture, libtiff knows one. */
function widenSize(entry: ExifEntry): ExifEntry {
  const isShortSize = SIZE_TAGS.includes(entry.tag) && entry.type === SHORT && entry.value.length === 2;
  return isShortSize ? longEntry(entry.tag, Buffer.from(entry.value).readUInt16LE()) : entry;
}

const BLOCK_HEADER = Buffer.from('II*\0\x08\0\0\0', 'latin1');

/** Text, resolution and EXIF as a block of its own, a TIFF without picture; undefined where there is nothing to say. */
export function exifBlock(metadata: Pick<Metadata, 'text' | 'resolution' | 'exif'>): Buffer | undefined {
  const entries = tagEntries(metadata);
  if (entries.length === 0 && !metadata.exif) return undefined;
  return Buffer.concat([BLOCK_HEADER, directoryTree(entries, metadata.exif, BLOCK_HEADER.length)]);
}
