import type { ByteSource } from '../../image/source.ts';
import type { TileAccess, TileLocation } from './tile-access.ts';

/** A tile's place in the grid. */
export interface TileCell {
  readonly column: number;
  readonly row: number;
}

/** Tiles of one row that lie behind each other in the file and are read at once. */
export type TileRun = readonly [LocatedTile, ...LocatedTile[]];

interface LocatedTile {
  readonly cell: TileCell;
  readonly location: TileLocation;
}

/** A tile and its stored bytes; undefined where it was never written. */
export interface StoredTile {
  readonly cell: TileCell;
  readonly stored: Uint8Array | undefined;
}

const MAX_RUN_LENGTH = 2 ** 20;

/** Some writers put a few bytes between tiles; reading them along is cheaper than reading twice. */
const MAX_GAP = 64;

/** Finds the tiles from one cell to another, row by row, in as few reads as their places allow. */
export async function* tileRuns(
  tiles: TileAccess,
  { first, last }: { first: TileCell; last: TileCell },
): AsyncGenerator<TileRun, void> {
  for (let row = first.row; row <= last.row; row++) yield* runsOf(await locateRow(tiles, row, { first, last }));
}

async function locateRow(tiles: TileAccess, row: number, { first, last }: { first: TileCell; last: TileCell }) {
  const located: LocatedTile[] = [];
  for (let column = first.column; column <= last.column; column++) {
    located.push({ cell: { column, row }, location: await tiles.locate(column, row) });
  }
  return located;
}

function runsOf(located: readonly LocatedTile[]): TileRun[] {
  const runs: [LocatedTile, ...LocatedTile[]][] = [];
  for (const tile of located) {
    const run = runs.at(-1);
    if (run && continues(run, tile)) run.push(tile);
    else runs.push([tile]);
  }
  return runs;
}

/** The tiles of a run, and the memory they share. */
export interface StoredRun {
  readonly tiles: readonly StoredTile[];
  readonly memory: Uint8Array | undefined;
}

/** Reads a run of tiles at once. */
export async function readRun(run: TileRun, bytes: ByteSource, signal: AbortSignal): Promise<StoredRun> {
  const start = run[0].location?.offset;
  if (start === undefined) return { tiles: run.map(({ cell }) => ({ cell, stored: undefined })), memory: undefined };
  const memory = await bytes.read(start, endOf(run) - start, signal);
  const tiles = run.map(({ cell, location }) => {
    const at = (location?.offset ?? start) - start;
    return { cell, stored: location && memory.subarray(at, at + location.byteLength) };
  });
  return { tiles, memory };
}

function continues(run: TileRun, { location }: LocatedTile): boolean {
  const start = run[0].location?.offset;
  if (!location || start === undefined) return !location && start === undefined;
  const gap = location.offset - endOf(run);
  return gap >= 0 && gap <= MAX_GAP && location.offset + location.byteLength - start <= MAX_RUN_LENGTH;
}

function endOf(run: TileRun): number {
  const location = run.at(-1)?.location;
  return location ? location.offset + location.byteLength : 0;
}
