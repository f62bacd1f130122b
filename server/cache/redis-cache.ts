import { Redis } from 'ioredis';
import type { EncodedImage } from '../../image/service.ts';
import { type Breaker, createBreaker } from './breaker.ts';
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

interface Connection extends Pick<RedisOptions, 'prefix' | 'ttlSeconds'> {
  readonly client: Redis;
  readonly breaker: Breaker;
  /** What is being written. */
  readonly backlog: { writes: number; bytes: number };
}

/** Images in Redis. It costs a request 50 ms at most when it is dead or stopped, and nothing once the breaker is open. */
export function createRedisCache({ url, prefix, ttlSeconds, onChange }: RedisOptions): SharedCache {
  const client = createClient(url);
  const breaker = createBreaker({ now: () => performance.now(), onChange: (isOpen) => onChange(!isOpen) });
  const connection = { client, breaker, prefix, ttlSeconds, backlog: { writes: 0, bytes: 0 } };
  client.on('error', () => undefined); // the breaker hears of it from the commands
  client.on('ready', () => breaker.succeeded());
  return {
    async get(key) {
      if (!breaker.mayCall()) return undefined;
      try {
        return await load(connection, key);
      } catch (error) {
        noteFailure(breaker, error);
        return undefined;
      }
    },
    set(key, image) {
      if (hasRoom(connection, image.body.byteLength)) void store(connection, key, sealImage(key, image));
    },
    async close() {
      client.disconnect();
    },
  };
}

/** Set to fail at once rather than to wait: no command is queued, retried or sent again. */
function createClient(url: string): Redis {
  return new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: 500,
    retryStrategy: (attempt) => Math.min(100 * 2 ** Math.min(attempt, 6), 5_000) * (0.5 + Math.random() / 2),
  });
}

async function load({ client, breaker, prefix }: Connection, key: string): Promise<EncodedImage | undefined> {
  const value = await client.getBuffer(prefix + key);
  breaker.succeeded();
  if (!value) return undefined;
  const image = unsealImage(key, value);
  if (!image) client.del(prefix + key).catch((error) => noteFailure(breaker, error));
  return image;
}

function hasRoom({ breaker, backlog }: Connection, length: number): boolean {
  const isSmall = length <= LARGEST_VALUE && backlog.bytes + length <= MOST_WRITE_BYTES;
  return breaker.isClosed && isSmall && backlog.writes < MOST_WRITES;
}

async function store(connection: Connection, key: string, value: Buffer): Promise<void> {
  const { client, breaker, prefix, ttlSeconds, backlog } = connection;
  backlog.writes++;
  backlog.bytes += value.length;
  try {
    await client.set(prefix + key, value, 'EX', ttlSeconds);
  } catch (error) {
    noteFailure(breaker, error);
  } finally {
    backlog.writes--;
    backlog.bytes -= value.length;
  }
}

function noteFailure(breaker: Breaker, error: unknown): void {
  const isTimeout = error instanceof Error && error.message === 'Command timed out';
  breaker.failed(isTimeout ? 'timeout' : 'error');
}
