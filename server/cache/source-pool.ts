import { LRUCache } from 'lru-cache';
import { createSingleFlight } from '../../codecs/single-flight.ts';
import { Overloaded } from '../../image/errors.ts';
import type { OpenedSource } from '../sources/opened-source.ts';
import type { SourceAddress } from '../sources/source-address.ts';

/** Who asks; the signal is looked at only when there is something to wait for. */
interface Caller {
  readonly signal: AbortSignal;
}

/** Opened images of this process, kept for the next request. */
export interface SourcePool {
  /** Lends the image of that address; it stays open until `work` has settled. */
  use<T>(address: SourceAddress, caller: Caller, work: (opened: OpenedSource) => Promise<T>): Promise<T>;
  /** Opens the image anew when it is asked for next. */
  forget(address: SourceAddress): void;
  clear(): void;
}

interface PoolNeeds {
  readonly open: (address: SourceAddress) => Promise<OpenedSource>;
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

type Entries = LRUCache<string, Entry>;

export function createSourcePool(needs: PoolNeeds): SourcePool {
  const { maxIdle, checkIntervalMs } = needs;
  const entries: Entries = new LRUCache({
    max: Math.max(1, maxIdle),
    // Later, so that whoever is just being handed the image can retain it first.
    dispose: ({ opened }) => void setImmediate(() => opened.release()),
  });
  const opening = createSingleFlight<OpenedSource>();

  function current(key: string): OpenedSource | undefined {
    const entry = entries.get(key);
    return entry && performance.now() - entry.checkedAt < checkIntervalMs ? entry.opened : undefined;
  }

  return {
    async use(address, caller, work) {
      const key = keyOf(address);
      const opened = current(key) ?? (await opening.run(key, caller.signal, () => reopen(needs, entries, address)));
      opened.retain();
      try {
        return await work(opened);
      } finally {
        opened.release();
      }
    },
    forget: (address) => void entries.delete(keyOf(address)),
    clear: () => entries.clear(),
  };
}

async function reopen({ open, maxIdle }: PoolNeeds, entries: Entries, address: SourceAddress): Promise<OpenedSource> {
  const key = keyOf(address);
  const known = entries.peek(key);
  if (known && (await known.opened.isCurrent())) {
    known.checkedAt = performance.now();
    return known.opened;
  }
  const opened = await openMakingRoom(() => open(address), entries);
  entries.set(key, { opened, checkedAt: performance.now() });
  if (maxIdle === 0) entries.delete(key);
  return opened;
}

/** When the process has no descriptor left, idle images give theirs up. */
async function openMakingRoom(
  open: () => Promise<OpenedSource>,
  entries: Entries,
  attempts = MOST_ATTEMPTS,
): Promise<OpenedSource> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof Overloaded) || attempts === 1) throw error;
  }
  for (let count = 0; count < EVICTED_AT_ONCE; count++) entries.pop();
  await untilClosed();
  return openMakingRoom(open, entries, attempts - 1);
}

/** No identifier has a line feed in it. */
function keyOf({ identifier, view }: SourceAddress): string {
  return view ? `${identifier}\n${view.x},${view.y}` : identifier;
}

/** Evicted images are released when the event loop turns, and closed on another thread soon after. */
function untilClosed(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 1);
  });
}
