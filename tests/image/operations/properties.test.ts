import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { invertTone } from '../../../image/operations/tone.ts';
import type { Operations } from '../../../image/operations.ts';
import type { PixelBuffer } from '../../../image/source.ts';
import { bytesOf, processed } from './processed.ts';

const ALL_BYTES = bytesOf(
  1,
  Array.from({ length: 256 }, (_, value) => value),
);
const ALL_SHORTS: PixelBuffer = {
  width: 256,
  height: 256,
  bands: 1,
  photometric: 'gray',
  hasAlpha: false,
  sample: 'uint16',
  data: Uint16Array.from({ length: 65_536 }, (_, value) => value),
};

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** Operations on samples by themselves. */
const anyPointwise: fc.Arbitrary<Operations> = fc.record(
  {
    ranges: fc.array(
      fc.record({ band: fc.constantFrom(0, 'all' as const), min: real(-100, 70_000), max: real(-100, 70_000) }),
      {
        maxLength: 2,
      },
    ),
    gamma: fc.oneof(real(0.05, 5), fc.constant('log' as const)),
    invert: fc.constant(true as const),
    colourMap: fc.constantFrom('hot', 'cold', 'jet', 'red', 'viridis', 'turbo'),
    contrast: real(-1, 4),
  },
  { requiredKeys: [] },
);

const anyFloats = fc
  .array(fc.oneof(fc.float(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)), {
    minLength: 1,
    maxLength: 50,
  })
  .map((samples): PixelBuffer => {
    const data = Float32Array.from(samples);
    return { width: data.length, height: 1, bands: 1, photometric: 'gray', hasAlpha: false, sample: 'float32', data };
  });

describe('tables', () => {
  for (const pixels of [ALL_BYTES, ALL_SHORTS]) {
    for (const white of [255, 65_535] as const) {
      it(`give every sample of ${pixels.sample} what reckoning value by value gives it, white being ${white}`, () => {
        const property = fc.property(anyPointwise, (operations) => {
          if (Object.keys(operations).length === 0) return; // 16 bits lose their lower byte then
          const byTable = processed(pixels, operations, { white });
          assert.deepEqual(byTable, processed(pixels, operations, { white, isByValues: true }));
        });
        fc.assert(property, { numRuns: pixels.sample === 'uint8' ? 100 : 6 });
      });
    }
  }
});

describe('one factor and one sum', () => {
  it('come to what reckoning value by value comes to, also for what is no number', () => {
    const anyLinear = anyPointwise.map(({ gamma, colourMap, ...linear }) => linear);
    const property = fc.property(anyFloats, anyLinear, (pixels, operations) => {
      const direct = processed(pixels, operations);
      processed(pixels, operations, { isByValues: true }).forEach((sample, index) => {
        assert.ok(Math.abs(sample - Number(direct[index])) <= 1);
      });
    });
    fc.assert(property);
  });
});

describe('operations that come to nothing', () => {
  const changesNothing: Operations[] = [
    { gamma: 1 },
    { contrast: 1 },
    { kernel: [1] },
    { kernel: [0, 0, 0, 0, 3, 0, 0, 0, 0] },
    { ranges: [{ band: 'all', min: 0, max: 255 }] },
  ];
  for (const operations of changesNothing) {
    it(`${JSON.stringify(operations)} leaves every byte alone`, () => {
      assert.deepEqual(processed(ALL_BYTES, operations), [...ALL_BYTES.data]);
    });
  }

  it('a matrix with ones in its diagonal leaves every pixel alone', () => {
    const identity = {
      twist: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    };
    const property = fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 3, maxLength: 3 }), (rgb) => {
      assert.deepEqual(processed(bytesOf(3, rgb), identity), rgb);
    });
    fc.assert(property);
  });

  it('inverting twice gives every byte and every value back', () => {
    const once = processed(ALL_BYTES, { invert: true });
    assert.deepEqual(processed(bytesOf(1, once), { invert: true }), [...ALL_BYTES.data]);
    fc.assert(fc.property(real(0, 1), (value) => Math.abs(invertTone(invertTone(value)) - value) < 1e-15));
  });
});

describe('opacity', () => {
  const operations: Operations[] = [
    { invert: true },
    { gamma: 2 },
    { contrast: 0 },
    { colourMap: 'jet' },
    { twist: [[0, 1]] },
    { kernel: [1, 1, 1, 1, 1, 1, 1, 1, 1] },
    { ranges: [{ band: 'all', min: 100, max: 120 }] },
  ];
  for (const one of operations) {
    it(`stays as it is under ${Object.keys(one)}`, () => {
      const pixels: PixelBuffer = { ...bytesOf(1, [10, 0, 20, 77, 30, 255]), width: 3, bands: 2, hasAlpha: true };
      const samples = processed(pixels, one);
      const step = samples.length / 3;
      assert.deepEqual(
        [0, 1, 2].map((index) => samples[index * step + step - 1]),
        [0, 77, 255],
      );
    });
  }
});

describe('what is no number', () => {
  it('counts as black, also where it is inverted', () => {
    const data = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.5);
    const pixels: PixelBuffer = {
      width: 4,
      height: 1,
      bands: 1,
      photometric: 'gray',
      hasAlpha: false,
      sample: 'float32',
      data,
    };
    assert.deepEqual(processed(pixels, {}), [0, 0, 0, 128]);
    assert.deepEqual(processed(pixels, { invert: true }), [255, 255, 255, 128]);
    assert.deepEqual(processed(pixels, { gamma: 'log' }).slice(0, 3), [0, 0, 0]);
    assert.deepEqual(processed(pixels, { kernel: [0, 0, 0, 0, 1, 0, 0, 0, 0] }), [0, 0, 0, 128]);
  });
});
