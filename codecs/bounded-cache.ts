/** Values that together weigh no more than they may; the one not used for longest goes first. */
export interface BoundedCache<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  /** Forgets what has keys that begin like this. */
  forget(prefix: string): void;
}

/**
 * A value that weighs more than `capacity` is not kept.
 *
 * @param onDrop - given what is no longer kept
 */
export function createBoundedCache<Value>(
  capacity: number,
  weightOf: (value: Value) => number,
  onDrop?: (value: Value) => void,
): BoundedCache<Value> {
  const entries = new Map<string, { readonly value: Value; readonly weight: number }>();
  let total = 0;

  function remove(key: string): void {
    const entry = entries.get(key);
    if (!entry) return;
    total -= entry.weight;
    entries.delete(key);
    onDrop?.(entry.value);
  }

  return {
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value) {
      remove(key);
      const weight = weightOf(value);
      entries.set(key, { value, weight });
      total += weight;
      for (const oldest of entries.keys()) {
        if (total <= capacity) return;
        remove(oldest);
      }
    },
    forget(prefix) {
      for (const key of [...entries.keys()]) if (key.startsWith(prefix)) remove(key);
    },
  };
}
