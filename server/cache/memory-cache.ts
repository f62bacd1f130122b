import { LRUCache } from 'lru-cache';
import type { EncodedImage } from '../../image/service.ts';
import { createCollectDropped } from './collect-dropped.ts';

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

/** Bytes of images let go after which their memory is collected. */
const COLLECTED_AFTER = 8 * 2 ** 20;

/** A cache smaller than this leaves room for what it has let go. */
const SMALLEST_COLLECTED = 32 * 2 ** 20;

/** @param maxBytes - 0 keeps nothing */
export function createMemoryCache(maxBytes: number): MemoryCache {
  if (maxBytes <= 0) return { get: () => undefined, set: () => undefined, clear: () => undefined };
  const collector = createCollectDropped(maxBytes < SMALLEST_COLLECTED ? Number.POSITIVE_INFINITY : COLLECTED_AFTER);
  const entries = new LRUCache<string, CachedImage>({
    dispose: ({ image }) => collector.note(image.body.byteLength),
    maxSize: Math.ceil(maxBytes),
    sizeCalculation: ({ image }, key) => image.body.byteLength + key.length + ENTRY_OVERHEAD,
  });
  return {
    get: (key) => entries.get(key),
    set: (key, cached) => void entries.set(key, cached),
    clear: () => entries.clear(),
  };
}
