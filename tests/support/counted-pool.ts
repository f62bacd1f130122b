import { type BufferPool, createBufferPool } from '../../codecs/buffer-pool.ts';

/** A pool that counts what is taken from it. */
export interface CountedPool extends BufferPool {
  readonly counts: { taken: number; largest: number };
}

/** Lends the memory of a pool of its own. */
export function countedPool(): CountedPool {
  const pool = createBufferPool();
  const counts = { taken: 0, largest: 0 };
  return {
    ...pool,
    counts,
    take(byteLength) {
      counts.taken += byteLength;
      counts.largest = Math.max(counts.largest, byteLength);
      return pool.take(byteLength);
    },
  };
}
