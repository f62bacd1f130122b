import { join } from 'node:path';

/** What a complete pyramid ends with: TIFF readers do not mind what follows. */
export function trailerOf(key: string): Buffer {
  return Buffer.from(`mezzotint:${key}\n`, 'latin1');
}

/** Where the pyramid of that key is kept. */
export function pyramidPath(folder: string, key: string): string {
  return join(folder, `${key}${PYRAMID_ENDING}`);
}

export const PYRAMID_ENDING = '.pyramid.tif';
