import cluster from 'node:cluster';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config/config.ts';
import { createBuilds } from './derivatives/builds.ts';
import { listenProblem } from './listen-address.ts';
import type { Log } from './logging/log.ts';
import type { SupervisorMessage } from './messages.ts';
import type { Status } from './metrics.ts';
import { createPoisonList } from './poison-list.ts';
import { openWorkerSlot } from './worker-slot.ts';

/** What supervising needs. */
export interface SupervisorNeeds {
  readonly config: Config;
  readonly log: Log;
  /** The first worker listens. */
  readonly onServing: () => void;
}

/** How it ended. */
export interface Outcome {
  readonly exitCode: number;
  /** What a person should know about a failure, in one line. */
  readonly problem?: string;
}

/** The process tree. */
export interface Supervisor {
  /** Resolves when the last worker is gone for good. */
  readonly ended: Promise<Outcome>;
  /** Takes no more connections and lets requests finish. */
  stop(): void;
  /** Ends every worker at once. */
  kill(): void;
  emptyCaches(): void;
  status(): Omit<Status, 'derivativeBytes'>;
}

/**
 * What one request leaves behind is small and short-lived: a young generation of 12 MB instead of 48 fits the processor's cache,
 * and resident memory is 25 MB less.
 */
const WORKER_FLAGS = ['--max-semi-space-size=4'];

const DOES_NOT_START = 'Mezzotint gives up: its workers die before they can serve. The log says why.';

/** Starts the workers and replaces those that die, so that no crash of one ends the service. */
export function supervise({ config, log, onServing }: SupervisorNeeds): Supervisor {
  setUpCluster();
  let outcome: Outcome = { exitCode: 0 };
  let isServing = false;
  let running = config.workers;
  let reportEnd: (outcome: Outcome) => void;
  const ended = new Promise<Outcome>((resolve) => {
    reportEnd = resolve;
  });
  const poison = createPoisonList({ log, onChange: (files) => tellAll({ kind: 'refuse', files }) });
  const builds =
    config.derivatives &&
    createBuilds({
      ...config.derivatives,
      log,
      onChange: (state) => tellAll({ kind: 'builds', state }),
      onUnbuildable: ({ key }) => tellAll({ kind: 'unbuildable', key }),
      onCrash: poison.noteLoss,
    });
  const slots = Array.from({ length: config.workers }, () =>
    openWorkerSlot({
      config,
      log,
      onServing: announce,
      onBuild: (order) => builds?.request(order),
      refused: poison.refused,
      onLoss: poison.noteLoss,
      onCannotListen: (code, reason) => fail(listenProblem(config.listen, code, reason)),
      onCannotStart: refuse,
      onGivenUp: () => fail(DOES_NOT_START),
      onEnded: countDown,
    }),
  );
  return { ended, stop, kill, emptyCaches, status };

  function announce(): void {
    if (!isServing) onServing();
    isServing = true;
  }

  /** While others serve, one that cannot start is replaced like one that died. */
  function refuse(problem: string): void {
    if (!isServing) fail(problem);
  }

  function fail(problem: string): void {
    if (outcome.exitCode === 0) outcome = { exitCode: 1, problem };
    stop();
  }

  function countDown(): void {
    running -= 1;
    if (running === 0) void endBuilds().then(() => reportEnd(outcome));
  }

  async function endBuilds(): Promise<void> {
    await builds?.stop();
  }

  function tellAll(message: SupervisorMessage): void {
    for (const slot of slots) slot.tell(message);
  }

  function status(): Omit<Status, 'derivativeBytes'> {
    return { builds: builds?.state(), refusedFiles: poison.refused().length };
  }

  function stop(): void {
    void endBuilds();
    for (const slot of slots) slot.stop();
  }

  function kill(): void {
    outcome = { ...outcome, exitCode: 1 };
    void endBuilds();
    for (const slot of slots) slot.kill();
  }

  function emptyCaches(): void {
    tellAll({ kind: 'empty-caches' });
  }
}

function setUpCluster(): void {
  const exec = fileURLToPath(new URL(`./worker${extname(import.meta.url)}`, import.meta.url));
  // The default serialization would turn Infinity into null.
  cluster.setupPrimary({ exec, args: [], execArgv: WORKER_FLAGS, serialization: 'advanced' });
}
