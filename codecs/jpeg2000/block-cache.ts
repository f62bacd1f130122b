/** Decoded blocks of all images, so many bytes of them; the one not used for longest goes first. */
export interface BlockCache {
  get(key: string): ArrayBuffer | undefined;
  set(key: string, block: ArrayBuffer): void;
  /** Forgets the blocks of an image, whose keys begin like this. */
  forget(prefix: string): void;
}

export function createBlockCache(capacity: number): BlockCache {
  const blocks = new Map<string, ArrayBuffer>();
  let total = 0;

  function remove(key: string): void {
    total -= blocks.get(key)?.byteLength ?? 0;
    blocks.delete(key);
  }

  return {
    get(key) {
      const block = blocks.get(key);
      if (!block) return undefined;
      blocks.delete(key);
      blocks.set(key, block);
      return block;
    },
    set(key, block) {
      remove(key);
      blocks.set(key, block);
      total += block.byteLength;
      for (const oldest of blocks.keys()) {
        if (total <= capacity) return;
        remove(oldest);
      }
    },
    forget(prefix) {
      for (const key of [...blocks.keys()]) if (key.startsWith(prefix)) remove(key);
    },
  };
}
