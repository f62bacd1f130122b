import type { FileFacts, LevelFacts } from './facts.ts';
import { VIEWER_TILE } from './tile-cost.ts';

/** Something about a file that makes it slow to serve, and the options of `mezzotint convert` that mend it. */
export interface Advice {
  readonly problem: string;
  readonly options: readonly string[];
}

/** Undefined where there is nothing to say. */
type Rule = (facts: FileFacts, full: LevelFacts) => string | undefined;

/** Pixels below which it hardly matters how an image is stored. */
const SMALL = 1_000_000;
/** From here on the server makes pyramids of pictures itself. */
const LARGE = 4_000_000;
/** A coarsest level that has longer sides is no thumbnail. */
const LONGEST_COARSEST = 2048;
const LARGEST_TILE = 512 * 512;
const SMALLEST_TILE = 128 * 128;

const MENDED_BY_CONVERTING: readonly Rule[] = [
  isUnreduced,
  isInStrips,
  hasLargeTiles,
  hasSmallTiles,
  hasPlanes,
  isFlat,
  isHardToFind,
];

/** What to do about a file that is badly laid out for serving; nothing where it is not. */
export function adviceOn(facts: FileFacts): Advice[] {
  const full = facts.levels[0];
  if (!full || areaOf(full) < SMALL) return [];
  const problems = MENDED_BY_CONVERTING.map((rule) => rule(facts, full)).filter((problem) => problem !== undefined);
  const lossless = wouldDoAsJpeg(facts, full);
  return [
    ...problems.map((problem) => ({ problem, options: [] })),
    ...(lossless ? [{ problem: lossless, options: ['--compression', 'jpeg'] }] : []),
  ];
}

function isUnreduced({ levels, format }: FileFacts): string | undefined {
  const coarsest = levels.at(-1);
  if (format !== 'tiff' || !coarsest || Math.max(coarsest.width, coarsest.height) <= LONGEST_COARSEST) return undefined;
  const smallest = levels.length === 1 ? 'There are no reduced copies' : 'There is no smaller copy';
  return `${smallest}: every small view decodes all of ${sizeOf(coarsest)} pixels.`;
}

function isInStrips({ format }: FileFacts, { stored, cost }: LevelFacts): string | undefined {
  if (format !== 'tiff' || !stored || !cost || stored.kind === 'tiles') return undefined;
  const part = stored.kind === 'whole' ? 'one strip, all of which is decoded' : `strips as wide as the image`;
  return `It is stored in ${part}: a tile of ${VIEWER_TILE} x ${VIEWER_TILE} takes ${timesATile(cost.pixels)}.`;
}

function hasLargeTiles({ format }: FileFacts, { stored }: LevelFacts): string | undefined {
  if (format !== 'tiff' || stored?.kind !== 'tiles' || areaOf(stored.part) <= LARGEST_TILE) return undefined;
  return `Its tiles of ${sizeOf(stored.part)} are decoded as a whole: ${timesATile(areaOf(stored.part))}.`;
}

function hasSmallTiles({ format }: FileFacts, { stored, cost }: LevelFacts): string | undefined {
  if (format !== 'tiff' || stored?.kind !== 'tiles' || !cost || areaOf(stored.part) >= SMALLEST_TILE) return undefined;
  return `Its tiles of ${sizeOf(stored.part)} are small: one of ${VIEWER_TILE} x ${VIEWER_TILE} is put together of ${cost.parts}.`;
}

function hasPlanes(_: FileFacts, { stored }: LevelFacts): string | undefined {
  if (!stored || stored.planes === 1) return undefined;
  return `Its bands are stored apart: each tile is read in ${stored.planes} places.`;
}

function isFlat({ format }: FileFacts, full: LevelFacts): string | undefined {
  if (format === 'tiff' || full.stored?.kind !== 'whole' || areaOf(full) < LARGE) return undefined;
  return 'It is decoded as a whole for its first tiles, until the server has made a pyramid of it.';
}

function isHardToFind({ codestream }: FileFacts): string | undefined {
  if (!codestream || codestream.tile || codestream.precinct || codestream.hasPacketLengths) return undefined;
  return 'It has neither tiles nor precincts nor packet lengths (PLT): what a tile needs is found by going through all of it.';
}

/** Lossless 8-bit grey or RGB that lies in tiles already. */
function wouldDoAsJpeg({ format, layout }: FileFacts, { stored, width, height }: LevelFacts): string | undefined {
  const { bands, photometric, hasAlpha, sample } = layout;
  const isPicture = (photometric === 'gray' && bands === 1) || (photometric === 'rgb' && bands === 3);
  const isLossless = stored?.kind === 'tiles' && !stored.isLossy;
  if (format !== 'tiff' || !isPicture || hasAlpha || sample !== 'uint8' || !isLossless) return undefined;
  if (width * height < LARGE) return undefined;
  return `It is stored without loss (${stored.compression}): if it is a photograph, JPEG is several times smaller, and its tiles go out as they are.`;
}

function timesATile(pixels: number): string {
  return `${Math.round(pixels / VIEWER_TILE ** 2)} times the pixels of a tile of ${VIEWER_TILE} x ${VIEWER_TILE}`;
}

function areaOf({ width, height }: { readonly width: number; readonly height: number }): number {
  return width * height;
}

function sizeOf({ width, height }: { readonly width: number; readonly height: number }): string {
  return `${width} x ${height}`;
}
