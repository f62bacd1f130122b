import { type ChildProcess, fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BuildFailure, failureOfEnding } from './build-failure.ts';
import type { BuilderMessage, BuildJob } from './build-order.ts';

/** Who waits for a build. */
export interface BuildWatch {
  readonly signal: AbortSignal;
  /** Gets what is done, from 0 to 1. */
  readonly onProgress: (fraction: number) => void;
}

/** Longer than any build should take. */
const LONGEST_BUILD_MS = 3_600_000;

const BUILDER = fileURLToPath(new URL(`./build-pyramid${extname(import.meta.url)}`, import.meta.url));

/**
 * Builds a pyramid in a process of low priority, whose decoder leaves temporary files where they go with the folder.
 *
 * @throws BuildFailure
 */
export function runBuilder(job: BuildJob, watch: BuildWatch): Promise<void> {
  const child = fork(BUILDER, {
    env: { TMPDIR: job.scratch, MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '2' },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  if (child.pid !== undefined) yieldToOthers(child.pid);
  child.send(job, () => undefined); // a process that never came to life says so when it ends
  return endOf(child, watch);
}

function yieldToOthers(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // it has ended already
  }
}

function endOf(child: ChildProcess, { signal, onProgress }: BuildWatch): Promise<void> {
  const kill = () => void child.kill('SIGKILL');
  let known: BuildFailure | undefined;
  const limit = setTimeout(() => {
    known = new BuildFailure('late', 'it takes more than an hour');
    kill();
  }, LONGEST_BUILD_MS);
  signal.addEventListener('abort', kill);
  child.on('message', (message: BuilderMessage) => {
    if (message.kind === 'progress') onProgress(message.fraction);
    else known = new BuildFailure(message.fault, message.reason);
  });
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new BuildFailure('killed', error.message)));
    child.once('close', (code, killedBy) => {
      clearTimeout(limit);
      signal.removeEventListener('abort', kill);
      if (code === 0) resolve();
      else reject(known ?? failureOfEnding(killedBy ?? `code ${code}`));
    });
  });
}
