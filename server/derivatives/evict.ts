import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PYRAMID_ENDING } from './pyramid-file.ts';

/** Removes the pyramids not used for longest until the others take no more than `maxBytes`. */
export async function evictPyramids(folder: string, maxBytes: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(PYRAMID_ENDING));
  const looked = await Promise.all(names.map((name) => look(join(folder, name))));
  const files = looked.filter((file) => file !== undefined).sort((a, b) => b.usedAt - a.usedAt);
  let total = 0;
  for (const { path, size } of files) {
    total += size;
    if (total > maxBytes) await unlink(path).catch(() => undefined); // another server may have removed it
  }
}

async function look(path: string): Promise<{ path: string; size: number; usedAt: number } | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats && { path, size: stats.size, usedAt: stats.mtimeMs };
}
