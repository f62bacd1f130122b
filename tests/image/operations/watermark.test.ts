import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { IntegerPixels } from '../../../image/operations/eight-bits.ts';
import { type Mark, markOf } from '../../../image/operations/mark.ts';
import { scatteredGrid, seedOf } from '../../../image/operations/mark-grid.ts';
import { type Frame, layMarks, type MarkGrid } from '../../../image/operations/watermark.ts';

const AT_FULL_SIZE: Frame = { x: 0, y: 0, stepX: 1, stepY: 1 };

/** A mark in the corner of the one cell that is looked at. */
const IN_THE_CORNER: MarkGrid = { cell: { width: 64, height: 64 }, placeIn: () => ({ x: 0, y: 0 }) };

/** A mark of one pixel. */
const dot = (rgba: number[], opacity = 1): Mark =>
  markOf({ width: 1, height: 1, data: Uint8Array.from(rgba) }, opacity);

function pixel(samples: number[], hasAlpha = false): IntegerPixels {
  const photometric = samples.length < 3 ? 'gray' : 'rgb';
  const shape = { width: 1, height: 1, bands: samples.length, photometric, hasAlpha } as const;
  return Math.max(...samples) > 255
    ? { ...shape, sample: 'uint16', data: Uint16Array.from(samples) }
    : { ...shape, sample: 'uint8', data: Uint8Array.from(samples) };
}

function marked(pixels: IntegerPixels, mark: Mark, frame = AT_FULL_SIZE, grid = IN_THE_CORNER): number[] {
  layMarks(pixels, { start: 0, end: pixels.height }, frame, { mark, grid });
  return [...pixels.data];
}

/** Grey pixels of one value. */
function plain(width: number, height: number, value: number): IntegerPixels {
  const data = new Uint8Array(width * height).fill(value);
  return { width, height, bands: 1, photometric: 'gray', hasAlpha: false, sample: 'uint8', data };
}

describe('a watermark with transparency', () => {
  const red = [200, 0, 0, 51]; // a fifth opaque

  it('covers what is below it as far as it is opaque', () => {
    assert.deepEqual(marked(pixel([100, 100, 100]), dot(red)), [120, 80, 80]);
    assert.deepEqual(marked(pixel([100, 100, 100]), dot(red, 0.5)), [110, 90, 90]);
    assert.deepEqual(marked(pixel([100, 100, 100]), dot([0, 0, 0, 254])), [0, 0, 0]);
  });

  it('shows dark on light, which adding light cannot', () => {
    assert.deepEqual(marked(pixel([255]), dot([0, 0, 0, 102])), [153]);
  });

  it('is grey on grey: 0.299 of 200 is 59.8', () => {
    assert.deepEqual(marked(pixel([100]), dot(red)), [92]); // 80 + 11.96
  });

  it('is as strong in 16 bits', () => {
    assert.deepEqual(marked(pixel([25_700, 25_700, 25_700]), dot(red)), [30_840, 20_560, 20_560]);
  });

  it('makes transparent pixels as opaque as it is itself', () => {
    assert.deepEqual(marked(pixel([10, 20, 30, 0], true), dot(red)), [200, 0, 0, 51]);
    // 0.2 + 0.5 × 0.8 = 0.6 opaque: (0.2 × 200 + 0.4 × 100) ÷ 0.6 = 133.3 and 0.4 × 100 ÷ 0.6 = 66.7.
    const [r, g, b, alpha] = marked(pixel([100, 100, 100, 128], true), dot(red));
    assert.deepEqual([r, g, b, alpha], [133, 67, 67, 153]);
    assert.deepEqual(marked(pixel([10, 20, 30, 0], true), dot([9, 9, 9, 0])), [10, 20, 30, 0]);
  });
});

describe('a watermark without transparency', () => {
  it('adds light and is cut at white', () => {
    assert.deepEqual(marked(pixel([100, 200, 0]), dot([50, 100, 0, 255])), [150, 255, 0]);
    assert.deepEqual(marked(pixel([100, 200, 0]), dot([50, 100, 0, 255], 0.5)), [125, 250, 0]);
    assert.deepEqual(marked(pixel([100, 200, 0, 7], true), dot([50, 100, 0, 255])), [150, 255, 0, 7]);
  });
});

