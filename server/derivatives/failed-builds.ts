import type { Log } from '../logging/log.ts';
import { BuildFailure } from './build-failure.ts';
import type { BuildOrder } from './build-order.ts';

/** Remembers what failed, so that nothing is tried for ever. */
export interface FailedBuilds {
  /** Since the start. */
  readonly count: number;
  /** Whether nothing is built for now, as the folder could not be written. */
  isPausing(): boolean;
  /** Whether no other attempt is made in this run; whoever asked is told. */
  refuses(order: BuildOrder): boolean;
  note(order: BuildOrder, error: unknown): void;
  /** A pyramid has been built: the folder is as it should be. */
  noteSuccess(): void;
}

/** Whom failures are told. */
export interface FailureNeeds {
  readonly folder: string;
  readonly log: Log;
  /** There will be no pyramid of that image in this run. */
  readonly onUnbuildable: (order: BuildOrder) => void;
  /** The decoder of that image did not survive. */
  readonly onCrash: (order: BuildOrder) => void;
}

/** How long the folder is left alone when it could not be written. */
const PAUSE_MS = 600_000;
/** Those that failed first are tried again when there are more. */
const MOST_FAILED = 10_000;

export function createFailedBuilds({ folder, log, onUnbuildable, onCrash }: FailureNeeds): FailedBuilds {
  const keys = new Set<string>();
  let count = 0;
  let pausedAt: number | undefined; // from then until a pyramid can be kept again

  function pause({ message, advice }: BuildFailure): void {
    if (pausedAt === undefined) log.error('pyramids cannot be kept', { folder, reason: message, advice });
    pausedAt = performance.now();
  }

  function giveUp(order: BuildOrder, { fault, message, advice }: BuildFailure): void {
    log.error('a pyramid cannot be built', { image: order.name, reason: message, advice });
    keys.add(order.key);
    if (keys.size > MOST_FAILED) keys.delete(keys.values().next().value ?? '');
    onUnbuildable(order);
    if (fault === 'crash') onCrash(order);
  }

  return {
    get count() {
      return count;
    },
    isPausing: () => pausedAt !== undefined && performance.now() - pausedAt < PAUSE_MS,
    refuses(order) {
      if (keys.has(order.key)) onUnbuildable(order);
      return keys.has(order.key);
    },
    note(order, error) {
      count++;
      const failure = error instanceof BuildFailure ? error : new BuildFailure('folder', String(error));
      if (failure.fault === 'folder') pause(failure);
      else giveUp(order, failure);
    },
    noteSuccess() {
      if (pausedAt !== undefined) log.info('pyramids can be kept again', { folder });
      pausedAt = undefined;
    },
  };
}
