import { untilAborted } from './until-aborted.ts';

/** Room for so many jobs at once, for work that cannot be stopped once it has begun. */
export interface Places {
  /** Begins when a place is free; a job whose signal is aborted by then never begins. */
  run<T>(signal: AbortSignal, job: () => Promise<T>): Promise<T>;
}

export function createPlaces(count: number): Places {
  const waiting: (() => void)[] = [];
  let free = count;

  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }

  async function enter(): Promise<void> {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }

  async function perform<T>(signal: AbortSignal, job: () => Promise<T>): Promise<T> {
    await enter();
    try {
      signal.throwIfAborted();
      return await job();
    } finally {
      leave();
    }
  }

  return { run: (signal, job) => untilAborted(perform(signal, job), signal) };
}
