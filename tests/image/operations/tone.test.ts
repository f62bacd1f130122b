import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { IntegerPixels } from '../../../image/operations/eight-bits.ts';
import { fillGray, unfilledGray } from '../../../image/operations/grayscale.ts';
import { applyThreshold, otsuThreshold } from '../../../image/operations/threshold.ts';
import type { PixelBuffer } from '../../../image/source.ts';

type Bytes = PixelBuffer & { sample: 'uint8' };

function rowOf(bands: number, samples: number[]): Bytes {
  const data = Uint8Array.from(samples);
  const photometric = bands < 3 ? 'gray' : 'rgb';
  return {
    width: samples.length / bands,
    height: 1,
    bands,
    data,
    sample: 'uint8',
    photometric,
    hasAlpha: bands % 2 === 0,
  };
}

function grayOf(pixels: IntegerPixels): IntegerPixels {
  const gray = unfilledGray(pixels);
  fillGray(pixels, gray);
  return gray;
}

/** How often each byte occurs. */
function countsOf(samples: Uint8Array): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, value) => samples.filter((sample) => sample === value).length);
}

describe('greyscale', () => {
  it('weighs red, green and blue by BT.601 within one level', () => {
    const anySample = fc.integer({ min: 0, max: 255 });
    const property = fc.property(anySample, anySample, anySample, (red, green, blue) => {
      const [gray] = grayOf(rowOf(3, [red, green, blue])).data;
      const exact = 0.299 * red + 0.587 * green + 0.114 * blue;
      assert.ok(Math.abs(Number(gray) - exact) <= 1 + 1e-9); // cut, not rounded: a whole one where `exact` is whole
    });
    fc.assert(property);
  });

  it('keeps equal samples as they are', () => {
    for (let value = 0; value < 256; value++) {
      assert.deepEqual([...grayOf(rowOf(3, [value, value, value])).data], [value]);
    }
  });

  it('keeps equal samples of 16 bits, and their type', () => {
    const data = Uint16Array.from({ length: 3 * 65_536 }, (_, index) => Math.floor(index / 3));
    const { sample, data: gray } = grayOf({ ...rowOf(3, [...data]), sample: 'uint16', data });
    assert.equal(sample, 'uint16');
    assert.ok(gray.every((value, index) => value === index));
  });

  it('weighs 16 bits by BT.601, with alpha and without', () => {
    for (const more of [[], [7]]) {
      const data = Uint16Array.of(65_535, 0, 0, ...more, 0, 65_535, 0, ...more, 0, 0, 65_535, ...more);
      const gray = grayOf({ ...rowOf(3 + more.length, [...data]), sample: 'uint16', data });
      assert.deepEqual([...gray.data], [19_594, ...more, 38_469, ...more, 7470, ...more]);
    }
  });

  it('keeps opacity', () => {
    assert.deepEqual([...grayOf(rowOf(2, [10, 255, 20, 0])).data], [10, 255, 20, 0]);
    assert.deepEqual([...grayOf(rowOf(4, [10, 10, 10, 0, 20, 20, 20, 255])).data], [10, 0, 20, 255]);
  });
});

describe('threshold', () => {
  it('lies between two separate groups of values', () => {
    const property = fc.property(
      // Groups so narrow that parting one of them never pays more than parting the two, however few the other has.
      fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 10 }),
      fc.array(fc.integer({ min: 235, max: 255 }), { minLength: 1, maxLength: 10 }),
      (dark, light) => {
        const threshold = otsuThreshold(countsOf(Uint8Array.from([...dark, ...light])));
        const drawn = applyThreshold(rowOf(1, [...dark, ...light]), threshold).data;
        assert.deepEqual([...drawn], [...dark.map(() => 0), ...light.map(() => 255)]);
      },
    );
    fc.assert(property);
  });

  it('leaves opacity alone', () => {
    assert.deepEqual(
      [...applyThreshold(rowOf(2, [10, 7, 200, 0, 99, 255, 100, 128]), 100).data],
      [0, 7, 255, 0, 0, 255, 255, 128],
    );
  });

  it('parts black from white where there is nothing else', () => {
    const threshold = otsuThreshold(countsOf(Uint8Array.of(0, 0, 0, 255)));
    assert.deepEqual([...applyThreshold(rowOf(1, [0, 255]), threshold).data], [0, 255]);
  });
});
