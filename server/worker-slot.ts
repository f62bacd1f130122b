import cluster, { type Worker } from 'node:cluster';
import { performance } from 'node:perf_hooks';
import type { DecodeEvent } from '../codecs/decode-watch.ts';
import type { Config } from '../config/config.ts';
import type { FileState } from '../image/source.ts';
import { createDecodingFiles } from './decoding-files.ts';
import type { BuildOrder } from './derivatives/build-order.ts';
import type { Log } from './logging/log.ts';
import type { SupervisorMessage, WorkerMessage } from './messages.ts';
import { type Death, judgeDeaths, type Verdict } from './respawn.ts';

/** What a slot needs, and whom it tells. */
export interface SlotNeeds {
  readonly config: Config;
  readonly log: Log;
  readonly onServing: () => void;
  readonly onCannotListen: (code: string, reason: string) => void;
  /** @param problem - a line for the operator */
  readonly onCannotStart: (problem: string) => void;
  /** A pyramid would serve its requests faster. */
  readonly onBuild: (order: BuildOrder) => void;
  /** The identities of the files that no decoder is to go at. */
  readonly refused: () => readonly string[];
  /** A decoder was lost that was at this file, perhaps because of it. */
  readonly onLoss: (file: FileState) => void;
  /** Its processes die before they serve, again and again. */
  readonly onGivenUp: () => void;
  /** After `stop`, or after giving up: there is no process any more and there will be none. */
  readonly onEnded: () => void;
}

/** A place for one worker: whichever process has it dies, another takes it. */
export interface WorkerSlot {
  /** Tells the worker, if there is one. */
  tell(message: SupervisorMessage): void;
  /** Lets the worker finish its requests; no other takes its place. */
  stop(): void;
  kill(): void;
}

/** Longer than the worker's own limit: only one that hangs is killed. */
const PATIENCE_MS = 23_000;
/** What judging deaths can make use of. */
const DEATHS_KEPT = 16;

/** Starts a worker and keeps one running until it is stopped. */
export function openWorkerSlot(needs: SlotNeeds): WorkerSlot {
  const judge = createJudge(needs.log);
  let worker: Worker | undefined;
  let pause: NodeJS.Timeout | undefined;
  let isStopping = false;

  function spawn(): void {
    const onReady = (ready: Worker) =>
      order(ready, isStopping ? { kind: 'stop' } : { kind: 'start', config: needs.config, refused: needs.refused() });
    worker = forkWorker(needs.config.threads, { ...needs, onReady, onExit });
  }

  function onExit(death: Death, reason: string): void {
    worker = undefined;
    clearTimeout(pause);
    const verdict = isStopping ? undefined : judge(death, reason);
    if (verdict?.kind === 'respawn') {
      pause = setTimeout(spawn, verdict.delayMs);
      return;
    }
    isStopping = true;
    if (verdict) needs.onGivenUp();
    needs.onEnded();
  }

  const kill = () => worker?.process.kill('SIGKILL');
  spawn();
  return {
    kill,
    tell: (message) => worker && order(worker, message),
    stop() {
      if (isStopping) return;
      isStopping = true;
      clearTimeout(pause);
      if (!worker) return needs.onEnded();
      order(worker, { kind: 'stop' });
      pause = setTimeout(kill, PATIENCE_MS);
    },
  };
}

/** Writes down how each process ended, and judges it by those before. */
function createJudge(log: Log): (death: Death, reason: string) => Verdict {
  let deaths: readonly Death[] = [];
  return (death, reason) => {
    log.error('a worker died', { reason, livedMs: Math.round(death.livedMs), hasServed: death.hasServed });
    deaths = [...deaths, death].slice(-DEATHS_KEPT);
    return judgeDeaths(deaths);
  };
}

type ForkEvents = Omit<SlotNeeds, 'config' | 'refused' | 'onGivenUp' | 'onEnded'> & {
  readonly onReady: (worker: Worker) => void;
  readonly onExit: (death: Death, reason: string) => void;
};

/**
 * Keeps resident memory flat: few arenas, and what is as large as a tile's pixels gets pages of its own, which go back to the
 * system. Left alone, the allocator stops doing that as soon as the first export is over.
 */
const MALLOC = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: String(128 * 1024) };

/** One process. The log gets a thread of its own, lest a stalled disk hold up decoding. */
function forkWorker(threads: number, events: ForkEvents): Worker {
  const born = performance.now();
  const worker = cluster.fork({ ...MALLOC, UV_THREADPOOL_SIZE: String(threads + 1) });
  const decoding = createDecodingFiles();
  let hasServed = false;
  const onDecode = (event: DecodeEvent) => {
    decoding.note(event);
    if (event.kind === 'lost') events.onLoss(event.file);
  };
  const onListening = () => {
    hasServed = true;
    events.onServing();
  };
  const onExit = (reason: string) => {
    const at = performance.now();
    for (const file of decoding.all()) events.onLoss(file);
    events.onExit({ at, hasServed, livedMs: at - born }, reason);
  };
  worker.on('message', (message: WorkerMessage) => hear(message, worker, { ...events, onListening, onDecode }));
  worker.once('exit', (code, signal) => onExit(signal ?? `exit code ${code}`));
  worker.on('error', (error) => {
    if (worker.process.pid === undefined)
      onExit(error.message); // never came to life, and so never exits
    else events.log.error('a worker cannot be reached', { error });
  });
  return worker;
}

interface Ears extends ForkEvents {
  readonly onListening: () => void;
  readonly onDecode: (event: DecodeEvent) => void;
}

function hear(message: WorkerMessage, worker: Worker, events: Ears): void {
  if (message.kind === 'ready') events.onReady(worker);
  else if (message.kind === 'decode') events.onDecode(message.event);
  else if (message.kind === 'build') events.onBuild(message.order);
  else if (message.kind === 'cannot-listen') events.onCannotListen(message.code, message.reason);
  else if (message.kind === 'cannot-start') events.onCannotStart(message.problem);
  else events.onListening();
}

/** An order that does not arrive needs no answer: the worker is gone, and its end is seen elsewhere. */
function order(worker: Worker, message: SupervisorMessage): void {
  if (worker.isConnected()) worker.send(message, ignore);
}

function ignore(): void {}
