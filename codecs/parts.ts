import type { PixelSpan } from '../image/operations/processing.ts';
import type { EncodablePixels } from './encode/encoder.ts';
import type { TakeTurn } from './turns.ts';

/** How long work is cut into parts. */
export interface Parting {
  /** In a part, the last one aside. */
  readonly rows: number;
  readonly takeTurn: TakeTurn;
  readonly signal?: AbortSignal | undefined;
}

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

/** Some rows of pixels, without copying them. */
export function rowsOf<Pixels extends EncodablePixels>(pixels: Pixels, { start, end }: PixelSpan): Pixels {
  const rowLength = pixels.width * pixels.bands;
  return { ...pixels, height: end - start, data: pixels.data.subarray(start * rowLength, end * rowLength) };
}
