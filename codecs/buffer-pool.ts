/**
 * Reuses buffers of tile size: fresh memory for every tile costs a quarter of decoding it, and as much again for the
 * garbage collections it causes. A buffer that is never given back is simply collected.
 */
export interface BufferPool {
  /** A buffer of exactly `byteLength` bytes, contents undefined. */
  take(byteLength: number): Uint8Array;
  /**
   * Takes back a buffer that nobody uses any more. Any other memory is left alone, as is a buffer given twice, so that
   * whoever is done with pixels need not know where they came from.
   */
  give(buffer: ArrayBufferView): void;
  /** Lets another view of a lent buffer be given back in its place. */
  exchange<View extends ArrayBufferView>(buffer: Uint8Array, view: View): View;
}

/** Enough for the pixels of a 3300 x 3300 export; what is larger is rare. */
const LARGEST_KEPT = 32 * 1024 * 1024;

const SMALLEST = 4096;

/**
 * @param capacity - in bytes of idle memory; the sizes not used for longest are let go first. What an export of 2000 x 1500
 *   takes one after the other has to fit, 36 MB, or V8 collects fresh memory once or twice for each.
 */
export function createBufferPool(capacity = 64 * 1024 * 1024): BufferPool {
  const idle = createIdleBlocks(capacity);
  const lent = new WeakSet<ArrayBufferView>();
  return {
    take(byteLength) {
      const size = blockSizeFor(byteLength);
      const block = idle.take(size) ?? Buffer.allocUnsafeSlow(size).buffer;
      const buffer = new Uint8Array(block, 0, byteLength);
      lent.add(buffer);
      return buffer;
    },
    give(buffer) {
      if (lent.delete(buffer)) idle.keep(buffer.buffer);
    },
    exchange(buffer, view) {
      if (lent.delete(buffer)) lent.add(view);
      return view;
    },
  };
}

/** Memory that nobody uses. */
interface IdleBlocks {
  take(size: number): ArrayBufferLike | undefined;
  /** Keeps a block unless it is too large. */
  keep(block: ArrayBufferLike): void;
}

function createIdleBlocks(capacity: number): IdleBlocks {
  const idle = new Map<number, ArrayBufferLike[]>(); // by size, least recently used size first
  let idleBytes = 0;

  function makeRoom(byteLength: number): void {
    for (const [size, blocks] of idle) {
      if (idleBytes + byteLength <= capacity) return;
      idle.delete(size);
      idleBytes -= size * blocks.length;
    }
  }

  return {
    take(size) {
      const block = idle.get(size)?.pop();
      if (block) idleBytes -= size;
      return block;
    },
    keep(block) {
      const size = block.byteLength;
      if (size > Math.min(LARGEST_KEPT, capacity)) return;
      makeRoom(size);
      const sameSize = idle.get(size) ?? [];
      idle.delete(size);
      sameSize.push(block);
      idle.set(size, sameSize);
      idleBytes += size;
    },
  };
}

/** Four sizes to each power of two, so that stored tiles, no two of which are equally long, find each other's memory. */
function blockSizeFor(byteLength: number): number {
  if (byteLength <= SMALLEST) return SMALLEST;
  if (byteLength > LARGEST_KEPT) return byteLength;
  const step = 2 ** (Math.ceil(Math.log2(byteLength)) - 3);
  return Math.ceil(byteLength / step) * step;
}
