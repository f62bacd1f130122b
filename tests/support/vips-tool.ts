import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Picture } from './tiff-pictures.ts';

const execute = promisify(execFile);

/** Runs a command-line tool to its end; its messages are part of the error when it fails. */
export async function runTool(command: string, ...args: string[]): Promise<string> {
  // sharp's libvips says in the environment where it was built, and another one finds no modules there.
  const env = { ...process.env, VIPSHOME: undefined };
  const { stdout } = await execute(command, args, { maxBuffer: 64 * 2 ** 20, env });
  return stdout;
}

/** Runs `use` with a folder that is gone afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'mezzotint-test-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes a picture as PGM or PPM, which every tool reads. */
export async function writeNetpbm(path: string, { width, height, bands, data }: Picture): Promise<void> {
  await writeFile(path, Buffer.concat([Buffer.from(`P${bands === 1 ? 5 : 6}\n${width} ${height}\n255\n`), data]));
}

/**
 * The samples of an image as libvips decodes them.
 *
 * @param source - a path, with libvips' options behind it, as in `a.tif[page=1]`
 */
export async function vipsSamples(source: string, folder: string): Promise<Uint8Array> {
  const raw = join(folder, 'samples.raw');
  await runTool('vips', 'rawsave', source, raw);
  return readFile(raw);
}

/** Mean absolute difference of two equally long runs of samples. */
export function meanDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += Math.abs((a[index] ?? 0) - (b[index] ?? 0));
  return sum / a.length;
}
