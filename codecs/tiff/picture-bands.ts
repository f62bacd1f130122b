import { UnsupportedSource } from '../../image/errors.ts';
import { type TiledImage, tileBands } from './tiled-image.ts';

/**
 * Bands of tiles that are pictures of a format of their own.
 *
 * @param mostBits - of a sample in that format
 * @throws UnsupportedSource when that format cannot hold what the directory says
 */
export function pictureBands(image: TiledImage, format: string, mostBits = 8): 1 | 3 | 4 {
  const { depth, kind } = image.samples;
  const bands = tileBands(image);
  const isHeld = depth >= 8 && depth <= mostBits && kind === 'unsigned';
  if (!isHeld) throw new UnsupportedSource(`${format} of ${kind} samples of ${depth} bits`);
  if (bands === 1 || bands === 3 || bands === 4) return bands;
  throw new UnsupportedSource(`${format} of ${bands} bands`);
}
