import { open } from 'node:fs/promises';
import { CorruptSource } from '../../image/errors.ts';
import type { ByteSource } from '../../image/source.ts';

/** A source of bytes that counts what is asked of it. */
export interface CountedBytes extends ByteSource {
  readonly counts: { reads: number; bytes: number; closes: number };
}

/** Serves copies of bytes in memory. */
export function memoryBytes(content: Uint8Array): CountedBytes {
  const counts = { reads: 0, bytes: 0, closes: 0 };
  return {
    size: content.byteLength,
    counts,
    async read(offset, length, signal) {
      signal?.throwIfAborted();
      count(counts, { offset, length, size: content.byteLength });
      return new Uint8Array(content.subarray(offset, offset + length));
    },
    async close() {
      counts.closes++;
    },
  };
}

/** Serves the bytes of a file. */
export async function fileBytes(path: string): Promise<CountedBytes> {
  const file = await open(path);
  const { size } = await file.stat();
  const counts = { reads: 0, bytes: 0, closes: 0 };
  return {
    size,
    counts,
    async read(offset, length, signal) {
      signal?.throwIfAborted();
      count(counts, { offset, length, size });
      const buffer = Buffer.allocUnsafeSlow(length);
      const { bytesRead } = await file.read(buffer, 0, length, offset);
      if (bytesRead < length) throw new CorruptSource('file is shorter than it was');
      return buffer;
    },
    async close() {
      counts.closes++;
      if (counts.closes === 1) await file.close();
    },
  };
}

function count(
  counts: { reads: number; bytes: number },
  { offset, length, size }: { offset: number; length: number; size: number },
): void {
  const isInside = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!isInside || offset + length > size) throw new CorruptSource(`read of ${length} bytes at ${offset} of ${size}`);
  counts.reads++;
  counts.bytes += length;
}
