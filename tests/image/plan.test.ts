import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { gridOf, isInside, type Rect, type Size } from '../../image/geometry.ts';
import { chooseLevel, levelWindow, planRender, type RenderPlan } from '../../image/plan.ts';
import { type ResolvedRequest, UPRIGHT } from '../../image/request.ts';
import type { Level, Pyramid } from '../../image/source.ts';
import { tileExtent } from '../../image/tile-grid.ts';
import { anyHalvedPyramid, halvedPyramid } from './arbitraries.ts';

const TILE = { width: 256, height: 256 };
const RGB = { bands: 3 };

/** A region inside the image, in whole pixels, and a size it is to become. */
const anyView = anyHalvedPyramid.chain((levels) => {
  const [{ width, height }] = levels;
  return fc
    .record({
      x: fc.integer({ min: 0, max: width - 1 }),
      y: fc.integer({ min: 0, max: height - 1 }),
      right: fc.integer({ min: 1, max: width }),
      bottom: fc.integer({ min: 1, max: height }),
      scale: fc.constantFrom(1, 2, 3, 4, 5.5, 16),
    })
    .map(({ x, y, right, bottom, scale }) => {
      const region = { x, y, width: Math.max(1, right - x), height: Math.max(1, bottom - y) };
      return {
        levels,
        region,
        size: { width: atLeast1(region.width / scale), height: atLeast1(region.height / scale) },
      };
    });
});

describe('chooseLevel', () => {
  it('never falls short of the output by a pixel or more, unless nothing finer is there', () => {
    const property = fc.property(anyView, ({ levels, region, size }) => {
      const level = chooseLevel(levels, region, size);
      assert.ok(level === levels[0] || shortfall(level, levels[0], region, size) < 1);
    });
    fc.assert(property);
  });

  it('takes the coarsest of the levels that have a pixel for every output pixel', () => {
    const property = fc.property(anyView, ({ levels, region, size }) => {
      const level = chooseLevel(levels, region, size);
      const coarser = levels.slice(levels.indexOf(level) + 1);
      assert.ok(coarser.every((other) => shortfall(other, levels[0], region, size) > 0));
    });
    fc.assert(property);
  });

  it('reads the coarsest level for the whole image as one pixel', () => {
    const property = fc.property(anyHalvedPyramid, (levels) => {
      assert.equal(chooseLevel(levels, levels[0], { width: 1, height: 1 }), levels.at(-1));
    });
    fc.assert(property);
  });

  it('reads the full level for any region at its own size', () => {
    const property = fc.property(anyView, ({ levels, region }) => {
      assert.equal(chooseLevel(levels, region, region), levels[0]);
    });
    fc.assert(property);
  });

  it('reads the full level for what is enlarged', () => {
    const levels = halvedPyramid({ width: 1000, height: 700 }, TILE, 'floor');
    const region = { x: 1, y: 1, width: 10, height: 10 };
    assert.equal(chooseLevel(levels, region, { width: 500, height: 500 }), levels[0]);
  });
});

describe('levelWindow', () => {
  it('lies inside the level, is never empty and covers what the region covers', () => {
    const property = fc.property(anyView, ({ levels, region }) => {
      for (const level of levels) {
        const window = levelWindow(region, level, levels[0]);
        assert.ok(isInside(window, level) && window.width >= 1 && window.height >= 1);
        assert.ok(Object.values(window).every(Number.isInteger));
        assertReaches(window, region, level);
      }
    });
    fc.assert(property);
  });
});

