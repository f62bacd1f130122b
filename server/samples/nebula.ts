import { fractalNoise, hash, ridgedNoise } from './noise.ts';
import type { Picture } from './picture.ts';

const SEED = 271;
const WHITE = 65_535;
const STAR_CELL = 24;

/** Clouds and stars of very different brightness: most of it lies in the lowest of the 16 bits. */
export function nebula(side: number): Picture {
  return {
    name: 'nebula',
    title: 'Nebula: 16-bit grey, for contrast and gamma',
    size: { width: side, height: side },
    storage: { photometric: 'gray', kind: 'uint16' },
    draw(pixels, top) {
      for (let index = 0; index < pixels.length; index++) {
        const column = index % side;
        const row = top + Math.floor(index / side);
        const light = glow(column / side, row / side) + starlight(column, row) + 0.002 * hash(column, row, SEED);
        pixels[index] = WHITE * Math.min(1, light);
      }
    },
  };
}

function glow(x: number, y: number): number {
  const warp = fractalNoise(x * 2, y * 2, 4, SEED);
  const cloud = fractalNoise(x * 4 + 2 * warp, y * 4 - warp, 7, SEED + 7);
  const filaments = ridgedNoise(x * 3 - warp, y * 3 + warp, 6, SEED + 19);
  return 0.9 * cloud ** 4 * (0.4 + 1.6 * filaments ** 2) + 0.004;
}

/** At most one star to a cell, away from its edges, with a power law of brightness. */
function starlight(column: number, row: number): number {
  const cellX = Math.floor(column / STAR_CELL);
  const cellY = Math.floor(row / STAR_CELL);
  const centreX = (cellX + 0.3 + 0.4 * hash(cellX, cellY, SEED + 31)) * STAR_CELL;
  const centreY = (cellY + 0.3 + 0.4 * hash(cellX, cellY, SEED + 32)) * STAR_CELL;
  const strength = 2 * hash(cellX, cellY, SEED + 33) ** 16;
  const distance = (column - centreX) ** 2 + (row - centreY) ** 2;
  return distance > 49 ? 0 : strength * Math.exp(-distance / 3);
}
