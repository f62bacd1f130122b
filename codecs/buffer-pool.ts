/** Memory for pixels that is used again, which saves clearing and collecting it: about 40 % of a tile's cost. */
export interface BufferPool {
  /** A buffer of exactly `byteLength` bytes, contents undefined. */
  take(byteLength: number): Uint8Array;
  /**
   * Takes back a buffer that nobody uses any more. Any other memory is left alone, as is a buffer given twice, so that
   * whoever is done with pixels need not know where they came from.
   */
  give(buffer: Uint8Array): void;
}

const DEFAULT_CAPACITY = 64 * 2 ** 20;

/** Buffers by exact size: tiles of a collection come in few sizes. @param capacity - in bytes of idle buffers */
export function createBufferPool(capacity = DEFAULT_CAPACITY): BufferPool {
  const idle = new Map<number, Uint8Array[]>();
  const lent = new WeakSet<Uint8Array>();
  let idleBytes = 0;

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
      if (!lent.delete(buffer) || buffer.byteLength > capacity) return;
      if (idleBytes + buffer.byteLength > capacity) {
        idle.clear(); // sizes nobody asks for any more would else fill the pool for good
        idleBytes = 0;
      }
      idleBytes += buffer.byteLength;
      const sameSize = idle.get(buffer.byteLength);
      if (sameSize) sameSize.push(buffer);
      else idle.set(buffer.byteLength, [buffer]);
    },
  };
}
