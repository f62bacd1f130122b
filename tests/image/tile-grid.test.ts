import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TileNotFound } from '../../image/errors.ts';
import { gridOf, type Rect, type Size } from '../../image/geometry.ts';
import { pyramidOf } from '../../image/pyramid.ts';
import { type Rotation, UPRIGHT } from '../../image/request.ts';
import type { Pyramid } from '../../image/source.ts';
import {
  deepZoomLevelCount,
  paddedLevelCount,
  servedTile,
  servedTileSide,
  tileExtent,
  zoomifyTiers,
} from '../../image/tile-grid.ts';
import { anySize, anySmallPyramid, halvedPyramid } from './arbitraries.ts';

const TILE = { width: 256, height: 256 };
const plainImage = halvedPyramid({ width: 1000, height: 700 }, TILE, 'floor');

/** Deep Zoom's level sizes by the words of the format: halve and round up until 1 x 1. */
function bruteForceLevels(full: Size): Size[] {
  const levels = [full];
  let { width, height } = full;
  while (width > 1 || height > 1) {
    width = Math.ceil(width / 2);
    height = Math.ceil(height / 2);
    levels.unshift({ width, height });
  }
  return levels;
}

/** The tiles that a viewer asks of one level of a square grid, with their positions on that level. */
function squareGrid(levels: Pyramid, grid: 'halved-up' | 'halved-down', level: number, size: Size) {
  const side = servedTileSide(levels);
  const { columns, rows } = gridOf(size, { width: side, height: side });
  return Array.from({ length: columns * rows }, (_, index) => {
    const column = index % columns;
    const row = Math.floor(index / columns);
    const cell = { level, column, row };
    const address = grid === 'halved-up' ? { grid, ...cell, overlap: 0 } : { grid, ...cell };
    const extent = tileExtent(address, levels, UPRIGHT);
    return { at: { x: column * side, y: row * side, ...extent.size }, region: extent.region };
  });
}

/** Paints the rectangles and fails unless every pixel of the area was painted exactly once. */
function assertCoversOnce(rects: readonly Rect[], area: Size): void {
  const painted = new Uint8Array(area.width * area.height);
  for (const { x, y, width, height } of rects) {
    assert.ok(x >= 0 && y >= 0 && width >= 1 && height >= 1, 'no tile is empty');
    assert.ok(x + width <= area.width && y + height <= area.height, 'no tile leaves the area');
    for (let row = y; row < y + height; row++) {
      const start = row * area.width + x;
      for (let at = start; at < start + width; at++) painted[at] = (painted[at] ?? 0) + 1;
    }
  }
  assert.ok(
    painted.every((times) => times === 1),
    'every pixel is painted exactly once',
  );
}

describe('the grid of Deep Zoom', () => {
  it('has the levels that halving and rounding up gives', () => {
    const property = fc.property(anySize, (full) => {
      assert.equal(deepZoomLevelCount(full), bruteForceLevels(full).length);
    });
    fc.assert(property);
  });

  it('counts the levels right at every power of two', () => {
    for (let power = 0; power <= 31; power++) {
      assert.equal(deepZoomLevelCount({ width: 2 ** power, height: 1 }), power + 1);
      if (power > 1) assert.equal(deepZoomLevelCount({ width: 2 ** power - 1, height: 1 }), power + 1);
      if (power < 31) assert.equal(deepZoomLevelCount({ width: 1, height: 2 ** power + 1 }), power + 2);
    }
  });

  it('covers every level once, without overlap, and every region of the image', () => {
    const property = fc.property(anySmallPyramid, (levels) => {
      const full = levels[0];
      for (const [level, size] of bruteForceLevels(full).entries()) {
        const tiles = squareGrid(levels, 'halved-up', level, size);
        assertCoversOnce(
          tiles.map(({ at }) => at),
          size,
        );
        assertCoversOnce(
          tiles.map(({ region }) => region),
          full,
        );
      }
    });
    fc.assert(property);
  });

  it('ends where the format says', () => {
    const beyond = [
      { level: 11, column: 0, row: 0 },
      { level: 10, column: 4, row: 0 },
      { level: 10, column: 0, row: 3 },
      { level: 8, column: 1, row: 0 },
      { level: 0, column: 0, row: 1 },
    ];
    for (const address of beyond) {
      assert.throws(() => tileExtent({ grid: 'halved-up', overlap: 0, ...address }, plainImage, UPRIGHT), TileNotFound);
    }
  });

  it('cuts the last tile at the edges of the image', () => {
    const corner = tileExtent({ grid: 'halved-up', overlap: 0, level: 10, column: 3, row: 2 }, plainImage, UPRIGHT);
    assert.deepEqual(corner.size, { width: 232, height: 188 });
    assert.deepEqual(corner.region, { x: 768, y: 512, width: 232, height: 188 });
  });
});

