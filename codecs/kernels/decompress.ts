import { CorruptSource } from '../../image/errors.ts';
import type { BufferPool } from '../buffer-pool.ts';
import type { Kernels } from './load-kernels.ts';

interface Decompressing {
  readonly kernels: Kernels;
  readonly pool: BufferPool;
  /** How many bytes are wanted. */
  readonly byteLength: number;
  /** How many there may be. */
  readonly longest: number;
}

const FUNCTIONS = { Deflate: 'inflate', Zstandard: 'unzstd' } as const;

/**
 * Decompresses a whole tile at once.
 *
 * @returns memory of the pool, which belongs to the caller
 * @throws CorruptSource when the data is damaged, ends early or gives another number of bytes
 */
export function decompress(
  format: keyof typeof FUNCTIONS,
  stored: Uint8Array,
  { kernels, pool, byteLength, longest }: Decompressing,
): Uint8Array {
  return kernels.run((kernel) => {
    const input = kernel.put(stored);
    const output = kernel.allocate(longest);
    const written = kernel.call(FUNCTIONS[format], input, stored.byteLength, output, longest);
    if (written < 0) throw new CorruptSource(`${format} data is damaged or too long`);
    if (written < byteLength) throw new CorruptSource(`${format} data gives ${written} bytes of ${byteLength}`);
    const tile = pool.take(byteLength);
    kernel.get(output, tile);
    return tile;
  });
}
