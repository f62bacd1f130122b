import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

const SCRATCH = /^[0-9a-f]{40}\.[^.]+\.part$/;

const TOUCH_INTERVAL_MS = 60_000;
/** Far more than a builder's folder goes untouched, also where clocks differ a little. */
const ABANDONED_AFTER_MS = 900_000;

/**
 * Does work in a folder of its own, gone when that has ended. Servers that share the folder of pyramids may be in
 * containers, each of them process 1: what is in work shows by its time alone.
 */
export async function inScratch(folder: string, key: string, work: (scratch: string) => Promise<void>): Promise<void> {
  const scratch = join(folder, `${key}.${randomUUID()}.part`);
  await mkdir(scratch, { recursive: true });
  const touching = setInterval(() => void touch(scratch), TOUCH_INTERVAL_MS);
  try {
    await work(scratch);
  } finally {
    clearInterval(touching);
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Removes what builds that were killed have left, as far as it may. */
export async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!SCRATCH.test(name) || !(await isAbandoned(path))) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined); // another user's stays
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined); // another server may have removed it
  return stats !== undefined && Date.now() - stats.mtimeMs > ABANDONED_AFTER_MS;
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined); // the builder will say so
}