describe('the grid of overlapping tiles', () => {
  it('shows as many pixels of each neighbour that there is', () => {
    const at = (column: number, row: number) =>
      tileExtent({ grid: 'halved-up', level: 10, column, row, overlap: 2 }, plainImage, UPRIGHT);
    assert.deepEqual(at(0, 0).region, { x: 0, y: 0, width: 258, height: 258 });
    assert.deepEqual(at(1, 1).region, { x: 254, y: 254, width: 260, height: 260 });
    assert.deepEqual(at(3, 2), {
      region: { x: 766, y: 510, width: 234, height: 190 },
      size: { width: 234, height: 190 },
    });
    // A neighbour of less pixels than the overlap is shown whole.
    const narrow = halvedPyramid({ width: 257, height: 1 }, TILE, 'floor');
    const first = tileExtent({ grid: 'halved-up', level: 9, column: 0, row: 0, overlap: 2 }, narrow, UPRIGHT);
    assert.deepEqual(first.size, { width: 257, height: 1 });
  });

  it('counts overlaps in pixels of the level', () => {
    const { region, size } = tileExtent(
      { grid: 'halved-up', level: 9, column: 1, row: 0, overlap: 1 },
      plainImage,
      UPRIGHT,
    );
    assert.deepEqual(size, { width: 245, height: 257 });
    assert.deepEqual(region, { x: 510, y: 0, width: 490, height: 514 });
  });
});

describe('the grid of padded tiles', () => {
  const cell = (full: Size, level: number, column: number, row: number) =>
    tileExtent({ grid: 'padded', level, column, row }, halvedPyramid(full, TILE, 'floor'), UPRIGHT);

  it('begins with one tile for the whole image', () => {
    assert.deepEqual(cell({ width: 1000, height: 700 }, 0, 0, 0), {
      region: { x: 0, y: 0, width: 1000, height: 700 },
      size: { width: 250, height: 175 },
      canvas: TILE,
    });
    assert.deepEqual(cell({ width: 1, height: 1 }, 0, 0, 0), {
      region: { x: 0, y: 0, width: 1, height: 1 },
      size: { width: 1, height: 1 },
      canvas: TILE,
    });
    assert.deepEqual(cell({ width: 256, height: 256 }, 0, 0, 0).canvas, undefined);
  });

  it('has the levels that it takes to come to the full size, and no more', () => {
    const counts = [1, 256, 257, 512, 513, 1025].map((width) => paddedLevelCount({ width, height: 1 }));
    assert.deepEqual(counts, [1, 1, 2, 2, 3, 4]);
    for (const [level, column, row] of [
      [3, 0, 0],
      [2, 4, 0],
      [2, 0, 3],
      [0, 1, 0],
    ] as const) {
      assert.throws(() => cell({ width: 1000, height: 700 }, level, column, row), TileNotFound);
    }
  });

  it('covers every level once, without overlap', () => {
    const property = fc.property(anySmallPyramid, (levels) => {
      const full = levels[0];
      const count = paddedLevelCount(full);
      for (let level = 0; level < count; level++) {
        const scale = 2 ** (count - 1 - level);
        const size = { width: Math.ceil(full.width / scale), height: Math.ceil(full.height / scale) };
        const { columns, rows } = gridOf(size, TILE);
        const tiles = Array.from({ length: columns * rows }, (_, index) => {
          const [column, row] = [index % columns, Math.floor(index / columns)];
          const extent = tileExtent({ grid: 'padded', level, column, row }, levels, UPRIGHT);
          return { x: column * 256, y: row * 256, ...extent.size };
        });
        assertCoversOnce(tiles, size);
      }
    });
    fc.assert(property);
  });
});

