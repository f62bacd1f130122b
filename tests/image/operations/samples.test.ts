import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Operations } from '../../../image/operations.ts';
import { bytesOf, processed } from './processed.ts';

/** Samples as IIP servers have always answered, within one: they cut where this one rounds. */
const ANSWERS: readonly (readonly [name: string, Operations, [bands: 1 | 3, given: number[]], expected: number[]])[] = [
  ['gamma 2', { gamma: 2 }, [1, [0, 64, 100, 200, 255]], [0, 16, 39, 156, 255]],
  ['gamma 0.5', { gamma: 0.5 }, [1, [0, 64, 255]], [0, 128, 255]],
  ['logarithm', { gamma: 'log' }, [1, [0, 1, 10, 64, 128, 255]], [0, 31, 110, 191, 223, 255]],
  ['inversion', { invert: true }, [1, [0, 128, 255]], [255, 126, 0]],
  ['contrast 1.5', { contrast: 1.5 }, [1, [100, 170, 255]], [150, 255, 255]],
  ['contrast 0', { contrast: 0 }, [1, [0, 255]], [0, 0]],
  [
    'hot',
    { colourMap: 'hot' },
    [1, [0, 64, 100, 200, 255]],
    [0, 0, 0, 192, 0, 0, 255, 45, 0, 255, 255, 90, 255, 255, 255],
  ],
  ['cold', { colourMap: 'cold' }, [1, [0, 100, 255]], [0, 0, 0, 0, 45, 255, 255, 255, 255]],
  [
    'jet',
    { colourMap: 'jet' },
    [1, [0, 64, 128, 200, 255]],
    [0, 0, 127, 0, 128, 255, 129, 255, 125, 255, 92, 0, 127, 0, 0],
  ],
  ['red', { colourMap: 'red' }, [1, [0, 77]], [0, 0, 0, 77, 0, 0]],
  ['green', { colourMap: 'green' }, [1, [77]], [0, 77, 0]],
  ['blue', { colourMap: 'blue' }, [3, [77, 1, 2]], [0, 0, 77]],
  ['a matrix of one row', { twist: [[0.5, 0, 0]] }, [3, [100, 7, 9]], [50]],
  ['a matrix that swaps', { twist: [[0, 0, 1], [0, 1], [1]] }, [3, [10, 20, 30]], [30, 20, 10]],
  [
    'a matrix with surplus columns',
    {
      twist: [
        [0.5, 9],
        [1, 9],
        [0, 9],
      ],
    },
    [1, [100]],
    [50, 100, 0],
  ],
  ['a matrix of two rows', { twist: [[1], [0, 1]] }, [3, [10, 20, 30]], [10]],
  [
    'hillshade',
    { hillshade: { azimuth: 45, elevation: 45 } },
    [3, [1, 1, 1, 10, 10, 10, 64, 64, 64, 100, 100, 100, 128, 128, 128, 255, 255, 255, 0, 0, 0]],
    [73, 67, 36, 15, 0, 0, 0],
  ],
  ['a range', { ranges: [{ band: 'all', min: 50, max: 150 }] }, [1, [0, 50, 100, 150, 255]], [0, 0, 128, 255, 255]],
  [
    'the last range of a band',
    {
      ranges: [
        { band: 'all', min: 0, max: 100 },
        { band: 1, min: 0, max: 200 },
        { band: 7, min: 0, max: 1 },
      ],
    },
    [3, [50, 50, 50]],
    [128, 64, 128],
  ],
  ['an empty range', { ranges: [{ band: 0, min: 100, max: 100 }] }, [1, [99, 100, 101]], [0, 0, 255]],
  ['a range upside down', { ranges: [{ band: 0, min: 255, max: 0 }] }, [1, [0, 55, 255]], [255, 200, 0]],
];

describe('operations', () => {
  for (const [name, operations, [bands, given], expected] of ANSWERS) {
    for (const isByValues of [false, true]) {
      it(`${name} gives the samples it always gave${isByValues ? ', value by value' : ''}`, () => {
        const samples = processed(bytesOf(bands, given), operations, { isByValues });
        assert.equal(samples.length, expected.length);
        samples.forEach((sample, index) => {
          assert.ok(Math.abs(sample - Number(expected[index])) <= 1, `${samples} is not ${expected}`);
        });
      });
    }
  }

  it('lights a slope by where it faces', () => {
    // East, north, west and south at 45 degrees, as a normal map has them: 0 to 255 for -1 to 1.
    const [low, high, up] = [37, 218, 218];
    const slopes = bytesOf(3, [high, 128, up, 128, high, up, low, 128, up, 128, low, up]);
    const brightest = [0, 90, 180, 270].map((azimuth) => {
      const light = processed(slopes, { hillshade: { azimuth, elevation: 1 } });
      return light.indexOf(Math.max(...light));
    });
    assert.equal(new Set(brightest).size, 4);
    assert.deepEqual(
      processed(slopes, { hillshade: { azimuth: -90, elevation: 1 } }),
      processed(slopes, { hillshade: { azimuth: 270, elevation: 1 } }),
    );
  });

  it('do one after the other, whatever the order they are given in', () => {
    // (100 ÷ 255) squared is 0.1538; inverted 0.8462; times 0.5 is 107.9.
    const all: Operations = { contrast: 0.5, invert: true, gamma: 2 };
    assert.deepEqual(processed(bytesOf(1, [100]), all), [108]);
    // Colours come after inversion: 255 - 55 is 200.
    assert.deepEqual(
      processed(bytesOf(1, [55]), { invert: true, colourMap: 'jet' }),
      processed(bytesOf(1, [200]), { colourMap: 'jet' }),
    );
  });
});
