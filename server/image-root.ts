import { mkdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { NamedFolder } from '../config/config.ts';
import { StartFailure } from './start-failure.ts';

/**
 * The folders of the images with absolute paths.
 *
 * @throws StartFailure when one is not there
 */
export async function findImageRoots(roots: readonly NamedFolder[]): Promise<readonly NamedFolder[]> {
  return Promise.all(roots.map(async ({ name, folder }) => ({ name, folder: await findFolder(folder) })));
}

/** The folders as they are shown to people. */
export function rootsForPeople(roots: readonly NamedFolder[]): string {
  return roots.map(({ name, folder }) => (name === '' ? folder : `${name}=${folder}`)).join(', ');
}

const SAMPLES = 'Without a folder sample images are drawn and served.';

async function findFolder(folder: string): Promise<string> {
  const path = resolve(folder);
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? `there is no such folder. ${SAMPLES}` : `${error.message}.`;
    throw new StartFailure(`Mezzotint cannot serve ${path}: ${reason}`, { cause: error });
  });
  if (!stats.isDirectory()) throw new StartFailure(`Mezzotint cannot serve ${path}: it is not a folder.`);
  return path;
}

/**
 * Makes the folder of the sample images where it is missing.
 *
 * @throws StartFailure when that is not possible
 */
export async function makeSampleFolder(folder: string): Promise<readonly NamedFolder[]> {
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    const advice = 'Name a folder of images: mezzotint DIR.';
    throw new StartFailure(`Mezzotint has no images, and cannot make ${folder}: ${error.code}. ${advice}`, {
      cause: error,
    });
  });
  return [{ name: '', folder }];
}
