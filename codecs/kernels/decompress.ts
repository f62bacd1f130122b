import { CorruptSource } from '../../image/errors.ts';
import type { BufferPool } from '../buffer-pool.ts';
import { nextTurn } from '../turns.ts';
import type { Kernel, Kernels } from './load-kernels.ts';

/** What decompressing takes. */
interface DecompressTools {
  readonly kernels: Kernels;
  readonly pool: BufferPool;
}

/** Kernels write so many bytes beyond the end of their output. */
const SLACK = 16;

/**
 * Inflates a whole zlib stream at once.
 *
 * @param byteLength - how many bytes are wanted, and how many there may be at most
 * @returns memory of the pool, which belongs to the caller
 * @throws CorruptSource when the stream is damaged, ends early or gives fewer or more bytes
 */
export function inflate(
  stored: Uint8Array,
  byteLength: { readonly wanted: number; readonly most: number },
  { kernels, pool }: DecompressTools,
): Uint8Array {
  const { wanted, most } = byteLength;
  return kernels.run((kernel) => {
    const input = kernel.put(stored);
    const output = kernel.allocate(most + SLACK);
    const written = kernel.call('inflate', input, stored.byteLength, output, most);
    if (written < 0) throw new CorruptSource('Deflate data is damaged or too long');
    if (written < wanted) throw new CorruptSource(`Deflate data gives ${written} bytes of ${wanted}`);
    return copyOf(kernel, { address: output, byteLength: wanted }, pool);
  });
}

/** Kernels that go on where they stopped. */
const IN_PARTS = {
  LZW: { begin: 'lzw_begin', until: 'lzw_until' },
  Zstandard: { begin: 'zstd_begin', until: 'zstd_until' },
} as const;

/** How a tile is to be decompressed. */
interface Decompression {
  readonly format: keyof typeof IN_PARTS;
  /** What it has to give. */
  readonly byteLength: number;
  /** How many bytes are decompressed before other work gets its turn. */
  readonly partLength: number;
}

/**
 * Decompresses a tile, at once where it is no longer than a part.
 *
 * @returns memory of the pool, which belongs to the caller
 * @throws CorruptSource when the data is damaged, ends early or gives fewer or more bytes
 */
export function decompress(
  stored: Uint8Array,
  decompression: Decompression,
  { kernels, pool }: DecompressTools,
): Uint8Array | Promise<Uint8Array> {
  const { byteLength, partLength } = decompression;
  if (byteLength <= partLength) {
    return kernels.run((kernel) => {
      const address = begin(kernel, stored, decompression);
      goOn(kernel, byteLength, decompression);
      return copyOf(kernel, { address, byteLength }, pool);
    });
  }
  return kernels.runInTurns(async (kernel) => {
    const address = begin(kernel, stored, decompression);
    for (let written = 0; written < byteLength; ) {
      if (written > 0) await nextTurn();
      written = goOn(kernel, Math.min(written + partLength, byteLength), decompression);
    }
    return copyOf(kernel, { address, byteLength }, pool);
  });
}

/** @returns where the output is going to be */
function begin(kernel: Kernel, stored: Uint8Array, { format, byteLength }: Decompression): number {
  const input = kernel.put(stored);
  const output = kernel.allocate(byteLength + SLACK);
  kernel.call(IN_PARTS[format].begin, input, stored.byteLength, output, byteLength);
  return output;
}

/** @returns how many bytes are written, at least as many as the limit says */
function goOn(kernel: Kernel, limit: number, { format }: Decompression): number {
  const written = kernel.call(IN_PARTS[format].until, limit);
  if (written < 0) throw new CorruptSource(`${format} data is damaged, or longer or shorter than its tile`);
  if (written < limit) throw new CorruptSource(`${format} data gives only ${written} bytes`);
  return written;
}

function copyOf(kernel: Kernel, from: { address: number; byteLength: number }, pool: BufferPool): Uint8Array {
  const copy = pool.take(from.byteLength);
  kernel.get(from.address, copy);
  return copy;
}
