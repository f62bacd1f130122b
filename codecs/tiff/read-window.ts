import { isSameSize, type Rect } from '../../image/geometry.ts';
import { untilPolled } from '../turns.ts';
import type { TileAccess } from './tile-access.ts';
import { readRun, type TileCell, tileRuns } from './tile-runs.ts';
import type { DecodeContext } from './tiled-image.ts';

/** What a window is read from. */
export interface WindowReading {
  readonly tiles: TileAccess;
  readonly context: DecodeContext;
  readonly signal: AbortSignal;
}

/** Runs read and decoded side by side: while one is decoded the next is on its way from the disk. */
const CONCURRENCY = 3;

/**
 * Reads the tiles a window touches, and only these.
 *
 * @returns the window's samples; they belong to the caller
 * @throws CorruptSource, UnsupportedSource
 */
export async function readWindow(reading: WindowReading, window: Rect): Promise<Uint8Array> {
  reading.signal.throwIfAborted();
  const { tile } = reading.tiles.image;
  const first = { column: Math.floor(window.x / tile.width), row: Math.floor(window.y / tile.height) };
  const last = {
    column: Math.floor((window.x + window.width - 1) / tile.width),
    row: Math.floor((window.y + window.height - 1) / tile.height),
  };
  const isOneTile = first.column === last.column && first.row === last.row;
  return isOneTile ? readFromOneTile(reading, first, window) : readFromTiles(reading, { first, last }, window);
}

async function readFromOneTile(reading: WindowReading, cell: TileCell, window: Rect): Promise<Uint8Array> {
  const { tiles, context, signal } = reading;
  const location = await tiles.locate(cell.column, cell.row);
  const stored = location && (await context.bytes.read(location.offset, location.byteLength, signal));
  signal.throwIfAborted();
  const samples = await tiles.decode(stored, cell.row);
  if (stored && stored.buffer !== samples.buffer) context.tools.pool.give(stored);
  if (isSameSize(window, tiles.image.tile)) return samples;
  const output = context.tools.pool.take(window.width * window.height * tiles.pixelLength);
  place(samples, cell, { reading, window, output });
  return output;
}

interface Placing {
  readonly reading: WindowReading;
  readonly window: Rect;
  readonly output: Uint8Array;
}

async function readFromTiles(
  reading: WindowReading,
  cells: { first: TileCell; last: TileCell },
  window: Rect,
): Promise<Uint8Array> {
  const { tiles, context } = reading;
  await untilPolled(); // a client who has left is heard of then: this much work is not begun for nobody
  reading.signal.throwIfAborted();
  const output = context.tools.pool.take(window.width * window.height * tiles.pixelLength);
  const runs = tileRuns(tiles, cells);
  const failure = new AbortController();
  const signal = AbortSignal.any([reading.signal, failure.signal]);

  async function work(): Promise<void> {
    for (let next = await runs.next(); !next.done; next = await runs.next()) {
      const run = await readRun(next.value, context.bytes, signal);
      for (const { cell, stored } of run.tiles) {
        await context.tools.takeTurn();
        signal.throwIfAborted();
        place(await tiles.decode(stored, cell.row), cell, { reading, window, output });
      }
      if (run.memory) context.tools.pool.give(run.memory);
    }
  }

  const workers = Array.from({ length: CONCURRENCY }, () =>
    work().catch((error: unknown) => {
      failure.abort(error);
      throw error;
    }),
  );
  try {
    await Promise.all(workers);
    return output;
  } catch (error) {
    await Promise.allSettled(workers); // until then one of them may still write into the output
    context.tools.pool.give(output);
    throw error;
  }
}

/** Copies what a tile and the window have in common, then gives the tile's memory back. */
function place(samples: Uint8Array, cell: TileCell, { reading, window, output }: Placing): void {
  const { pixelLength } = reading.tiles;
  const { tile } = reading.tiles.image;
  const left = Math.max(window.x, cell.column * tile.width);
  const top = Math.max(window.y, cell.row * tile.height);
  const right = Math.min(window.x + window.width, (cell.column + 1) * tile.width);
  const bottom = Math.min(window.y + window.height, (cell.row + 1) * tile.height);
  const length = (right - left) * pixelLength;
  let from = ((top - cell.row * tile.height) * tile.width + left - cell.column * tile.width) * pixelLength;
  let to = ((top - window.y) * window.width + left - window.x) * pixelLength;
  for (let y = top; y < bottom; y++) {
    output.set(samples.subarray(from, from + length), to);
    from += tile.width * pixelLength;
    to += window.width * pixelLength;
  }
  reading.context.tools.pool.give(samples);
}
