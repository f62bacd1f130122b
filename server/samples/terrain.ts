import type { Samples } from '../../codecs/tiff-writer/samples.ts';
import { fractalNoise, ridgedNoise } from './noise.ts';
import { smoothstep } from './palette.ts';
import type { Picture } from './picture.ts';

const SEED = 811;
const HIGHEST = 3400;

/** Ground covered by the picture's side, in metres. */
const EXTENT = 24_000;

/** Mountains over a valley as 32-bit heights above the sea, in metres. */
export function terrain(side: number): Picture {
  return {
    name: 'terrain',
    title: 'Terrain: elevation in metres, 32-bit float',
    size: { width: side, height: side },
    storage: { photometric: 'gray', kind: 'float32', range: [0, HIGHEST] },
    draw(pixels, top) {
      pixels.set(drawElevations({ side, left: 0, top, width: side, rows: pixels.length / side }));
    },
  };
}

/** The directions that the same ground faces: red east, green north, blue up, each from -1 to 1 as 0 to 255. */
export function terrainNormals(side: number): Picture {
  const metres = EXTENT / side;
  return {
    name: 'terrain-normals',
    title: 'Terrain: normal map of the same ground, for hill shading',
    size: { width: side, height: side },
    storage: { photometric: 'rgb', kind: 'uint8' },
    draw(pixels, top) {
      const rows = pixels.length / 3 / side;
      const stride = side + 1; // one more to the right and below: slopes are differences
      const heights = drawElevations({ side, left: 0, top, width: stride, rows: rows + 1 });
      for (let y = 0; y < rows; y++) {
        for (let x = 0; x < side; x++) {
          const at = y * stride + x;
          const here = heights[at] ?? 0;
          const east = ((heights[at + 1] ?? 0) - here) / metres;
          const south = ((heights[at + stride] ?? 0) - here) / metres;
          paintNormal(pixels, (y * side + x) * 3, { east, south });
        }
      }
    },
  };
}

function paintNormal(pixels: Samples, target: number, { east, south }: { east: number; south: number }): void {
  const scale = 127.5 / Math.sqrt(east * east + south * south + 1);
  pixels[target] = 127.5 - east * scale;
  pixels[target + 1] = 127.5 + south * scale;
  pixels[target + 2] = 127.5 + scale;
}

/** A part of the picture of that side, in its pixels. */
interface Part {
  readonly side: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly rows: number;
}

function drawElevations({ side, left, top, width, rows }: Part): Float32Array {
  const heights = new Float32Array(width * rows);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < width; x++) heights[y * width + x] = elevation((left + x) / side, (top + y) / side);
  }
  return heights;
}

/** Of a place from 0 to 1: crests that rise from a winding valley with a lake at sea level. */
function elevation(x: number, y: number): number {
  const bend = 0.35 * fractalNoise(x * 2, y * 2, 3, SEED);
  const distance = Math.abs(x + bend - 0.72 - 0.12 * Math.sin(5 * y));
  const rise = smoothstep(0.02, 0.5, distance);
  // Turned and bent, or the crests would run along the grid that the noise is made on.
  const across = 2.4 * x + 1.8 * y + 1.5 * fractalNoise(x * 3, y * 3, 3, SEED + 60);
  const along = 2.4 * y - 1.8 * x + 1.5 * fractalNoise(x * 3, y * 3, 3, SEED + 70);
  const crests = ridgedNoise(across, along, 8, SEED + 20);
  const hills = fractalNoise(x * 7, y * 7, 7, SEED + 40);
  return Math.max(0, HIGHEST * (rise * (0.25 + 0.75 * crests) * 0.95 + 0.09 * hills - 0.04));
}
