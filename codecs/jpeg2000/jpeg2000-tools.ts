import { type BlockCache, createBlockCache } from './block-cache.ts';
import { createJpeg2000Codec, type Jpeg2000Codec } from './codec-pool.ts';

/** What all JPEG 2000 images of a process share. */
export interface Jpeg2000Tools {
  readonly codec: Jpeg2000Codec;
  readonly blocks: BlockCache;
  /** A number for each opened image, so that no two share blocks. */
  nextImage(): number;
}

/** Enough for what a viewer shows of ten images, 8-bit RGB. */
const BLOCK_BYTES = 64 * 2 ** 20;

/** @param threads - how many jobs run at once */
export function createJpeg2000Tools(threads: number): Jpeg2000Tools {
  let images = 0;
  return {
    codec: createJpeg2000Codec({ threads }),
    blocks: createBlockCache(BLOCK_BYTES),
    nextImage: () => images++,
  };
}
