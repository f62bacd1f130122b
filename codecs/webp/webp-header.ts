import { CorruptSource } from '../../image/errors.ts';
import type { Size } from '../../image/geometry.ts';

/** What a WebP file says of itself. */
export type WebpHeader = Size & {
  /** Length of the file; whatever follows is padding. */
  readonly byteLength: number;
  readonly isAnimated: boolean;
};

const RIFF_HEADER = 12;
const CHUNK_HEADER = 8;
const ANIMATION_FLAG = 0x02;

/**
 * Reads the size out of a WebP file's first chunk.
 *
 * @throws CorruptSource when it is no WebP file, or shorter than its container says
 * @see RFC 9649 §2.5–2.7
 */
export function readWebpHeader(webp: Uint8Array): WebpHeader {
  const view = new DataView(webp.buffer, webp.byteOffset, webp.byteLength);
  if (webp.byteLength < 30 || fourCc(webp, 0) !== 'RIFF' || fourCc(webp, 8) !== 'WEBP') {
    throw new CorruptSource('not a WebP file');
  }
  const byteLength = CHUNK_HEADER + view.getUint32(4, true);
  const chunkEnd = RIFF_HEADER + CHUNK_HEADER + view.getUint32(16, true);
  if (byteLength > webp.byteLength || chunkEnd > byteLength) throw new CorruptSource('WebP file is cut short');
  return { ...readSize(fourCc(webp, RIFF_HEADER), view), byteLength };
}

function readSize(chunk: string, view: DataView): Size & { isAnimated: boolean } {
  const body = RIFF_HEADER + CHUNK_HEADER;
  switch (chunk) {
    case 'VP8 ': // three bytes of frame tag and three of start code come first; two bits of each side are scaling
      return {
        width: view.getUint16(body + 6, true) & 0x3fff,
        height: view.getUint16(body + 8, true) & 0x3fff,
        isAnimated: false,
      };
    case 'VP8L': {
      const bits = view.getUint32(body + 1, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, isAnimated: false };
    }
    case 'VP8X':
      return {
        width: (view.getUint32(body + 4, true) & 0xffffff) + 1,
        height: (view.getUint32(body + 6, true) >>> 8) + 1,
        isAnimated: (view.getUint8(body) & ANIMATION_FLAG) !== 0,
      };
    default:
      throw new CorruptSource(`WebP file begins with an unknown chunk "${chunk}"`);
  }
}

function fourCc(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4));
}
