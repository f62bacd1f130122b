import { utimes } from 'node:fs';

const TOUCH_INTERVAL_MS = 60_000;

/** Marks an opened pyramid as used whenever it is called, on the disk at most once a minute; nothing waits for it. */
export function createUseMark(path: string): () => void {
  let touchedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - touchedAt < TOUCH_INTERVAL_MS) return;
    touchedAt = now;
    const date = new Date();
    utimes(path, date, date, () => undefined); // where nothing can be written, nothing is removed either
  };
}
