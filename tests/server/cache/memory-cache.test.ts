import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createMemoryCache } from '../../../server/cache/memory-cache.ts';

const MEGABYTE = 2 ** 20;

function imageOf(byteLength: number) {
  return { etag: '"a"', image: { mediaType: 'image/jpeg', body: new Uint8Array(byteLength).fill(1) } };
}

describe('the memory cache', () => {
  it('lets the images go that were used least lately', () => {
    const cache = createMemoryCache(3 * MEGABYTE);
    for (const key of ['a', 'b', 'a', 'c']) {
      if (!cache.get(key)) cache.set(key, imageOf(MEGABYTE));
    }
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => cache.get(key) !== undefined),
      [true, false, true],
    );
  });

  it('counts what an image takes beside its bytes', () => {
    const cache = createMemoryCache(MEGABYTE);
    for (let index = 0; index < 2000; index++) cache.set(`image ${index}`, imageOf(1));
    const kept = Array.from({ length: 2000 }, (_, index) => cache.get(`image ${index}`)).filter(Boolean);
    assert.ok(kept.length > 500 && kept.length < 1000, `${kept.length} images of one byte in a megabyte`);
  });

  it('keeps nothing where it may hold nothing', () => {
    const cache = createMemoryCache(0);
    cache.set('a', imageOf(1));
    assert.equal(cache.get('a'), undefined);
  });

  it('has the memory of what it let go collected when it is large', { timeout: 60_000 }, async () => {
    const before = process.memoryUsage().arrayBuffers;
    const cache = createMemoryCache(40 * MEGABYTE);
    for (let index = 0; index < 97; index++) cache.set(`image ${index}`, imageOf(MEGABYTE));
    while (process.memoryUsage().arrayBuffers - before > 42 * MEGABYTE) await pause(10);
    assert.ok(cache.get('image 96'));
  });
});
