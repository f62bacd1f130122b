import type { IntegerPixels } from '../image/operations/eight-bits.ts';
import type { PixelSpan } from '../image/operations/processing.ts';
import type { PixelBuffer } from '../image/source.ts';
import type { TakeTurn } from './turns.ts';

/** Who lets others have their turn, and until when it matters. */
export interface Turns {
  readonly takeTurn: TakeTurn;
  readonly signal?: AbortSignal | undefined;
}

/** How long work is cut into parts. */
export interface Parting extends Turns {
  /** In a part, the last one aside. */
  readonly rows: number;
}

/** Pixels worked on before other requests may get their turn, unless a kind of work says otherwise. */
const PART_PIXELS = 2 ** 17;

/** Works on some rows after others, so that it may take as long as it likes: other requests get their turn in between. */
export async function eachPart(
  height: number,
  { rows, takeTurn, signal }: Parting,
  work: (part: PixelSpan) => void,
): Promise<void> {
  for (let start = 0; start < height; start += rows) {
    if (start > 0) await takeTurn();
    signal?.throwIfAborted();
    work({ start, end: Math.min(start + rows, height) });
  }
}

/** The rows of a part for work that takes a few milliseconds for 100,000 pixels. */
export function rowsAtOnce(width: number): number {
  return Math.max(1, Math.floor(PART_PIXELS / width));
}

/** Some rows of pixels, without copying them. */
export function rowsOf<Pixels extends PixelBuffer>(pixels: Pixels, { start, end }: PixelSpan): Pixels {
  const rowLength = pixels.width * pixels.bands;
  return { ...pixels, height: end - start, data: pixels.data.subarray(start * rowLength, end * rowLength) };
}

/** Pixels of the same size that are made of others in parts: `write` gets some rows of both. */
export async function remake<Made extends IntegerPixels>(
  pixels: IntegerPixels,
  made: Made,
  turns: Turns,
  write: (from: IntegerPixels, to: Made) => void,
): Promise<Made> {
  await eachPart(pixels.height, { rows: rowsAtOnce(pixels.width), ...turns }, (rows) =>
    write(rowsOf(pixels, rows), rowsOf(made, rows)),
  );
  return made;
}
