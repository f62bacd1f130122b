import { CorruptSource } from '../../image/errors.ts';
import { readUnsigned, typeLength, viewOf } from './byte-layout.ts';
import type { Directory, TiffFile } from './directory.ts';

/** The types of entries whose values are not unsigned integers. */
const TYPE = { rational: 5, signedByte: 6, signedShort: 8, signedLong: 9, signedRational: 10, float: 11, double: 12 };

/**
 * All values of a tag of any kind of number; none when it is absent.
 *
 * @param limit - most values there may be
 * @throws CorruptSource
 */
export async function reals(file: TiffFile, directory: Directory, tag: number, limit: number): Promise<number[]> {
  const entry = directory.entries.get(tag);
  if (!entry) return [];
  const length = typeLength(entry.type);
  if (entry.count > limit || length === 0) throw new CorruptSource(`tag ${tag} has ${entry.count} values`);
  const view = entry.inline ?? viewOf(await file.chunks.view(entry.offset, entry.count * length));
  const { isLittleEndian } = file.layout;
  return Array.from({ length: entry.count }, (_, index) =>
    readNumber(view, index * length, { type: entry.type, isLittleEndian }),
  );
}

/** The text of a tag up to its end mark; undefined when it is absent or longer than `limit`. */
export async function text(
  file: TiffFile,
  directory: Directory,
  tag: number,
  limit: number,
): Promise<string | undefined> {
  const entry = directory.entries.get(tag);
  if (entry?.type !== 2 || entry.count > limit) return undefined;
  const view = entry.inline ?? viewOf(await file.chunks.view(entry.offset, entry.count));
  const characters = Array.from({ length: entry.count }, (_, index) => String.fromCharCode(view.getUint8(index)));
  return characters.join('').split('\0', 1)[0];
}

function readNumber(
  view: DataView,
  at: number,
  { type, isLittleEndian }: { type: number; isLittleEndian: boolean },
): number {
  switch (type) {
    case TYPE.rational:
      return view.getUint32(at, isLittleEndian) / view.getUint32(at + 4, isLittleEndian);
    case TYPE.signedByte:
      return view.getInt8(at);
    case TYPE.signedShort:
      return view.getInt16(at, isLittleEndian);
    case TYPE.signedLong:
      return view.getInt32(at, isLittleEndian);
    case TYPE.signedRational:
      return view.getInt32(at, isLittleEndian) / view.getInt32(at + 4, isLittleEndian);
    case TYPE.float:
      return view.getFloat32(at, isLittleEndian);
    case TYPE.double:
      return view.getFloat64(at, isLittleEndian);
    default:
      return readUnsigned(view, at, unsignedLengthOf(type), isLittleEndian);
  }
}

function unsignedLengthOf(type: number): 1 | 2 | 4 | 8 {
  const length = typeLength(type);
  return length === 1 || length === 2 || length === 4 ? length : 8;
}
