import sharp from 'sharp';
import { type Mark, markOf } from '../../image/operations/mark.ts';
import { withEveryFormat } from '../prepare-sharp.ts';

/** Most pixels of a mark: prepared, each takes 40 bytes in every process. */
const MOST_PIXELS = 2 ** 20;

/**
 * Reads a picture of any kind that sharp reads as a mark.
 *
 * @param opacity - of the whole, 0 to 1
 * @throws Error whose message says what is wrong with the file
 */
export function readMark(bytes: Uint8Array, opacity: number): Promise<Mark> {
  return withEveryFormat(() => decodeMark(bytes, opacity));
}

async function decodeMark(bytes: Uint8Array, opacity: number): Promise<Mark> {
  const image = sharp(bytes, { failOn: 'error' });
  const { width, height } = await image.metadata();
  if (width * height > MOST_PIXELS) {
    throw new Error(`it has ${width} x ${height} pixels, and at most ${MOST_PIXELS} are allowed`);
  }
  const upright = image.autoOrient().toColourspace('srgb').ensureAlpha();
  const { data, info } = await upright.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return markOf({ width: info.width, height: info.height, data }, opacity);
}
