import type { Rect, Size } from '../../image/geometry.ts';
import type { BoundedCache } from '../bounded-cache.ts';
import { createSingleFlight } from '../single-flight.ts';
import { intersect } from './area-plan.ts';
import type { LevelSize } from './level-grid.ts';

/** A window of a level, and what it is made of. */
export interface LevelWindow {
  readonly level: LevelSize;
  readonly window: Rect;
  readonly layers: number;
}

/**
 * Decodes a window of one of the codestream's own levels.
 *
 * @param isOvertaken - asked when its turn has come; nothing is decoded if so, and undefined given back
 */
export type DecodeWindow = (
  window: LevelWindow,
  signal: AbortSignal,
  isOvertaken?: () => boolean,
) => Promise<ArrayBuffer | undefined>;

/** Decoded pixels of a part of a level, and where they lie. */
export interface DecodedPiece {
  readonly data: ArrayBuffer;
  /** What `data` holds. */
  readonly area: Rect;
  /** What was asked for, inside it. */
  readonly wanted: Rect;
}

/** Decodes in blocks, which serve the neighbours of a tile as well. */
export interface BlockReader {
  /** The parts of a window, each decoded when it is asked for. */
  piecesOf(window: LevelWindow): ((signal: AbortSignal) => Promise<DecodedPiece>)[];
}

interface BlockReaderNeeds {
  /** What the keys of the image's blocks begin with. */
  readonly prefix: string;
  readonly cache: BoundedCache<ArrayBuffer>;
  readonly decode: DecodeWindow;
  /** Blocks of a level. */
  readonly blockOf: (level: LevelSize) => Size;
}

/** Blocks remembered as having been asked for, of each image: those of a view. More would take random tiles for neighbours. */
const MOST_TOUCHED = 16;

/** A piece this large, as a share of its block, is worth the whole block. */
const WORTHWHILE_SHARE = 0.3;

/**
 * The first tile of a block is decoded alone, and so as soon as can be; the second makes the whole block, of which the rest
 * is cut. When the first has not begun by then, it is cut from the block as well.
 */
export function createBlockReader({ prefix, cache, decode, blockOf }: BlockReaderNeeds): BlockReader {
  const touched = new Set<string>();
  const flights = createSingleFlight<ArrayBuffer | undefined>();
  /** Blocks that are being decoded, or are to be. */
  const wanted = new Set<string>();

  async function readBlock(key: string, request: LevelWindow, signal: AbortSignal): Promise<ArrayBuffer> {
    const known = cache.get(key);
    if (known) return known;
    wanted.add(key);
    const block = await flights.run(key, signal, (shared) => decode(request, shared).finally(() => wanted.delete(key)));
    if (!block) throw new RangeError('nothing overtakes a block');
    cache.set(key, block);
    return block;
  }

  async function readPiece(block: LevelWindow, part: Rect, signal: AbortSignal): Promise<DecodedPiece> {
    const area = block.window;
    const key = `${prefix}${block.level.reduction}/${block.layers}/${area.x},${area.y}`;
    const share = (part.width * part.height) / (area.width * area.height);
    const isWorthwhile = cache.get(key) || touch(touched, key) || share >= WORTHWHILE_SHARE;
    const alone = isWorthwhile ? undefined : await decode({ ...block, window: part }, signal, () => wanted.has(key));
    if (alone) return { data: alone, area: part, wanted: part };
    return { data: await readBlock(key, block, signal), area, wanted: part };
  }

  return {
    piecesOf({ level, window, layers }) {
      const size = blockOf(level);
      return blocksOf(level, size, window).map((area) => {
        const part = intersect(area, window);
        return (signal) => readPiece({ level, window: area, layers }, part, signal);
      });
    },
  };
}

/** Whether the block was asked for before. */
function touch(touched: Set<string>, key: string): boolean {
  const isKnown = touched.delete(key);
  touched.add(key);
  const [oldest] = touched;
  if (touched.size > MOST_TOUCHED && oldest !== undefined) touched.delete(oldest);
  return isKnown;
}

/** The blocks of a grid that a window touches, cut at the edges of the level. */
function blocksOf(level: Size, { width, height }: Size, window: Rect): Rect[] {
  const blocks: Rect[] = [];
  for (let y = window.y - (window.y % height); y < window.y + window.height; y += height) {
    for (let x = window.x - (window.x % width); x < window.x + window.width; x += width) {
      const size = { width: Math.min(width, level.width - x), height: Math.min(height, level.height - y) };
      blocks.push({ x, y, ...size });
    }
  }
  return blocks;
}
