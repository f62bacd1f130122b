import { type BoundedCache, createBoundedCache } from '../bounded-cache.ts';
import { createJpeg2000Codec, type Jpeg2000Codec } from './codec-pool.ts';
import type { BandBlocks } from './packets/precinct.ts';
import { weightOfPrecinct } from './packets/precinct-store.ts';
import type { KnownIndex } from './packets/tile-index.ts';

/** What all JPEG 2000 images of a process share. */
export interface Jpeg2000Tools {
  readonly codec: Jpeg2000Codec;
  /** Decoded blocks of all images. */
  readonly blocks: BoundedCache<ArrayBuffer>;
  /** What was found out about the packets of tiles, and about the code-blocks of precincts. */
  readonly indexes: BoundedCache<KnownIndex>;
  readonly precincts: BoundedCache<readonly BandBlocks[]>;
  /** Area in pixels up to which a tile is handed to the decoder as a whole, when all its resolutions are needed. */
  readonly wholeTile: number;
  /** A number for each opened image, so that no two share blocks. */
  nextImage(): number;
}

/** Enough for what a viewer shows of five images, 8-bit RGB. */
const BLOCK_BYTES = 32 * 2 ** 20;
/** 12 bytes each. */
const MOST_PACKETS = 2_000_000;
/** Code-blocks and runs of bytes, some 250 bytes each: those of one image of 75 megapixels without precincts. */
const MOST_CODE_BLOCKS = 300_000;

/** Looking for the code-blocks of a smaller tile would cost more than it saves. */
const WHOLE_TILE = 1536 * 1536;

/** @param threads - how many jobs run at once */
export function createJpeg2000Tools(threads: number, wholeTile = WHOLE_TILE): Jpeg2000Tools {
  let images = 0;
  return {
    codec: createJpeg2000Codec({ threads }),
    blocks: createBoundedCache(BLOCK_BYTES, ({ byteLength }) => byteLength),
    indexes: createBoundedCache(MOST_PACKETS, ({ weight }) => weight),
    precincts: createBoundedCache(MOST_CODE_BLOCKS, weightOfPrecinct),
    wholeTile,
    nextImage: () => images++,
  };
}
