/**
 * Reuses buffers of tile size: fresh memory for every tile costs about a quarter of decoding it. A buffer that is never
 * given back is simply collected.
 */
export interface BufferPool {
  /** A buffer of exactly this length, its contents undefined. */
  take(byteLength: number): Uint8Array;
  /** Hands a buffer from `take` back; nobody may use it any more. */
  give(buffer: Uint8Array): void;
}

/** Larger buffers belong to exports, whose sizes hardly ever repeat. */
const LARGEST_KEPT = 4 * 1024 * 1024;

/** @param maxIdleBytes - how much memory may lie unused; the lengths not asked for longest are let go first */
export function createBufferPool(maxIdleBytes = 32 * 1024 * 1024): BufferPool {
  const idle = new Map<number, Uint8Array[]>(); // least recently used length first
  let idleBytes = 0;

  function makeRoom(byteLength: number): void {
    for (const [length, buffers] of idle) {
      if (idleBytes + byteLength <= maxIdleBytes) return;
      idle.delete(length);
      idleBytes -= length * buffers.length;
    }
  }

  return {
    take(byteLength) {
      const buffer = idle.get(byteLength)?.pop();
      if (!buffer) return Buffer.allocUnsafeSlow(byteLength);
      idleBytes -= byteLength;
      return buffer;
    },
    give(buffer) {
      const { length } = buffer;
      if (length > LARGEST_KEPT) return;
      if (idleBytes + length > maxIdleBytes) makeRoom(length);
      const sameLength = idle.get(length) ?? [];
      idle.delete(length);
      sameLength.push(buffer);
      idle.set(length, sameLength);
      idleBytes += length;
    },
  };
}