describe('places of watermarks', () => {
  const anyMark = fc
    .record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) })
    .chain(({ width, height }) =>
      fc
        .uint8Array({ minLength: width * height * 4, maxLength: width * height * 4 })
        .map((data) => markOf({ width, height, data }, 1)),
    );

  it('are the same for a part of a picture as for all of it', () => {
    const at = fc.record({ x: fc.nat(60), y: fc.nat(60), step: fc.constantFrom(1, 2, 3, 8) });
    const property = fc.property(anyMark, at, fc.nat(), (mark, { x, y, step }, seed) => {
      const grid = scatteredGrid({ width: 50, height: 50 }, mark, { seed, probability: 0.7 });
      const whole = plain(100, 100, 90);
      marked(whole, mark, { x: 0, y: 0, stepX: step, stepY: step }, grid);
      const part = plain(30, 20, 90);
      marked(part, mark, { x: x * step, y: y * step, stepX: step, stepY: step }, grid);
      for (let row = 0; row < 20; row++) {
        const from = (y + row) * 100 + x;
        assert.deepEqual(part.data.slice(row * 30, row * 30 + 30), whole.data.slice(from, from + 30));
      }
    });
    fc.assert(property, { numRuns: 60 });
  });

  it('give a reduced picture the mean of what they give the picture', () => {
    const property = fc.property(anyMark, fc.nat(), fc.constantFrom(2, 4, 7), (mark, seed, step) => {
      const grid = scatteredGrid({ width: 50, height: 50 }, mark, { seed, probability: 0.7 });
      const full = plain(84, 84, 90);
      marked(full, mark, AT_FULL_SIZE, grid);
      const side = 84 / step;
      const reduced = plain(side, side, 90);
      marked(reduced, mark, { x: 0, y: 0, stepX: step, stepY: step }, grid);
      const mean = (column: number, row: number) => {
        let sum = 0;
        for (let y = 0; y < step; y++) {
          for (let x = 0; x < step; x++) sum += Number(full.data[(row * step + y) * 84 + column * step + x]);
        }
        return sum / step ** 2;
      };
      reduced.data.forEach((sample, index) => {
        const expected = mean(index % side, Math.floor(index / side));
        assert.ok(Math.abs(sample - expected) <= 1.01, `${sample} for ${expected}`);
      });
    });
    fc.assert(property, { numRuns: 40 });
  });

  const placesAt = (probability: number) => {
    const scatter = { seed: 7, probability };
    const { placeIn } = scatteredGrid({ width: 512, height: 512 }, { width: 112, height: 12 }, scatter);
    return Array.from({ length: 10_000 }, (_, cell) => placeIn(cell % 100, Math.floor(cell / 100)) ?? []).flat();
  };

  it('hold as many marks as is likely', () => {
    assert.equal(placesAt(0).length, 0);
    assert.equal(placesAt(1).length, 10_000);
    const count = placesAt(0.3).length;
    assert.ok(Math.abs(count - 3000) < 275, `${count}`); // six standard deviations of a binomial distribution
  });

  it('are spread over all of the cell, wholly inside', () => {
    const places = placesAt(1);
    for (const { x, y } of places) assert.ok(x >= 0 && x <= 400 && y >= 0 && y <= 500);
    const mean = places.reduce((sum, { x }) => sum + x, 0) / places.length;
    assert.ok(Math.abs(mean - 200) < 8, `${mean}`); // seven standard deviations of the mean
    assert.ok(new Set(places.map(({ x }) => x)).size > 395 && new Set(places.map(({ y }) => y)).size > 495);
  });

  it('depend on the image and on nothing else', () => {
    const placesOf = (name: string) => {
      const { placeIn } = scatteredGrid(
        { width: 512, height: 512 },
        { width: 10, height: 10 },
        { seed: seedOf(name), probability: 1 },
      );
      return JSON.stringify([placeIn(0, 0), placeIn(1, 0), placeIn(0, 1)]);
    };
    assert.equal(placesOf('one'), placesOf('one'));
    assert.notEqual(placesOf('one'), placesOf('other'));
  });

  it('keep a mark that is larger than its cell at its corner, cut', () => {
    const mark = markOf({ width: 9, height: 9, data: new Uint8Array(9 * 9 * 4).fill(255) }, 1);
    const grid = scatteredGrid({ width: 4, height: 4 }, mark, { seed: 1, probability: 1 });
    assert.deepEqual(grid.placeIn(3, 5), { x: 0, y: 0 });
    assert.deepEqual(new Set(marked(plain(8, 8, 0), mark, AT_FULL_SIZE, grid)), new Set([255]));
  });
});
