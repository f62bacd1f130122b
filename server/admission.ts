import { Overloaded } from '../image/errors.ts';

/** Lets only so much work run at once; the rest waits here, where it can still be dropped, and never inside a library. */
export interface Admission {
  /**
   * Runs `work` when there is room.
   *
   * @throws Overloaded when too many wait already; the signal's reason when it fires while waiting
   */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** @param slots - how many run at once; @param maxWaiting - how many may wait for that */
export function createAdmission({ slots, maxWaiting }: { slots: number; maxWaiting: number }): Admission {
  const queue = new Set<() => void>(); // first come, first served
  let running = 0;

  function enter(signal: AbortSignal): Promise<void> | undefined {
    signal.throwIfAborted();
    if (running < slots) {
      running++;
      return undefined;
    }
    if (queue.size >= maxWaiting) throw new Overloaded();
    return untilAdmitted(queue, signal);
  }

  /** The slot goes straight to whoever waits longest. */
  function exit(): void {
    const [next] = queue;
    if (!next) {
      running--;
      return;
    }
    queue.delete(next);
    next();
  }

  return {
    async run(signal, work) {
      await enter(signal);
      try {
        return await work();
      } finally {
        exit();
      }
    },
  };
}

/** Whoever is no longer interested leaves the queue. */
function untilAdmitted(queue: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const admit = () => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = () => {
      queue.delete(admit);
      reject(signal.reason);
    };
    queue.add(admit);
    signal.addEventListener('abort', leave, { once: true });
  });
}