describe('planRender', () => {
  for (const rounding of ['floor', 'ceil', 'round'] as const) {
    it(`serves the whole tiles of 1025 x 769 halved with "${rounding}" as they are stored, through every grid`, () => {
      const levels = halvedPyramid({ width: 1025, height: 769 }, TILE, rounding);
      for (const { depth, cell } of wholeTiles(levels)) {
        for (const plan of plansOf(levels, depth, cell)) {
          assert.equal(plan.level, levels[depth]);
          assert.deepEqual(plan.storedTile, cell);
        }
      }
    });
  }

  it('takes every tile of the file from its own level', () => {
    const property = fc.property(anyHalvedPyramid, (levels) => {
      for (const [depth, level] of levels.entries()) {
        const { columns, rows } = gridOf(level, level.tile);
        const last = columns * rows - 1;
        for (const index of new Set([0, columns - 1, last - columns + 1])) {
          const extent = tileExtent({ grid: 'stored', level: levels.length - 1 - depth, index }, levels, UPRIGHT);
          const plan = planRender(requestFor(extent.region, extent.size), levels, RGB);
          const isOnePixel = extent.size.width === 1 && extent.size.height === 1;
          assert.ok(isOnePixel || plan.level === level, `level ${depth}, tile ${index}`);
        }
      }
    });
    fc.assert(property);
  });

  it('cuts a single pixel in the last corner from the full level', () => {
    for (const rounding of ['floor', 'ceil', 'round'] as const) {
      const levels = halvedPyramid({ width: 1025, height: 769 }, TILE, rounding);
      const plan = planRender(
        requestFor({ x: 1024, y: 768, width: 1, height: 1 }, { width: 1, height: 1 }),
        levels,
        RGB,
      );
      assert.equal(plan.level, levels[0]);
      assert.deepEqual(plan.window, { x: 1024, y: 768, width: 1, height: 1 });
      assert.equal(plan.storedTile, undefined);
    }
  });

  it('never hands out a stored tile where there is anything to do', () => {
    const levels = halvedPyramid({ width: 1024, height: 1024 }, TILE, 'floor');
    const whole = requestFor({ x: 256, y: 0, width: 256, height: 256 }, TILE);
    assert.deepEqual(planRender(whole, levels, RGB).storedTile, { column: 1, row: 0 });
    const changed: ResolvedRequest[] = [
      { ...whole, rotation: { mirror: true, degrees: 0 } },
      { ...whole, rotation: { mirror: false, degrees: 180 } },
      { ...whole, operations: { invert: true } },
      { ...whole, canvas: { width: 300, height: 256 } },
      { ...whole, quality: 'gray' },
      { ...whole, quality: 'bitonal' },
      { ...whole, format: { type: 'jpeg', quality: 75 } },
      { ...whole, size: { width: 255, height: 256 } },
      { ...whole, region: { x: 255, y: 0, width: 256, height: 256 } },
      { ...whole, region: { x: 256, y: 0, width: 512, height: 256 }, size: { width: 512, height: 256 } },
    ];
    for (const request of changed) assert.equal(planRender(request, levels, RGB).storedTile, undefined);
  });

  it('hands out a grey tile as it is only from a grey image', () => {
    const levels = halvedPyramid({ width: 256, height: 256 }, TILE, 'floor');
    const gray: ResolvedRequest = { ...requestFor({ x: 0, y: 0, ...TILE }, TILE), quality: 'gray' };
    assert.deepEqual(planRender(gray, levels, { bands: 1 }).storedTile, { column: 0, row: 0 });
    assert.equal(planRender(gray, levels, RGB).storedTile, undefined);
  });

  it('never hands out a cropped edge tile', () => {
    const levels = halvedPyramid({ width: 300, height: 300 }, TILE, 'floor');
    const edge = requestFor({ x: 256, y: 0, width: 44, height: 256 }, { width: 44, height: 256 });
    assert.equal(planRender(edge, levels, RGB).storedTile, undefined);
  });
});

/** How the four protocols ask for one stored tile that is whole: the address in each grid, and IIIF's region and size. */
function plansOf(levels: Pyramid, depth: number, { column, row }: { column: number; row: number }): RenderPlan[] {
  const level = levels.length - 1 - depth;
  const [full] = levels;
  const columns = Math.ceil((levels[depth]?.width ?? 0) / 256);
  const factor = 2 ** depth;
  const iiif = { x: column * 256 * factor, y: row * 256 * factor, width: 256 * factor, height: 256 * factor };
  const extents = [
    tileExtent({ grid: 'stored', level, index: row * columns + column }, levels, UPRIGHT),
    tileExtent({ grid: 'halved-up', overlap: 0, level: deepZoomLast(full) - depth, column, row }, levels, UPRIGHT),
    { region: iiif, size: TILE },
  ];
  return extents.map(({ region, size }) => planRender(requestFor(region, size), levels, RGB));
}

function deepZoomLast(full: Size): number {
  return Math.ceil(Math.log2(Math.max(full.width, full.height)));
}

/** Every tile of every level that the edges do not crop. */
function wholeTiles(levels: Pyramid) {
  return levels.flatMap((level, depth) => {
    const columns = Math.floor(level.width / 256);
    const count = columns * Math.floor(level.height / 256);
    return Array.from({ length: count }, (_, index) => {
      return { depth, cell: { column: index % columns, row: Math.floor(index / columns) } };
    });
  });
}

function requestFor(region: Rect, size: Size): ResolvedRequest {
  return { region, size, rotation: UPRIGHT, quality: 'color', format: { type: 'jpeg' }, purpose: 'tile' };
}

/** By how many pixels a level has too few for the output, in the worse direction; 0 or less when it has enough. */
function shortfall(level: Size, full: Size, region: Size, size: Size): number {
  const width = size.width - (region.width * level.width) / full.width;
  return Math.max(width, size.height - (region.height * level.height) / full.height);
}

/** Fails unless no more than the pixel that rounding cost the level is missing at either end. */
function assertReaches(window: Rect, region: Rect, level: Level): void {
  const factor = level.scaleFactor;
  assert.ok(window.x * factor <= region.x + 1e-6 || window.x === level.width - 1, 'starts early enough');
  const right = window.x + window.width;
  assert.ok(right === level.width || right * factor >= region.x + region.width - 1e-6, 'ends late enough');
}

function atLeast1(length: number): number {
  return Math.max(1, Math.round(length));
}
