import { mkdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { StartFailure } from './start-failure.ts';

/**
 * The folder of the images as an absolute path.
 *
 * @throws StartFailure when it is not there
 */
export async function findImageRoot(root: string): Promise<string> {
  const path = resolve(root);
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'there is no such folder' : error.message;
    throw new StartFailure(`Mezzotint cannot serve ${path}: ${reason}.`, { cause: error });
  });
  if (!stats.isDirectory()) throw new StartFailure(`Mezzotint cannot serve ${path}: it is not a folder.`);
  return path;
}

/**
 * Makes the folder of the sample images where it is missing.
 *
 * @throws StartFailure when that is not possible
 */
export async function makeSampleFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    const advice = 'Name a folder of images: mezzotint DIR.';
    throw new StartFailure(`Mezzotint has no images, and cannot make ${folder}: ${error.code}. ${advice}`, {
      cause: error,
    });
  });
  return folder;
}
