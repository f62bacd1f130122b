import { access } from 'node:fs/promises';
import type { DerivativeConfig } from '../../config/config.ts';
import { BuildFailure } from './build-failure.ts';
import type { BuildOrder, BuildState } from './build-order.ts';
import { createBuildQueue } from './build-queue.ts';
import { type BuildWatch, runBuilder } from './builder.ts';
import { evictPyramids } from './evict.ts';
import { createFailedBuilds, type FailureNeeds } from './failed-builds.ts';
import { pyramidPath } from './pyramid-file.ts';
import { inScratch, removeAbandoned } from './scratch.ts';

/** Builds pyramids one after the other, each in a process of its own. */
export interface Builds {
  /** Has it built when its turn comes; nothing happens where it is under way already, or has failed before. */
  request(order: BuildOrder): void;
  state(): BuildState;
  /** Ends the one that is being built; resolves when nothing of it is left. */
  stop(): Promise<void>;
}

type BuildsNeeds = DerivativeConfig & FailureNeeds & { readonly onChange: (state: BuildState) => void };

export function createBuilds(needs: BuildsNeeds): Builds {
  const { log, onChange } = needs;
  const failures = createFailedBuilds(needs);
  const stopping = new AbortController();
  const queue = createBuildQueue(carryOut, tell);
  const counts = { built: 0, evicted: 0 };
  let fraction: number | undefined;

  function state(): BuildState {
    const [first, ...waiting] = queue.names();
    const running = first === undefined ? undefined : { name: first, fraction };
    return { running, waiting, ...counts, failed: failures.count };
  }

  function tell(): void {
    onChange(state());
  }

  function onProgress(now: number): void {
    fraction = now;
    tell();
  }

  async function carryOut(order: BuildOrder): Promise<void> {
    const { signal } = stopping;
    fraction = undefined;
    if (signal.aborted || failures.isPausing()) return;
    try {
      counts.evicted += await build(order, needs, { signal, onProgress });
      counts.built++;
      failures.noteSuccess();
      log.info('a pyramid is built', { image: order.name });
    } catch (error) {
      if (!signal.aborted) failures.note(order, error);
    }
  }

  return {
    request: (order) => void (failures.refuses(order) || failures.isPausing() || queue.add(order)),
    state,
    stop: () => {
      stopping.abort();
      return queue.untilIdle();
    },
  };
}

/** @returns how many others went to make room. @throws anything that is no BuildFailure where the folder is to blame */
async function build(order: BuildOrder, { folder, maxBytes }: DerivativeConfig, watch: BuildWatch): Promise<number> {
  const target = pyramidPath(folder, order.key);
  await inScratch(folder, order.key, async (scratch) => {
    await removeAbandoned(folder);
    await runBuilder({ order, scratch, target }, watch);
  });
  const evicted = await evictPyramids(folder, maxBytes);
  await access(target).catch(() => {
    throw new BuildFailure('size', 'it takes more than DERIVATIVES_MAX_BYTES');
  });
  return evicted;
}
