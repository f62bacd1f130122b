import { type ChildProcess, fork } from 'node:child_process';
import { access, mkdir, rm } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DerivativeConfig } from '../../config/config.ts';
import type { Log } from '../logging/log.ts';
import type { BuildJob, BuildOrder } from './build-order.ts';
import { evictPyramids } from './evict.ts';
import { SCRATCH_ENDING } from './prepare-derivatives.ts';
import { pyramidPath } from './pyramid-file.ts';

/** Builds pyramids one after the other, each in a process of its own. */
export interface Builds {
  /** Has it built when its turn comes; nothing happens where it is under way already, or has failed of late. */
  request(order: BuildOrder): void;
  /** Ends the one that is being built; nothing of it stays behind. */
  stop(): void;
}

interface BuildsNeeds extends DerivativeConfig {
  readonly log: Log;
  /** Told the names of the images whose pyramids are being built or wait for it. */
  readonly onChange: (names: readonly string[]) => void;
}

/** More images than this are not remembered; they ask again when they are opened next. */
const MOST_WAITING = 1000;

/** How long an image is left alone whose pyramid could not be built. */
const PAUSE_AFTER_FAILURE_MS = 600_000;
/** Longer than any build should take. */
const LONGEST_BUILD_MS = 3_600_000;

const BUILDER = fileURLToPath(new URL(`./build-pyramid${extname(import.meta.url)}`, import.meta.url));

export function createBuilds({ folder, maxBytes, log, onChange }: BuildsNeeds): Builds {
  const orders = new Map<string, BuildOrder>(); // the first is the one being built
  const failedAt = new Map<string, number>();
  let child: ChildProcess | undefined;
  let isRunning = false;
  let isStopped = false;

  function tell(): void {
    onChange([...orders.values()].map(({ name }) => name));
  }

  async function runAll(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    for (const order of orders.values()) {
      if (isStopped) break;
      await build(order).catch((error: unknown) => fail(order, error));
      orders.delete(order.key);
      tell();
    }
    isRunning = false;
  }

  function fail({ key, name }: BuildOrder, error: unknown): void {
    if (isStopped) return;
    failedAt.set(key, performance.now());
    log.error('a pyramid cannot be built', { image: name, reason: error instanceof Error ? error.message : error });
  }

  async function build(order: BuildOrder): Promise<void> {
    const scratch = join(folder, `${order.key}.${process.pid}${SCRATCH_ENDING}`);
    const target = pyramidPath(folder, order.key);
    await mkdir(scratch, { recursive: true });
    try {
      child = startBuilder({ order, scratch, target });
      await endOf(child);
    } finally {
      child = undefined;
      await rm(scratch, { recursive: true, force: true });
    }
    await evictPyramids(folder, maxBytes);
    await access(target).catch(() => {
      throw new Error('it takes more than DERIVATIVES_MAX_BYTES');
    });
    log.info('a pyramid is built', { image: order.name });
  }

  function hasFailed(key: string): boolean {
    const at = failedAt.get(key);
    if (at !== undefined && performance.now() - at < PAUSE_AFTER_FAILURE_MS) return true;
    failedAt.delete(key);
    return false;
  }

  return {
    request(order) {
      if (isStopped || orders.has(order.key) || orders.size >= MOST_WAITING || hasFailed(order.key)) return;
      orders.set(order.key, order);
      tell();
      void runAll();
    },
    stop() {
      isStopped = true;
      child?.kill('SIGKILL');
    },
  };
}

/** Its decoder leaves temporary files where they go with the folder. */
function startBuilder(job: BuildJob): ChildProcess {
  const env = { TMPDIR: job.scratch, MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '2' };
  const child = fork(BUILDER, { env, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  if (child.pid !== undefined) yieldToOthers(child.pid);
  child.send(job, () => undefined); // a process that never came to life says so when it ends
  return child;
}

function yieldToOthers(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // it has ended already
  }
}

/** @throws Error with the last that the process said, where it did not succeed */
function endOf(child: ChildProcess): Promise<void> {
  const limit = setTimeout(() => child.kill('SIGKILL'), LONGEST_BUILD_MS);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-2000);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(limit);
      const reason = /\w*Error: .*/.exec(said)?.[0] ?? `the builder ended with ${signal ?? `code ${code}`}`;
      if (code === 0) resolve();
      else reject(new Error(reason));
    });
  });
}
