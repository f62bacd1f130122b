/**
 * Reuses buffers of tile size: fresh memory for every tile costs about a quarter of decoding it. A buffer that is never
 * given back is simply collected.
 */
export interface BufferPool {
  /** A buffer of exactly `byteLength` bytes, contents undefined. */
  take(byteLength: number): Uint8Array;
  /**
   * Takes back a buffer that nobody uses any more. Any other memory is left alone, as is a buffer given twice, so that
   * whoever is done with pixels need not know where they came from.
   */
  give(buffer: Uint8Array): void;
}

/** Larger buffers belong to exports, whose sizes hardly ever repeat. */
const LARGEST_KEPT = 4 * 1024 * 1024;

/** @param capacity - in bytes of idle buffers; the lengths not used for longest are let go first */
export function createBufferPool(capacity = 32 * 1024 * 1024): BufferPool {
  const idle = new Map<number, Uint8Array[]>(); // least recently used length first
  const lent = new WeakSet<Uint8Array>();
  let idleBytes = 0;

  function makeRoom(byteLength: number): void {
    for (const [length, buffers] of idle) {
      if (idleBytes + byteLength <= capacity) return;
      idle.delete(length);
      idleBytes -= length * buffers.length;
    }
  }

  function reuse(byteLength: number): Uint8Array | undefined {
    const buffer = idle.get(byteLength)?.pop();
    if (buffer) idleBytes -= byteLength;
    return buffer;
  }

  return {
    take(byteLength) {
      const buffer = reuse(byteLength) ?? Buffer.allocUnsafeSlow(byteLength);
      lent.add(buffer);
      return buffer;
    },
    give(buffer) {
      const { byteLength } = buffer;
      if (!lent.delete(buffer) || byteLength > LARGEST_KEPT) return;
      makeRoom(byteLength);
      const sameLength = idle.get(byteLength) ?? [];
      idle.delete(byteLength);
      sameLength.push(buffer);
      idle.set(byteLength, sameLength);
      idleBytes += byteLength;
    },
  };
}
