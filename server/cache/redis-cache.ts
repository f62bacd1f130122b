import { Redis } from 'ioredis';
import type { EncodedImage } from '../../image/service.ts';
import { createBreaker } from './breaker.ts';
import { sealImage, unsealImage } from './envelope.ts';
import type { SharedCache } from './shared-cache.ts';

interface RedisOptions {
  /** `redis://` or `rediss://`, with user, password and database as need be; never logged. */
  readonly url: string;
  /** Put before every key, one for each deployment. */
  readonly prefix: string;
  readonly ttlSeconds: number;
  /** Told once when Redis goes away and once when it is back. */
  readonly onChange: (isAvailable: boolean) => void;
}

const MOST_WRITES = 64;
const MOST_WRITE_BYTES = 16 * 1024 * 1024;
const LARGEST_VALUE = 4 * 1024 * 1024;

/** A command that gets no answer within this many milliseconds counts as a miss. */
const COMMAND_TIMEOUT_MS = 50;

/**
 * Images in Redis. The client is set to fail at once rather than to wait: no command is queued, retried or sent again,
 * so that a dead or stopped Redis costs a request 50 ms at most, and nothing once the breaker is open.
 */
export function createRedisCache({ url, prefix, ttlSeconds, onChange }: RedisOptions): SharedCache {
  const client = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: 500,
    retryStrategy: (attempt) => Math.min(100 * 2 ** Math.min(attempt, 6), 5_000) * (0.5 + Math.random() / 2),
  });
  const breaker = createBreaker({ now: () => performance.now(), onChange: (isOpen) => onChange(!isOpen) });
  let writes = 0;
  let writeBytes = 0;

  client.on('error', () => undefined); // the breaker hears of it from the commands
  client.on('ready', () => breaker.succeeded());

  function noteFailure(error: unknown): void {
    const isTimeout = error instanceof Error && error.message === 'Command timed out';
    breaker.failed(isTimeout ? 'timeout' : 'error');
  }

  async function store(key: string, value: Buffer): Promise<void> {
    writes++;
    writeBytes += value.length;
    try {
      await client.set(prefix + key, value, 'EX', ttlSeconds);
    } catch (error) {
      noteFailure(error);
    } finally {
      writes--;
      writeBytes -= value.length;
    }
  }

  async function load(key: string): Promise<EncodedImage | undefined> {
    const value = await client.getBuffer(prefix + key);
    breaker.succeeded();
    if (!value) return undefined;
    const image = unsealImage(key, value);
    if (!image) client.del(prefix + key).catch(noteFailure);
    return image;
  }

  return {
    async get(key) {
      if (!breaker.mayCall()) return undefined;
      try {
        return await load(key);
      } catch (error) {
        noteFailure(error);
        return undefined;
      }
    },
    set(key, image) {
      const length = image.body.byteLength;
      if (!breaker.isClosed || length > LARGEST_VALUE || writes >= MOST_WRITES) return;
      if (writeBytes + length > MOST_WRITE_BYTES) return;
      void store(key, sealImage(key, image));
    },
    async close() {
      client.disconnect();
    },
  };
}
