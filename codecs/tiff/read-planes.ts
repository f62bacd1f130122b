import type { Rect } from '../../image/geometry.ts';
import { nextTurn } from '../turns.ts';
import { PART_LENGTH } from './part-length.ts';
import { readWindow } from './read-window.ts';
import type { TileAccess } from './tile-access.ts';
import type { DecodeContext } from './tiled-image.ts';

/**
 * Reads a window of an image, plane by plane where it has several, and brings the samples of each pixel together.
 *
 * @returns samples that belong to the caller
 * @throws CorruptSource, UnsupportedSource
 */
export async function readPlanes(
  planes: readonly [TileAccess, ...TileAccess[]],
  window: Rect,
  { context, signal }: { readonly context: DecodeContext; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const [first] = planes;
  if (planes.length === 1) return readWindow({ tiles: first, context, signal }, window);
  const { pool } = context.tools;
  const { pixelLength } = first;
  const output = pool.take(window.width * window.height * pixelLength * planes.length);
  for (const [plane, tiles] of planes.entries()) {
    const samples = await readWindow({ tiles, context, signal }, window);
    await spread(samples, output, { first: plane * pixelLength, step: planes.length * pixelLength, pixelLength });
    pool.give(samples);
  }
  return output;
}

/** Where the samples of a plane go. */
interface Places {
  readonly first: number;
  readonly step: number;
  readonly pixelLength: number;
}

async function spread(plane: Uint8Array, output: Uint8Array, { first, step, pixelLength }: Places): Promise<void> {
  const partLength = PART_LENGTH; // a multiple of the length of any sample
  for (let start = 0; start < plane.length; start += partLength) {
    if (start > 0) await nextTurn();
    const part = plane.subarray(start, start + partLength);
    const to = first + (start / pixelLength) * step;
    for (let byte = 0; byte < pixelLength; byte++) {
      for (let from = byte, at = to + byte; from < part.length; from += pixelLength, at += step) {
        output[at] = Number(part[from]);
      }
    }
  }
}
