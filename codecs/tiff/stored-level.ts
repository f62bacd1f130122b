import type { StoredLevel } from '../../image/source.ts';
import type { TiledImage } from './tiled-image.ts';

/** The compressions that are read, in people's words, and whether they may change pixels. */
const COMPRESSIONS: ReadonlyMap<number, readonly [name: string, isLossy: boolean]> = new Map([
  [1, ['none', false]],
  [2, ['CCITT modified Huffman', false]],
  [3, ['CCITT group 3', false]],
  [4, ['CCITT group 4', false]],
  [5, ['LZW', false]],
  [6, ['old-style JPEG', true]],
  [7, ['JPEG', true]],
  [8, ['Deflate', false]],
  [32773, ['PackBits', false]],
  [32946, ['Deflate', false]],
  [33003, ['JPEG 2000', true]],
  [33004, ['JPEG 2000', true]],
  [33005, ['JPEG 2000', true]],
  [34712, ['JPEG 2000', true]],
  [50000, ['Zstandard', false]],
  [50001, ['WebP', true]],
]);

/** How the image of a directory lies in the file. */
export function storedLevelOf({ width, height, tile, isStriped, samples, compressionNumber }: TiledImage): StoredLevel {
  const [compression, isLossy] = COMPRESSIONS.get(compressionNumber) ?? [`compression ${compressionNumber}`, true];
  const isWhole = isStriped && tile.height >= height;
  return {
    kind: isWhole ? 'whole' : isStriped ? 'strips' : 'tiles',
    part: isWhole ? { width, height } : tile,
    planes: samples.isPlanar ? samples.count : 1,
    decodedPixels: 1,
    compression,
    isLossy,
  };
}
