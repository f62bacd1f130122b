import type { IntegerPixels } from '../image/operations/eight-bits.ts';
import { rotateRows, unturned } from '../image/operations/rotate.ts';
import { drawTurnedRows } from '../image/operations/rotate-freely.ts';
import { turnedSize } from '../image/orientation.ts';
import type { Rotation } from '../image/request.ts';
import { eachPart, rowsAtOnce } from './parts.ts';
import type { TakeTurn } from './turns.ts';

/** How pixels are turned. */
interface Turning {
  /** Whether pixels between pixels are mixed; else each is one of the source's own. */
  readonly isSmooth: boolean;
  readonly takeTurn: TakeTurn;
  readonly signal: AbortSignal;
}

/**
 * Mirrors left to right and then turns clockwise. By a multiple of 90 degrees no pixel changes; by any other angle the
 * picture grows to the box around it, whose corners are transparent: the result has a band of opacity more.
 */
export async function turn<Pixels extends IntegerPixels>(
  pixels: Pixels,
  rotation: Rotation,
  turning: Turning,
): Promise<Pixels> {
  if (rotation.degrees % 90 !== 0) return turnFreely(pixels, rotation, turning);
  if (rotation.degrees === 0 && !rotation.mirror) return pixels;
  const turned = unturned(pixels, rotation);
  await eachPart(turned.height, { rows: rowsAtOnce(turned.width), ...turning }, (rows) => {
    rotateRows(pixels, rotation, turned, rows);
  });
  return turned;
}

async function turnFreely<Pixels extends IntegerPixels>(
  source: Pixels,
  rotation: Rotation,
  turning: Turning,
): Promise<Pixels> {
  const { isSmooth } = turning;
  const size = turnedSize(source, rotation);
  const bands = source.bands + (source.hasAlpha ? 0 : 1);
  const length = size.width * size.height * bands;
  const data = source.sample === 'uint8' ? new Uint8Array(length) : new Uint16Array(length);
  await eachPart(size.height, { rows: rowsAtOnce(size.width), ...turning }, (rows) => {
    drawTurnedRows({ source, rotation, size, isSmooth }, rows, data);
  });
  return { ...source, ...size, bands, hasAlpha: true, data };
}
