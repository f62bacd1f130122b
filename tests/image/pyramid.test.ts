import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { pyramidOf } from '../../image/pyramid.ts';
import { anyRounding, anySize, halvedPyramid } from './arbitraries.ts';

const TILE = { width: 256, height: 256 };

describe('pyramidOf', () => {
  it('sees the powers of two in sizes halved and rounded either way, while a level has 8 pixels', () => {
    const property = fc.property(anySize, anyRounding, (full, rounding) => {
      const levels = halvedPyramid(full, { width: 8, height: 8 }, rounding);
      for (const [depth, level] of levels.entries()) {
        if (Math.min(level.width, level.height) >= 8) assert.equal(level.scaleFactor, 2 ** depth);
      }
    });
    fc.assert(property);
  });

  it('sees other whole reductions', () => {
    const sizes = [900, 300, 100].map((side) => ({ width: side, height: side, tile: TILE }));
    const [full, third, ninth] = sizes;
    assert.ok(full && third && ninth);
    assert.deepEqual(
      pyramidOf([full, third, ninth]).map((level) => level.scaleFactor),
      [1, 3, 9],
    );
  });

  it('keeps the exact ratio of a level that is no whole reduction', () => {
    const levels = pyramidOf([
      { width: 1500, height: 900, tile: TILE },
      { width: 1000, height: 600, tile: TILE },
    ]);
    assert.equal(levels[1]?.scaleFactor, 1.5);
  });
});
