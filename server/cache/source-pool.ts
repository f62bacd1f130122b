import { LRUCache } from 'lru-cache';
import { Overloaded } from '../../image/errors.ts';
import type { Identifier } from '../../image/identifier.ts';
import type { OpenedSource } from '../sources/opened-source.ts';
import { createSingleFlight } from './single-flight.ts';

/** Who asks; the signal is looked at only when there is something to wait for. */
interface Caller {
  readonly signal: AbortSignal;
}

/** Opened images of this process, kept for the next request. */
export interface SourcePool {
  /** Lends the image of that name; it stays open until `work` has settled. */
  use<T>(identifier: Identifier, caller: Caller, work: (opened: OpenedSource) => Promise<T>): Promise<T>;
  /** Opens the image anew when it is asked for next. */
  forget(identifier: Identifier): void;
  clear(): void;
}

interface PoolNeeds {
  readonly open: (identifier: Identifier) => Promise<OpenedSource>;
  /** How many images stay open at most when nobody uses them. */
  readonly maxIdle: number;
  /** For how many milliseconds an opened image is believed to be current. */
  readonly checkIntervalMs: number;
}

/** How often an image is tried to be opened, idle ones being closed in between. */
const MOST_ATTEMPTS = 5;
const EVICTED_AT_ONCE = 8;

interface Entry {
  readonly opened: OpenedSource;
  checkedAt: number;
}

export function createSourcePool({ open, maxIdle, checkIntervalMs }: PoolNeeds): SourcePool {
  const entries = new LRUCache<string, Entry>({
    max: Math.max(1, maxIdle),
    // Later, so that whoever is just being handed the image can retain it first.
    dispose: ({ opened }) => void setImmediate(() => opened.release()),
  });
  const opening = createSingleFlight<OpenedSource>();

  async function reopen(identifier: Identifier): Promise<OpenedSource> {
    const known = entries.peek(identifier);
    if (known && (await known.opened.isCurrent())) {
      known.checkedAt = performance.now();
      return known.opened;
    }
    const opened = await openMakingRoom(identifier);
    entries.set(identifier, { opened, checkedAt: performance.now() });
    if (maxIdle === 0) entries.delete(identifier);
    return opened;
  }

  /** When the process has no descriptor left, idle images give theirs up. */
  async function openMakingRoom(identifier: Identifier, attempts = MOST_ATTEMPTS): Promise<OpenedSource> {
    try {
      return await open(identifier);
    } catch (error) {
      if (!(error instanceof Overloaded) || attempts === 1) throw error;
    }
    for (let count = 0; count < EVICTED_AT_ONCE; count++) entries.pop();
    await untilClosed();
    return openMakingRoom(identifier, attempts - 1);
  }

  function current(identifier: Identifier): OpenedSource | undefined {
    const entry = entries.get(identifier);
    return entry && performance.now() - entry.checkedAt < checkIntervalMs ? entry.opened : undefined;
  }

  return {
    async use(identifier, caller, work) {
      const opened = current(identifier) ?? (await opening.run(identifier, caller.signal, () => reopen(identifier)));
      opened.retain();
      try {
        return await work(opened);
      } finally {
        opened.release();
      }
    },
    forget: (identifier) => void entries.delete(identifier),
    clear: () => entries.clear(),
  };
}

/** Evicted images are released when the event loop turns, and closed on another thread soon after. */
function untilClosed(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 1);
  });
}
