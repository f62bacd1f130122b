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

/** What an entry takes beside its bytes and key: objects, allocator and the cache's own tables (1,110 measured for 1 kB). */
const ENTRY_OVERHEAD = 1100;

/** Bytes of images let go after which their memory is collected. */
const COLLECTED_AFTER = 8 * 2 ** 20;

/** A cache smaller than this leaves room for what it has let go. */
const SMALLEST_COLLECTED = 32 * 2 ** 20;

/** @param maxBytes - counts what has been let go and not been collected yet; 0 keeps nothing */
export function createMemoryCache(maxBytes: number): MemoryCache {
  if (maxBytes <= 0) return { get: () => undefined, set: () => undefined, clear: () => undefined };
  const isCollected = maxBytes >= SMALLEST_COLLECTED;
  const collector = createCollectDropped(isCollected ? COLLECTED_AFTER : Number.POSITIVE_INFINITY);
  const entries = new LRUCache<string, CachedImage>({
    dispose: ({ image }) => collector.note(image.body.byteLength),
    maxSize: Math.ceil(isCollected ? maxBytes - COLLECTED_AFTER : maxBytes),
    sizeCalculation: ({ image }, key) => image.body.byteLength + key.length + ENTRY_OVERHEAD,
  });
  return {
    get: (key) => entries.get(key),
    set: (key, cached) => void entries.set(key, cached),
    clear: () => entries.clear(),
  };
}
