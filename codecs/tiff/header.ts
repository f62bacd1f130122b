import { CorruptSource } from '../../image/errors.ts';
import { type ByteLayout, readUnsigned, viewOf } from './byte-layout.ts';

/** What the first bytes of a TIFF say. */
export type Header = ByteLayout & { readonly firstDirectory: number };

/** Whether a file begins as classic or BigTIFF, in either byte order. */
export function isTiff(head: Uint8Array): boolean {
  const [first, second, third, fourth] = head;
  if (first !== second) return false;
  if (first === 0x49) return (third === 42 || third === 43) && fourth === 0;
  return first === 0x4d && third === 0 && (fourth === 42 || fourth === 43);
}

/**
 * @param head - at least 16 bytes that `isTiff` accepts
 * @see TIFF 6.0 §2, https://www.awaresystems.be/imaging/tiff/bigtiff.html
 */
export function parseHeader(head: Uint8Array): Header {
  const view = viewOf(head);
  const isLittleEndian = view.getUint8(0) === 0x49;
  const isBig = view.getUint16(2, isLittleEndian) === 43;
  if (isBig && (view.getUint16(4, isLittleEndian) !== 8 || view.getUint16(6, isLittleEndian) !== 0)) {
    throw new CorruptSource('BigTIFF header with offsets that are not 8 bytes');
  }
  const firstDirectory = readUnsigned(view, isBig ? 8 : 4, isBig ? 8 : 4, isLittleEndian);
  return { isLittleEndian, isBig, firstDirectory };
}
