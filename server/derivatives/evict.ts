import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PYRAMID_ENDING } from './pyramid-file.ts';

/**
 * Removes the pyramids not used for longest until the others take no more than `maxBytes`; one that is larger than that goes
 * alone.
 *
 * @returns how many went
 */
export async function evictPyramids(folder: string, maxBytes: number): Promise<number> {
  const files = (await pyramidsIn(folder)).sort((a, b) => b.usedAt - a.usedAt);
  let kept = 0;
  let evicted = 0;
  for (const { path, size } of files) {
    if (kept + size <= maxBytes) {
      kept += size;
      continue;
    }
    await unlink(path).catch(() => undefined); // another server may have removed it
    evicted++;
  }
  return evicted;
}

/** What all pyramids take, those of other servers in the same folder included; 0 where it cannot be read. */
export async function pyramidBytes(folder: string): Promise<number> {
  const files = await pyramidsIn(folder).catch(() => []);
  return files.reduce((sum, { size }) => sum + size, 0);
}

interface PyramidFile {
  readonly path: string;
  readonly size: number;
  readonly usedAt: number;
}

async function pyramidsIn(folder: string): Promise<PyramidFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(PYRAMID_ENDING));
  const looked = await Promise.all(names.map((name) => look(join(folder, name))));
  return looked.filter((file) => file !== undefined);
}

async function look(path: string): Promise<PyramidFile | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats && { path, size: stats.size, usedAt: stats.mtimeMs };
}
