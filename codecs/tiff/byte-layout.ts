import { CorruptSource } from '../../image/errors.ts';

/** How numbers are laid out in one file. */
export interface ByteLayout {
  readonly isLittleEndian: boolean;
  /** BigTIFF: 64-bit offsets and counts. */
  readonly isBig: boolean;
}

/** Unsigned integer types by their length in bytes; the signed, real and text types are never sizes or offsets. */
const UNSIGNED_LENGTH: ReadonlyMap<number, 1 | 2 | 4 | 8> = new Map([
  [1, 1], // BYTE
  [3, 2], // SHORT
  [4, 4], // LONG
  [13, 4], // IFD
  [16, 8], // LONG8
  [18, 8], // IFD8
]);

/** The length of one value of each type. */
const TYPE_LENGTH: ReadonlyMap<number, number> = new Map([
  ...UNSIGNED_LENGTH,
  ...([
    [2, 1],
    [5, 8],
    [6, 1],
    [7, 1],
    [8, 2],
    [9, 4],
    [10, 8],
    [11, 4],
    [12, 8],
    [17, 8],
  ] as const),
]);

/** Length in bytes of one value; 0 for types unknown here, whose entries can only be passed over. */
export function typeLength(type: number): number {
  return TYPE_LENGTH.get(type) ?? 0;
}

/**
 * Length in bytes of one unsigned integer.
 *
 * @throws CorruptSource when `type` is not a type of unsigned integers
 */
export function unsignedLength(type: number, tag: number): 1 | 2 | 4 | 8 {
  const length = UNSIGNED_LENGTH.get(type);
  if (!length) throw new CorruptSource(`tag ${tag} has type ${type}, which is no unsigned integer`);
  return length;
}

/** Reads one unsigned integer; beyond 2^53 the result is inexact, and larger than any file. */
export function readUnsigned(view: DataView, offset: number, length: 1 | 2 | 4 | 8, isLittleEndian: boolean): number {
  switch (length) {
    case 1:
      return view.getUint8(offset);
    case 2:
      return view.getUint16(offset, isLittleEndian);
    case 4:
      return view.getUint32(offset, isLittleEndian);
    case 8: {
      const first = view.getUint32(offset, isLittleEndian);
      const second = view.getUint32(offset + 4, isLittleEndian);
      return isLittleEndian ? second * 2 ** 32 + first : first * 2 ** 32 + second;
    }
  }
}

/** A view of the same bytes that reads numbers. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
