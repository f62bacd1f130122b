import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ImageFacts } from '../../bench/image-facts.ts';
import { halfSizeRegions, oneTile, tiles, tilesAs, wholeImage } from '../../bench/queries.ts';

/** 4 x 3 tiles, of which 3 x 2 are whole. */
const IMAGE: ImageFacts = { file: 'a.tif', width: 1000, height: 700, tile: 256, levels: 3 };

function take(count: number, next: () => string): string[] {
  return Array.from({ length: count }, next);
}

describe('the requests of the benchmark', () => {
  it('ask for every whole tile once before any comes again', () => {
    const queries = take(6, tiles()(IMAGE));
    const expected = [0, 1, 2, 4, 5, 6].map((index) => `FIF=a.tif&JTL=2,${index}`);
    assert.deepEqual(queries.toSorted(), expected);
  });

  it('are the same for every server', () => {
    for (const queries of [tiles('&QLT=75'), tilesAs('png'), halfSizeRegions, wholeImage, oneTile]) {
      const large = { ...IMAGE, width: 20_000, height: 15_000 };
      assert.deepEqual(take(50, queries(large)), take(50, queries(large)));
    }
  });

  it('name the same tiles in IIIF as in IIP', () => {
    const cells = take(6, tilesAs('png')(IMAGE)).map((query) =>
      /\/(\d+),(\d+),256,256\/256,\/0\/default\.png$/.exec(query),
    );
    const indices = cells.map((match) => Number(match?.[1]) / 256 + (Number(match?.[2]) / 256) * 4);
    assert.deepEqual(
      indices.map((index) => `FIF=a.tif&JTL=2,${index}`),
      take(6, tiles()(IMAGE)),
    );
  });

  it('never ask for the same export twice', () => {
    assert.equal(new Set(take(100, wholeImage(IMAGE))).size, 100);
  });
});
