import { dusk } from './dusk.ts';
import { mandelbrot } from './mandelbrot.ts';
import type { Picture } from './picture.ts';

/** To be raised with every change that shows: files of other versions are drawn anew. */
export const SAMPLES_VERSION = 1;

/** What a visitor sees first, in the order it is drawn. */
export const SAMPLE_PICTURES: readonly Picture[] = [dusk(3200), mandelbrot(8192)];

/** The picture of that name and height in pixels, undefined where there is none. */
export function createPicture(name: string, height: number): Picture | undefined {
  return [dusk, mandelbrot].map((create) => create(height)).find((picture) => picture.name === name);
}
