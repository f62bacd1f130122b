import { LRUCache } from 'lru-cache';
import type { EncodedImage } from '../../image/service.ts';

/** An encoded image with the validator it goes out with. */
export interface CachedImage {
  readonly etag: string;
  readonly image: EncodedImage;
}

/** Encoded images of this process by key, the least recently used ones leaving first. */
export interface MemoryCache {
  get(key: string): CachedImage | undefined;
  set(key: string, cached: CachedImage): void;
  clear(): void;
}

/** What an entry takes beside its bytes: key, objects and the cache's own tables. */
const ENTRY_OVERHEAD = 512;

/** @param maxBytes - 0 keeps nothing */
export function createMemoryCache(maxBytes: number): MemoryCache {
  if (maxBytes <= 0) return { get: () => undefined, set: () => undefined, clear: () => undefined };
  const entries = new LRUCache<string, CachedImage>({
    maxSize: Math.ceil(maxBytes),
    sizeCalculation: ({ image }, key) => image.body.byteLength + key.length + ENTRY_OVERHEAD,
  });
  return {
    get: (key) => entries.get(key),
    set: (key, cached) => void entries.set(key, cached),
    clear: () => entries.clear(),
  };
}
