import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { rotate } from '../../../image/operations/rotate.ts';
import type { PixelBuffer } from '../../../image/source.ts';

type Bytes = PixelBuffer & { sample: 'uint8' };

const anyPixels = fc
  .record({
    width: fc.integer({ min: 1, max: 9 }),
    height: fc.integer({ min: 1, max: 9 }),
    bands: fc.integer({ min: 1, max: 4 }),
  })
  .chain(({ width, height, bands }) =>
    fc
      .uint8Array({ minLength: width * height * bands, maxLength: width * height * bands })
      .map(
        (data): Bytes => ({ width, height, bands, data, sample: 'uint8', photometric: 'rgb', hasAlpha: bands === 4 }),
      ),
  );

const anyTurn = fc.constantFrom(0, 90, 180, 270);

/** The pixel at a place, as a list of its samples. */
function pixelAt(pixels: Bytes, x: number, y: number): number[] {
  const start = (y * pixels.width + x) * pixels.bands;
  return [...pixels.data.subarray(start, start + pixels.bands)];
}

/** Where a pixel of a picture goes when it is turned clockwise once. */
function turnOnce(pixels: Bytes): Bytes {
  const { width, height, bands } = pixels;
  const data = new Uint8Array(pixels.data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(pixelAt(pixels, x, y), (x * height + (height - 1 - y)) * bands);
  }
  return { ...pixels, width: height, height: width, data };
}

describe('rotation', () => {
  it('turns clockwise by 90 degrees at a time', () => {
    const property = fc.property(anyPixels, anyTurn, (pixels, degrees) => {
      let expected = pixels;
      for (let turned = 0; turned < degrees; turned += 90) expected = turnOnce(expected);
      assert.deepEqual(rotate(pixels, { mirror: false, degrees }), expected);
    });
    fc.assert(property);
  });

  it('mirrors left to right before it turns', () => {
    const property = fc.property(anyPixels, anyTurn, (pixels, degrees) => {
      const mirrored = rotate(pixels, { mirror: true, degrees: 0 });
      for (let x = 0; x < pixels.width; x++) {
        assert.deepEqual(pixelAt(mirrored, x, 0), pixelAt(pixels, pixels.width - 1 - x, 0));
      }
      assert.deepEqual(rotate(pixels, { mirror: true, degrees }), rotate(mirrored, { mirror: false, degrees }));
    });
    fc.assert(property);
  });

  it('comes back after four quarter turns and after two mirrorings', () => {
    const property = fc.property(anyPixels, (pixels) => {
      let turned = pixels;
      for (let count = 0; count < 4; count++) turned = rotate(turned, { mirror: false, degrees: 90 });
      assert.deepEqual(turned, pixels);
      const twice = rotate(rotate(pixels, { mirror: true, degrees: 0 }), { mirror: true, degrees: 0 });
      assert.deepEqual(twice, pixels);
    });
    fc.assert(property);
  });
});
