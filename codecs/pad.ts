import { isSameSize, type Size } from '../image/geometry.ts';
import type { IntegerPixels } from '../image/operations/eight-bits.ts';
import { padRows, unpadded } from '../image/operations/pad.ts';
import { eachPart, rowsAtOnce, type Turns } from './parts.ts';

/**
 * The picture at the top left of a larger one that is transparent elsewhere; one of that size already comes back as it is.
 *
 * @param size - at least that of the picture in both directions
 */
export async function pad(pixels: IntegerPixels, size: Size, turns: Turns): Promise<IntegerPixels> {
  if (isSameSize(pixels, size)) return pixels;
  const canvas = unpadded(pixels, size);
  await eachPart(pixels.height, { rows: rowsAtOnce(pixels.width), ...turns }, (rows) => padRows(pixels, canvas, rows));
  return canvas;
}
