import { isSameSize, type Rect } from '../../image/geometry.ts';
import { untilPolled } from '../turns.ts';
import type { TileAccess } from './tile-access.ts';
import { readRun, type TileCell, tileRuns } from './tile-runs.ts';
import type { DecodeContext, TiledImage } from './tiled-image.ts';

/** What a window is read from. */
export interface WindowReading {
  readonly tiles: TileAccess;
  readonly context: DecodeContext;
  readonly signal: AbortSignal;
}

/** Runs or tiles read and decoded side by side: while one is decoded the next is on its way from the disk. */
const CONCURRENCY = 3;

/** A window that takes less than this share of the tiles it touches leaves them for its neighbours. */
const SMALL_SHARE = 0.5;

/** What is cut into more tiles than this, such as rows, is better read in runs. */
const MOST_KEPT_AT_ONCE = 64;

/** A window, and the tiles it touches. */
interface Cover {
  readonly window: Rect;
  readonly first: TileCell;
  readonly last: TileCell;
}

/**
 * Reads the tiles a window touches, and only these.
 *
 * @returns the window's samples; they belong to the caller
 * @throws CorruptSource, UnsupportedSource
 */
export async function readWindow(reading: WindowReading, window: Rect): Promise<Uint8Array> {
  reading.signal.throwIfAborted();
  const { image } = reading.tiles;
  const { tile } = image;
  const first = { column: Math.floor(window.x / tile.width), row: Math.floor(window.y / tile.height) };
  const last = {
    column: Math.floor((window.x + window.width - 1) / tile.width),
    row: Math.floor((window.y + window.height - 1) / tile.height),
  };
  const cover = { window, first, last };
  if (isSparse(cover, image)) return readFromTiles(reading, cover, keptTilesOf);
  const isOneTile = first.column === last.column && first.row === last.row;
  return isOneTile ? readFromOneTile(reading, first, window) : readFromTiles(reading, cover, tilesInRunsOf);
}

/** Whether what lies in the tiles beside the window is worth keeping. */
function isSparse({ window, first, last }: Cover, { width, height, tile }: TiledImage): boolean {
  const columns = last.column - first.column + 1;
  const rows = last.row - first.row + 1;
  const right = Math.min((last.column + 1) * tile.width, width);
  const bottom = Math.min((last.row + 1) * tile.height, height);
  const covered = (right - first.column * tile.width) * (bottom - first.row * tile.height);
  return columns * rows <= MOST_KEPT_AT_ONCE && window.width * window.height < covered * SMALL_SHARE;
}

async function readFromOneTile(reading: WindowReading, cell: TileCell, window: Rect): Promise<Uint8Array> {
  const { tiles, context } = reading;
  const samples = await readTile(reading, cell);
  if (isSameSize(window, tiles.image.tile)) return samples;
  const output = context.tools.pool.take(window.width * window.height * tiles.pixelLength);
  place(samples, cell, { reading, window, output });
  context.tools.pool.give(samples);
  return output;
}

/** @returns samples that belong to the caller */
async function readTile({ tiles, context, signal }: WindowReading, { column, row }: TileCell): Promise<Uint8Array> {
  const location = await tiles.locate(column, row);
  const stored = location && (await context.bytes.read(location.offset, location.byteLength, signal));
  signal.throwIfAborted();
  const samples = await tiles.decode(stored, row);
  if (stored && stored.buffer !== samples.buffer) context.tools.pool.give(stored);
  return samples;
}

interface Placing {
  readonly reading: WindowReading;
  readonly window: Rect;
  readonly output: Uint8Array;
}

/** One after the other, each with something that reads and places it, or them. */
type Pieces = (reading: WindowReading, cover: Cover) => AsyncGenerator<Piece, void> | Generator<Piece, void>;

type Piece = (placing: Placing) => Promise<void>;

async function readFromTiles(reading: WindowReading, cover: Cover, piecesOf: Pieces): Promise<Uint8Array> {
  const { tiles, context } = reading;
  const { window } = cover;
  await untilPolled(); // a client who has left is heard of then: this much work is not begun for nobody
  reading.signal.throwIfAborted();
  const output = context.tools.pool.take(window.width * window.height * tiles.pixelLength);
  const failure = new AbortController();
  const signal = AbortSignal.any([reading.signal, failure.signal]);
  const placing = { reading: { tiles, context, signal }, window, output };
  const pieces = piecesOf(reading, cover);

  async function work(): Promise<void> {
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) await next.value(placing);
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

/** The tiles in as few reads as their places allow; what is decoded is given back at once. */
async function* tilesInRunsOf({ tiles, context }: WindowReading, cover: Cover): AsyncGenerator<Piece, void> {
  const { pool, takeTurn } = context.tools;
  for await (const run of tileRuns(tiles, cover)) {
    yield async (placing) => {
      const { signal } = placing.reading;
      const { tiles: stored, memory } = await readRun(run, context.bytes, signal);
      for (const { cell, stored: bytes } of stored) {
        await takeTurn();
        signal.throwIfAborted();
        const samples = await tiles.decode(bytes, cell.row);
        place(samples, cell, placing);
        pool.give(samples);
      }
      if (memory) pool.give(memory);
    };
  }
}

/** Each tile by itself, unless it is at hand already. */
function* keptTilesOf({ tiles, context }: WindowReading, { first, last }: Cover): Generator<Piece, void> {
  const { keptTiles, takeTurn } = context.tools;
  for (let row = first.row; row <= last.row; row++) {
    for (let column = first.column; column <= last.column; column++) {
      yield async (placing) => {
        const cell = { column, row };
        const key = `${tiles.prefix}${column},${row}`;
        const samples = await keptTiles.get(key, placing.reading.signal, async (signal) => {
          await takeTurn();
          return readTile({ tiles, context, signal }, cell);
        });
        place(samples, cell, placing);
      };
    }
  }
}

/** Copies what a tile and the window have in common. */
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
}
