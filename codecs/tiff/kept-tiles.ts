import { createBoundedCache } from '../bounded-cache.ts';
import type { BufferPool } from '../buffer-pool.ts';
import { createSingleFlight } from '../single-flight.ts';

/** Decoded tiles that windows took only a little of, kept for those beside them. All files of a process share the room. */
export interface KeptTiles {
  /**
   * The samples of a tile, decoded once for all who ask meanwhile. Nobody may change them or give their memory back, and they
   * are to be used at once: when the event loop turns they may be gone.
   *
   * @param decode - gives samples that belong to whoever calls it
   */
  get(key: string, signal: AbortSignal, decode: (signal: AbortSignal) => Promise<Uint8Array>): Promise<Uint8Array>;
  /** Lets go of the tiles whose keys begin like this. */
  forget(prefix: string): void;
  /** Another one each time, to tell files and their images apart in keys. */
  nextNumber(): number;
}

/** @param capacity - in bytes */
export function createKeptTiles(capacity: number, pool: BufferPool): KeptTiles {
  let newest = 0; // in bytes: nobody would take memory of another size than tiles have now, and the pool would only grow
  const giveLater = (samples: Uint8Array) => {
    if (samples.buffer.byteLength === newest) setImmediate(() => pool.give(samples));
  };
  const tiles = createBoundedCache<Uint8Array>(capacity, ({ buffer }) => buffer.byteLength, giveLater);
  const flights = createSingleFlight<Uint8Array>();
  let numbers = 0;
  return {
    async get(key, signal, decode) {
      const known = tiles.get(key);
      if (known) return known;
      return flights.run(key, signal, async (shared) => {
        const samples = await decode(shared);
        newest = samples.buffer.byteLength;
        tiles.set(key, samples);
        return samples;
      });
    },
    forget: (prefix) => tiles.forget(prefix),
    nextNumber: () => numbers++,
  };
}
