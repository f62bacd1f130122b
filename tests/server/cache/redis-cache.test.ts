import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Redis } from 'ioredis';
import type { EncodedImage } from '../../../image/service.ts';
import { createRedisCache } from '../../../server/cache/redis-cache.ts';
import type { SharedCache } from '../../../server/cache/shared-cache.ts';
import { freePort } from '../../support/free-port.ts';
import { type RedisServer, startRedis } from '../../support/redis-server.ts';

const IMAGE: EncodedImage = { mediaType: 'image/jpeg', body: Uint8Array.from({ length: 5000 }, (_, n) => n % 251) };

/** Ten times what a command may take: longer means that something waits for Redis. */
const HANG_MS = 500;

/** A cache that tells when Redis comes and goes. */
function openCache(url: string): { cache: SharedCache; changes: boolean[]; untilAvailable: () => Promise<void> } {
  const changes: boolean[] = [];
  let announce = () => {};
  const cache = createRedisCache({
    url,
    prefix: 'test:',
    ttlSeconds: 60,
    onChange: (isAvailable) => {
      changes.push(isAvailable);
      if (isAvailable) announce();
    },
  });
  const untilAvailable = () =>
    new Promise<void>((resolve) => {
      announce = resolve;
    });
  return { cache, changes, untilAvailable };
}

async function assertQuickMiss(cache: SharedCache): Promise<void> {
  const started = performance.now();
  assert.equal(await cache.get('key'), undefined);
  assert.ok(performance.now() - started < HANG_MS, 'the cache waits for Redis');
}

/** Asks until the value is there: writes are not waited for. */
async function eventually(cache: SharedCache, key: string): Promise<EncodedImage> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const image = await cache.get(key);
    if (image) return image;
    cache.set(key, IMAGE);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${key} never came back`);
}

describe('Redis cache on a real server', () => {
  let redis: RedisServer;
  let admin: Redis;
  let opened: ReturnType<typeof openCache>;

  beforeEach(async () => {
    redis = await startRedis();
    admin = new Redis(redis.url, { retryStrategy: null });
    admin.on('error', () => undefined);
    opened = openCache(redis.url);
  });

  afterEach(async () => {
    admin.disconnect();
    await opened.cache.close();
    await redis.kill();
  });

  it('gives back what was stored, with a time to live', async () => {
    const image = await eventually(opened.cache, 'key');
    assert.equal(image.mediaType, IMAGE.mediaType);
    assert.deepEqual(Uint8Array.from(image.body), IMAGE.body);
    const ttl = await admin.ttl('test:key');
    assert.ok(ttl > 0 && ttl <= 60);
  });

  it('misses on and deletes whatever is no image of its own', async () => {
    await eventually(opened.cache, 'key');
    const sealed = await admin.getBuffer('test:key');
    assert.ok(sealed);
    const strangers = {
      other: sealed,
      cut: sealed.subarray(0, 100),
      random: Buffer.from('hello'),
      empty: Buffer.alloc(0),
    };
    for (const [key, value] of Object.entries(strangers)) {
      await admin.set(`test:${key}`, value);
      assert.equal(await opened.cache.get(key), undefined, key);
    }
    assert.deepEqual(await admin.keys('test:*'), ['test:key']);
  });

  it('misses on a value of another type', async () => {
    await eventually(opened.cache, 'key');
    await admin.hset('test:hash', 'field', 'value');
    assert.equal(await opened.cache.get('hash'), undefined);
    assert.ok(await opened.cache.get('key'));
  });

  it('misses at once while Redis is stopped, stops asking, and hits again afterwards', async () => {
    await eventually(opened.cache, 'key');
    redis.freeze();
    for (let count = 0; count < 5; count++) await assertQuickMiss(opened.cache);
    assert.deepEqual(opened.changes, [false]);
    redis.thaw();
    await eventually(opened.cache, 'key');
    assert.deepEqual(opened.changes, [false, true]);
  });

  for (const [size, bytes, most] of [
    ['small', 5000, 64],
    ['large', 1_000_000, 16],
  ] as const) {
    it(`drops writes of ${size} images instead of hoarding them while Redis is stopped`, async () => {
      await eventually(opened.cache, 'first');
      redis.freeze();
      const image = { ...IMAGE, body: new Uint8Array(bytes) };
      for (let count = 0; count < 2000; count++) opened.cache.set(`waiting${count}`, image);
      redis.thaw();
      await eventually(opened.cache, 'last'); // behind all others on the same connection
      const arrived = await admin.keys('test:waiting*');
      assert.ok(arrived.length > 0 && arrived.length <= most, `${arrived.length} writes were on their way`);
    });
  }

  it('misses when Redis is killed in mid-flight, and hits once it is back on the same port', async () => {
    await eventually(opened.cache, 'key');
    redis.freeze();
    const inFlight = opened.cache.get('key');
    await redis.kill();
    assert.equal(await inFlight, undefined);
    for (let count = 0; count < 6; count++) await assertQuickMiss(opened.cache);
    const back = opened.untilAvailable();
    redis = await startRedis(redis.port);
    await back;
    assert.deepEqual((await eventually(opened.cache, 'key')).mediaType, IMAGE.mediaType);
  });
});

describe('Redis cache without a server', () => {
  it('misses at once when nobody listens', async () => {
    const { cache } = openCache(`redis://127.0.0.1:${await freePort()}`);
    for (let count = 0; count < 8; count++) {
      await assertQuickMiss(cache);
      cache.set('key', IMAGE);
    }
    await cache.close();
  });

  it('misses at once when the port accepts and never answers', async () => {
    const mute = createServer((connection) => connection.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const address = mute.address();
    assert.ok(typeof address === 'object' && address);
    const { cache } = openCache(`redis://127.0.0.1:${address.port}`);
    for (let count = 0; count < 8; count++) await assertQuickMiss(cache);
    await cache.close();
    mute.close();
  });

  it('misses when the password is wrong', async () => {
    const redis = await startRedis();
    const admin = new Redis(redis.url);
    await admin.config('SET', 'requirepass', 'secret');
    const { cache } = openCache(redis.url.replace('redis://', 'redis://:wrong@'));
    for (let count = 0; count < 8; count++) await assertQuickMiss(cache);
    await cache.close();
    admin.disconnect();
    await redis.kill();
  });
});
