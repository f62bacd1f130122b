import { UnsupportedSource } from '../../image/errors.ts';
import { type TiledImage, tileBands } from './tiled-image.ts';

/**
 * Bands of tiles that are pictures of a format of their own.
 *
 * @throws UnsupportedSource when that format cannot hold what the directory says
 */
export function pictureBands(image: TiledImage, format: string): 1 | 3 | 4 {
  const { depth, kind } = image.samples;
  const bands = tileBands(image);
  if (depth !== 8 || kind !== 'unsigned') throw new UnsupportedSource(`${format} of ${kind} samples of ${depth} bits`);
  if (bands === 1 || bands === 3 || bands === 4) return bands;
  throw new UnsupportedSource(`${format} of ${bands} bands`);
}
