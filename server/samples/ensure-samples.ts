import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Picture } from './picture.ts';
import { SAMPLE_PICTURES, SAMPLES_VERSION } from './pictures.ts';
import { isCurrent, removeAbandoned, writeSample } from './sample-file.ts';

/** Where samples go and who wants to know. */
export interface SampleOptions {
  /** Made when it is missing. */
  readonly folder: string;
  /** Told how much of all the drawing is done, from 0 to 1, and what is being drawn. */
  readonly onProgress: (fraction: number, what: string) => void;
  /** Ends the drawing; nothing half-drawn stays behind. */
  readonly signal: AbortSignal;
  /** Which ones; usually all. */
  readonly pictures?: readonly Picture[];
}

/**
 * Draws the sample pictures that are missing or of an older version; about 15 seconds on two cores, on threads of its
 * own. Does nothing, and reports nothing, when all are there.
 *
 * @throws the signal's reason, and what the file system says
 */
export async function ensureSamples(options: SampleOptions): Promise<void> {
  const { folder, onProgress, signal, pictures = SAMPLE_PICTURES } = options;
  signal.throwIfAborted();
  await mkdir(folder, { recursive: true });
  await removeAbandoned(folder);
  const editions = pictures.map((picture) => ({ picture, version: SAMPLES_VERSION }));
  const states = await Promise.all(editions.map((edition) => isCurrent(pathOf(folder, edition.picture.name), edition)));
  const missing = editions.filter((_, index) => !states[index]);
  for (const [index, edition] of missing.entries()) {
    const report = (fraction: number) => onProgress((index + fraction) / missing.length, edition.picture.title);
    report(0);
    await writeSample(pathOf(folder, edition.picture.name), edition, { signal, onProgress: report });
  }
}

function pathOf(folder: string, name: string): string {
  return join(folder, `${name}.tif`);
}
