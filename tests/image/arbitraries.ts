import fc from 'fast-check';
import type { Size } from '../../image/geometry.ts';
import { pyramidOf } from '../../image/pyramid.ts';
import type { Pyramid } from '../../image/source.ts';

/** How a writer rounds the halves of odd sizes. */
export type Rounding = 'floor' | 'ceil' | 'round';

export const anyRounding = fc.constantFrom<Rounding>('floor', 'ceil', 'round');

/** Sizes around and away from the multiples of tiles, one pixel wide included. */
export const anySize = fc.record({ width: anyLength(), height: anyLength() }, { noNullPrototype: true });

/** Pyramids as writers make them: halved until one tile holds the whole image. */
export const anyHalvedPyramid = fc
  .record({ full: anySize, tile: fc.constantFrom(16, 64, 100, 256), rounding: anyRounding })
  .map(({ full, tile, rounding }) => halvedPyramid(full, { width: tile, height: tile }, rounding));

/** Halves a size until it fits one tile, each level from the one before. */
export function halvedPyramid(full: Size, tile: Size, rounding: Rounding): Pyramid {
  const rest: (Size & { tile: Size })[] = [];
  let { width, height } = full;
  while (width > tile.width || height > tile.height) {
    width = Math.max(1, Math[rounding](width / 2));
    height = Math.max(1, Math[rounding](height / 2));
    rest.push({ width, height, tile });
  }
  return pyramidOf([{ ...full, tile }, ...rest]);
}

/** Pyramids small enough to paint every tile of every level. */
export const anySmallPyramid = fc
  .record({ width: smallLength(), height: smallLength(), tile: fc.constantFrom(5, 16, 64), rounding: anyRounding })
  .map(({ width, height, tile, rounding }) =>
    halvedPyramid({ width, height }, { width: tile, height: tile }, rounding),
  );

function smallLength() {
  return fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 260 }));
}

function anyLength() {
  return fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3000 }), fc.constantFrom(256, 512, 1025));
}
