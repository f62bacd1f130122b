import type { Pyramid, StoredLevel } from '../../image/source.ts';
import type { FlatFormat } from './flat-formats.ts';
import { MOST_SHRINK } from './level-reader.ts';

const NAMES: Readonly<Record<FlatFormat, string>> = {
  jpeg: 'JPEG',
  png: 'PNG',
  gif: 'GIF',
  webp: 'WebP',
  avif: 'AVIF',
};

const LOSSLESS: readonly FlatFormat[] = ['png', 'gif'];

/** What a WebP file without loss has for its picture, somewhere among its first chunks. */
const LOSSLESS_WEBP = 'VP8L';

/** The levels of a picture, each of which is decoded as a whole; the decoder of JPEG reduces by itself. */
export function storedLevels(format: FlatFormat, levels: Pyramid, head: Uint8Array): StoredLevel[] {
  const isLosslessWebp = format === 'webp' && Buffer.from(head).includes(LOSSLESS_WEBP);
  return levels.map(({ width, height, scaleFactor }) => ({
    kind: 'whole',
    part: { width, height },
    planes: 1,
    decodedPixels: (format === 'jpeg' ? scaleFactor / Math.min(scaleFactor, MOST_SHRINK) : scaleFactor) ** 2,
    compression: NAMES[format],
    isLossy: !LOSSLESS.includes(format) && !isLosslessWebp,
  }));
}
