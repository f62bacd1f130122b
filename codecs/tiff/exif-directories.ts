import { CorruptSource } from '../../image/errors.ts';
import type { Exif, ExifEntry } from '../../image/metadata.ts';
import { readUnsigned, viewOf } from './byte-layout.ts';
import { type Directory, type Entry, readDirectory, type TiffFile } from './directory.ts';
import { type EntryValues, inLittleEndian } from './entry-values.ts';

/** The entries of a directory that lead to those of EXIF. */
interface ExifPointers {
  readonly photo: Entry | undefined;
  readonly gps: Entry | undefined;
}

/** EXIF is written with 32-bit offsets: types of 8-byte integers do not exist there. */
const LAST_EXIF_TYPE = 12;

/** MakerNote holds offsets that only its maker can correct; the interoperability directory is about the file. */
const NOT_PORTABLE: readonly number[] = [37_500, 40_965];

/**
 * Reads the directories of EXIF; undefined where there is none that can be read.
 *
 * @param limit - most bytes that the values of both may have together; what is over it is left out
 */
export async function readExif(
  file: TiffFile,
  values: EntryValues,
  { photo, gps }: ExifPointers,
  limit: number,
): Promise<Exif | undefined> {
  const photoEntries = await readEntries(file, values, photo, limit);
  const used = photoEntries.reduce((sum, { value }) => sum + value.length, 0);
  const gpsEntries = await readEntries(file, values, gps, limit - used);
  return photoEntries.length + gpsEntries.length > 0 ? { photo: photoEntries, gps: gpsEntries } : undefined;
}

async function readEntries(
  file: TiffFile,
  values: EntryValues,
  pointer: Entry | undefined,
  limit: number,
): Promise<ExifEntry[]> {
  const directory = await followPointer(file, values, pointer);
  const read: ExifEntry[] = [];
  let rest = limit;
  for (const entry of directory?.entries.values() ?? []) {
    const { tag, type, count } = entry;
    if (type > LAST_EXIF_TYPE || NOT_PORTABLE.includes(tag)) continue;
    const stored = await values.bytes(entry, rest);
    if (!stored) continue;
    rest -= stored.length;
    read.push({ tag, type, count, value: inLittleEndian(stored, type, values.isLittleEndian) });
  }
  return read.sort((a, b) => a.tag - b.tag);
}

async function followPointer(
  file: TiffFile,
  values: EntryValues,
  pointer: Entry | undefined,
): Promise<Directory | undefined> {
  const stored = await values.bytes(pointer, 8);
  if (!stored || (stored.length !== 4 && stored.length !== 8)) return undefined;
  const offset = readUnsigned(viewOf(stored), 0, stored.length, values.isLittleEndian);
  try {
    return await readDirectory(file, offset);
  } catch (error) {
    if (error instanceof CorruptSource) return undefined;
    throw error;
  }
}
