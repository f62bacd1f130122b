import { colourPlane } from './colour-plane.ts';
import { dusk } from './dusk.ts';
import { mandelbrot } from './mandelbrot.ts';
import { nebula } from './nebula.ts';
import type { Picture } from './picture.ts';
import { spectra } from './spectra.ts';
import { terrain, terrainNormals } from './terrain.ts';

/** To be raised with every change that shows: files of other versions are drawn anew. */
export const SAMPLES_VERSION = 1;

/** What a visitor sees first, in the order it is drawn. */
export const SAMPLE_PICTURES: readonly Picture[] = [
  dusk(3200),
  mandelbrot(8192),
  terrain(2048),
  terrainNormals(2048),
  spectra(512),
  colourPlane(2048),
  nebula(2048),
];

const PAINTERS = [dusk, mandelbrot, terrain, terrainNormals, spectra, colourPlane, nebula];

/** The picture of that name and height in pixels, undefined where there is none. */
export function createPicture(name: string, height: number): Picture | undefined {
  return PAINTERS.map((create) => create(height)).find((picture) => picture.name === name);
}
