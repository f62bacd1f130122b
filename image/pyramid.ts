import type { Size } from './geometry.ts';
import type { Level, Pyramid } from './source.ts';

/**
 * Gives each level its scale factor.
 *
 * @param sizes - sizes and tile sizes of the levels, finest first
 */
export function pyramidOf(sizes: readonly [Size & { tile: Size }, ...(Size & { tile: Size })[]]): Pyramid {
  const [full, ...rest] = sizes;
  return [levelOf(full, full), ...rest.map((size) => levelOf(size, full))];
}

/** Full-resolution pixels per level pixel in either direction: the scale factor where it is whole, else the exact ratio. */
export function levelScale(level: Level, full: Size): { readonly x: number; readonly y: number } {
  if (Number.isInteger(level.scaleFactor)) return { x: level.scaleFactor, y: level.scaleFactor };
  return { x: full.width / level.width, y: full.height / level.height };
}

function levelOf(level: Size & { tile: Size }, full: Size): Level {
  return { width: level.width, height: level.height, tile: level.tile, scaleFactor: scaleFactorOf(level, full) };
}

/**
 * Full-resolution width ÷ level width as the writer meant it. Writers halve and round, so a power of two is tried before
 * any other integer; a small level fits several.
 */
function scaleFactorOf(level: Size, full: Size): number {
  const ratio = Math.max(full.width / level.width, full.height / level.height);
  const candidates = [2 ** Math.round(Math.log2(ratio)), 2 ** Math.floor(Math.log2(ratio)), Math.round(ratio)];
  const isMeant = (factor: number) =>
    Math.abs(full.width / factor - level.width) < 1 && Math.abs(full.height / factor - level.height) < 1;
  return candidates.find(isMeant) ?? full.width / level.width;
}
