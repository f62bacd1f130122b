import { typeLength, viewOf } from './byte-layout.ts';
import type { Directory, TiffFile } from './directory.ts';

const TYPE = { ascii: 2, float: 11, double: 12 } as const;

/**
 * The text of a tag up to its first NUL, as UTF-8 or, where it is none, as Latin-1. Undefined where there is none, and
 * where it cannot be read: no text is worth refusing an image for.
 *
 * @param limit - longest text in bytes
 */
export async function readText(
  file: TiffFile,
  directory: Directory,
  tag: number,
  limit: number,
): Promise<string | undefined> {
  const entry = directory.entries.get(tag);
  if (entry?.type !== TYPE.ascii || entry.count > limit) return undefined;
  const bytes = await valueBytes(file, directory, tag);
  if (!bytes) return undefined;
  const end = bytes.indexOf(0);
  const text = bytes.subarray(0, end < 0 ? bytes.length : end);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(text);
  } catch {
    return Buffer.from(text).toString('latin1');
  }
}

/** The first real number of a tag, finite; undefined where there is none. */
export async function readReal(file: TiffFile, directory: Directory, tag: number): Promise<number | undefined> {
  const entry = directory.entries.get(tag);
  if (entry?.count !== 1 || (entry.type !== TYPE.float && entry.type !== TYPE.double)) return undefined;
  const bytes = await valueBytes(file, directory, tag);
  if (!bytes) return undefined;
  const view = viewOf(bytes);
  const { isLittleEndian } = directory;
  const value = entry.type === TYPE.float ? view.getFloat32(0, isLittleEndian) : view.getFloat64(0, isLittleEndian);
  return Number.isFinite(value) ? value : undefined;
}

/** The values of a tag as they are stored; undefined where they do not lie inside the file. */
async function valueBytes(file: TiffFile, directory: Directory, tag: number): Promise<Uint8Array | undefined> {
  const entry = directory.entries.get(tag);
  if (!entry) return undefined;
  const length = entry.count * typeLength(entry.type);
  if (entry.inline) {
    return new Uint8Array(entry.inline.buffer, entry.inline.byteOffset, Math.min(length, entry.inline.byteLength));
  }
  return entry.offset + length <= file.chunks.size ? file.chunks.view(entry.offset, length) : undefined;
}
