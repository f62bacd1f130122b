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

  it('keeps nothing where it may hold nothing', () => {
    const cache = createMemoryCache(0);
    cache.set('a', imageOf(1));
    assert.equal(cache.get('a'), undefined);
  });

  it('has the memory of what it let go collected when it is large', { timeout: 60_000 }, async () => {
    const before = process.memoryUsage().arrayBuffers;
    const cache = createMemoryCache(40 * MEGABYTE);
    for (let index = 0; index < 97; index++) cache.set(`image ${index}`, imageOf(MEGABYTE));
    while (process.memoryUsage().arrayBuffers - before > 56 * MEGABYTE) await pause(10);
    assert.ok(cache.get('image 96'));
  });
});