describe('the grid of Zoomify', () => {
  it('has the tiers of the worked examples', () => {
    assert.deepEqual(zoomifyTiers({ width: 1000, height: 700 }, 256).map(shape), ['250x175', '500x350', '1000x700']);
    assert.deepEqual(zoomifyTiers({ width: 10_000, height: 8000 }, 256).map(shape), [
      '156x125',
      '312x250',
      '625x500',
      '1250x1000',
      '2500x2000',
      '5000x4000',
      '10000x8000',
    ]);
    assert.equal(zoomifyTiers({ width: 1025, height: 769 }, 256).length, 3);
  });

  it('has as many tiles as the worked examples', () => {
    const counts = (full: Size) => zoomifyTiers(full, 256).map((tier) => tilesOf(tier));
    assert.deepEqual(counts({ width: 1000, height: 700 }), [1, 4, 12]);
    assert.deepEqual(counts({ width: 10_000, height: 8000 }), [1, 2, 6, 20, 80, 320, 1280]);
    const sum = counts({ width: 1024, height: 1024 }).reduce((total, count) => total + count, 0);
    assert.equal(sum, 21);
  });

  it('ends in one tile, and never with an empty tier', () => {
    const property = fc.property(anySize, fc.constantFrom(16, 256), (full, side) => {
      const tiers = zoomifyTiers(full, side);
      const [first] = tiers;
      assert.ok(first && first.width <= side && first.height <= side);
      assert.ok(tiers.every(({ width, height }) => width >= 1 && height >= 1));
      assert.deepEqual(tiers.at(-1), full);
    });
    fc.assert(property);
  });

  it('covers every tier once, without overlap', () => {
    const property = fc.property(anySmallPyramid, (levels) => {
      for (const [level, size] of zoomifyTiers(levels[0], servedTileSide(levels)).entries()) {
        const tiles = squareGrid(levels, 'halved-down', level, size);
        assertCoversOnce(
          tiles.map(({ at }) => at),
          size,
        );
        assert.ok(tiles.every(({ region }) => isWithin(region, levels[0])));
      }
    });
    fc.assert(property);
  });

  it('answers the sliver that rounding up leaves, and nothing beyond it', () => {
    const levels = halvedPyramid({ width: 1025, height: 769 }, TILE, 'floor');
    const sliver = tileExtent({ grid: 'halved-down', level: 1, column: 2, row: 0 }, levels, UPRIGHT);
    assert.deepEqual(sliver, { region: { x: 1024, y: 0, width: 1, height: 512 }, size: { width: 1, height: 256 } });
    const beyond = [
      { level: 1, column: 3, row: 0 },
      { level: 1, column: 0, row: 2 },
      { level: 3, column: 0, row: 0 },
    ];
    for (const address of beyond) {
      assert.throws(() => tileExtent({ grid: 'halved-down', ...address }, levels, UPRIGHT), TileNotFound);
    }
  });
});

