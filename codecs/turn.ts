import { rotate } from '../image/operations/rotate.ts';
import { drawTurnedRows, type TurnablePixels } from '../image/operations/rotate-freely.ts';
import { turnedSize } from '../image/orientation.ts';
import type { Rotation } from '../image/request.ts';
import { nextTurn } from './turns.ts';

/** Pixels drawn before other requests get their turn. */
const PART_PIXELS = 2 ** 18;

/**
 * Mirrors left to right and then turns clockwise. By a multiple of 90 degrees no pixel changes; by any other angle the
 * picture grows to the box around it, whose corners are transparent: the result has a band of opacity more.
 *
 * @param isSmooth - whether pixels between pixels are mixed; else each is one of the source's own
 */
export function turn<Pixels extends TurnablePixels>(
  pixels: Pixels,
  rotation: Rotation,
  isSmooth: boolean,
): Pixels | Promise<Pixels> {
  return rotation.degrees % 90 === 0 ? rotate(pixels, rotation) : turnFreely(pixels, rotation, isSmooth);
}

async function turnFreely<Pixels extends TurnablePixels>(
  source: Pixels,
  rotation: Rotation,
  isSmooth: boolean,
): Promise<Pixels> {
  const size = turnedSize(source, rotation);
  const bands = source.bands + (source.hasAlpha ? 0 : 1);
  const length = size.width * size.height * bands;
  const data = source.sample === 'uint8' ? new Uint8Array(length) : new Uint16Array(length);
  const rowsAtOnce = Math.ceil(PART_PIXELS / size.width);
  for (let start = 0; start < size.height; start += rowsAtOnce) {
    if (start > 0) await nextTurn();
    const end = Math.min(start + rowsAtOnce, size.height);
    drawTurnedRows({ source, rotation, size, isSmooth }, { start, end }, data);
  }
  return { ...source, ...size, bands, hasAlpha: true, data };
}
