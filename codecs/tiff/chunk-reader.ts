import { CorruptSource } from '../../image/errors.ts';
import type { ByteSource } from '../../image/source.ts';

/** Small reads that tend to lie near each other, as a directory and its values do. */
export interface ChunkReader {
  readonly size: number;
  /**
   * Bytes of the file; keeping them keeps the chunk around them in memory.
   *
   * @throws CorruptSource when the range does not lie inside the file
   */
  view(offset: number, length: number): Promise<Uint8Array>;
  /** The same where the bytes are at hand already. */
  peek(offset: number, length: number): Uint8Array | undefined;
}

const CHUNK_LENGTH = 4096;

/** Within this distance from its end a file is read to the end: there lie the directories of the smallest levels. */
const TAIL_LENGTH = 32_768;

/**
 * Reads forward in chunks and keeps the last; for one caller at a time.
 *
 * @param head - the first bytes of the file
 */
export function createChunkReader(bytes: ByteSource, head: Uint8Array): ChunkReader {
  let chunk = head;
  let start = 0;

  function peek(offset: number, length: number): Uint8Array | undefined {
    const isHeld = offset >= start && offset + length <= start + chunk.byteLength;
    return isHeld ? chunk.subarray(offset - start, offset - start + length) : undefined;
  }

  return {
    size: bytes.size,
    peek,
    async view(offset, length) {
      const held = peek(offset, length);
      if (held) return held;
      assertInside(offset, length, bytes.size);
      const remaining = bytes.size - offset;
      chunk = await bytes.read(offset, remaining <= TAIL_LENGTH ? remaining : Math.max(length, CHUNK_LENGTH));
      start = offset;
      return chunk.subarray(0, length);
    },
  };
}

/** @throws CorruptSource unless the range lies inside a file of `size` bytes */
export function assertInside(offset: number, length: number, size: number): void {
  if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
    throw new CorruptSource(`bytes ${offset} to ${offset + length} of a file of ${size}`);
  }
}