describe('the grid of the file', () => {
  it('covers every level once, without overlap', () => {
    const property = fc.property(anySmallPyramid, (levels) => {
      for (const [depth, level] of levels.entries()) {
        const { columns, rows } = gridOf(level, level.tile);
        const rects = Array.from({ length: columns * rows }, (_, index) => {
          const address = { grid: 'stored', level: levels.length - 1 - depth, index } as const;
          const { size, region } = tileExtent(address, levels, UPRIGHT);
          assert.ok(isWithin(region, levels[0]));
          return {
            x: (index % columns) * level.tile.width,
            y: Math.floor(index / columns) * level.tile.height,
            ...size,
          };
        });
        assertCoversOnce(rects, level);
      }
    });
    fc.assert(property);
  });

  it('gives the tile 232 x 188 of the worked example', () => {
    const last = tileExtent({ grid: 'stored', level: 2, index: 11 }, plainImage, UPRIGHT);
    assert.deepEqual(last, { region: { x: 768, y: 512, width: 232, height: 188 }, size: { width: 232, height: 188 } });
  });

  it('ends with the last tile of the finest level', () => {
    for (const address of [
      { level: 2, index: 12 },
      { level: 0, index: 1 },
      { level: 3, index: 0 },
    ]) {
      assert.throws(() => tileExtent({ grid: 'stored', ...address }, plainImage, UPRIGHT), TileNotFound);
    }
  });

  it('is turned and mirrored with the image', () => {
    const anyGrid = fc.record({ columns: fc.integer({ min: 1, max: 6 }), rows: fc.integer({ min: 1, max: 6 }) });
    const anyTurn = fc.record({ mirror: fc.boolean(), degrees: fc.constantFrom(0, 90, 180, 270) });
    const property = fc.property(anyGrid, anyTurn, ({ columns, rows }, rotation) => {
      const levels = pyramidOf([{ width: columns * 10, height: rows * 10, tile: { width: 10, height: 10 } }]);
      const seen = turnedIndices(columns, rows, rotation).flat();
      for (const [index, stored] of seen.entries()) {
        const { region } = tileExtent({ grid: 'stored', level: 0, index }, levels, rotation);
        const expected = { x: (stored % columns) * 10, y: Math.floor(stored / columns) * 10, width: 10, height: 10 };
        assert.deepEqual(region, expected);
      }
    });
    fc.assert(property);
  });
});

describe('servedTile', () => {
  it('is the stored tile, or 256 pixels where that is too large to hand out', () => {
    const of = (tile: Size) => servedTile(pyramidOf([{ width: 5000, height: 5000, tile }]));
    assert.deepEqual(of({ width: 128, height: 64 }), { width: 128, height: 64 });
    assert.deepEqual(of({ width: 1024, height: 1024 }), { width: 1024, height: 1024 });
    assert.deepEqual(of({ width: 5000, height: 1 }), { width: 256, height: 256 });
    assert.deepEqual(of({ width: 512, height: 2048 }), { width: 256, height: 256 });
  });
});

/** What a viewer sees of the cell numbers 0, 1, 2 … when the page they stand on is mirrored and then turned clockwise. */
function turnedIndices(columns: number, rows: number, { mirror, degrees }: Rotation): number[][] {
  let page = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => row * columns + column),
  );
  if (mirror) page = page.map((line) => line.toReversed());
  for (let turned = 0; turned < degrees; turned += 90) page = turnedOnce(page);
  return page;
}

/** A quarter turn clockwise: the first column, read upwards, becomes the first line. */
function turnedOnce(page: readonly (readonly number[])[]): number[][] {
  const [first = []] = page;
  return first.map((_, column) => page.map((line) => line[column] ?? Number.NaN).toReversed());
}

function isWithin(region: Rect, full: Size): boolean {
  const { x, y, width, height } = region;
  return x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= full.width && y + height <= full.height;
}

function shape({ width, height }: Size): string {
  return `${width}x${height}`;
}

function tilesOf(tier: Size): number {
  return Math.ceil(tier.width / 256) * Math.ceil(tier.height / 256);
}
