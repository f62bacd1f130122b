import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesOf, processed } from './processed.ts';

/** First, middle and last colour as matplotlib draws them: entries 0, 128 and 255 of each map. */
const COLOURS = {
  viridis: [68, 1, 84, 33, 145, 140, 253, 231, 37],
  plasma: [13, 8, 135, 204, 71, 120, 240, 249, 33],
  inferno: [0, 0, 4, 188, 55, 84, 252, 255, 164],
  magma: [0, 0, 4, 183, 55, 121, 252, 253, 191],
  cividis: [0, 34, 78, 125, 124, 120, 254, 232, 56],
  turbo: [48, 18, 59, 164, 252, 60, 122, 4, 3],
} as const;

const ALL_BYTES = Array.from({ length: 256 }, (_, value) => value);

/** CIE lightness of sRGB, 0 to 100. */
function lightnessOf([red = 0, green = 0, blue = 0]: number[]): number {
  const linear = (sample: number) => (sample <= 10 ? sample / 255 / 12.92 : ((sample / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  return luminance > 0.008856 ? 116 * Math.cbrt(luminance) - 16 : 903.3 * luminance;
}

describe('perceptual colour maps', () => {
  for (const name of ['viridis', 'plasma', 'inferno', 'magma', 'cividis', 'turbo'] as const) {
    it(`${name} has the colours it is known for`, () => {
      const samples = processed(bytesOf(1, [0, 128, 255]), { colourMap: name });
      samples.forEach((sample, index) => {
        assert.ok(Math.abs(sample - (COLOURS[name][index] ?? 0)) <= 1, `${samples}`);
      });
    });
  }

  for (const name of ['viridis', 'plasma', 'inferno', 'magma', 'cividis'] as const) {
    it(`${name} grows lighter with the value, in even steps`, () => {
      const samples = processed(bytesOf(1, ALL_BYTES), { colourMap: name });
      const lightness = ALL_BYTES.map((value) => lightnessOf(samples.slice(value * 3, value * 3 + 3)));
      const whole = (lightness[255] ?? 0) - (lightness[0] ?? 0);
      for (let value = 16; value < 256; value++) {
        const step = (lightness[value] ?? 0) - (lightness[value - 16] ?? 0);
        assert.ok(step > 0 && step < (3 * 16 * whole) / 255, `${value}: ${step}`);
      }
    });
  }

  it('go on evenly between the 256 colours where samples are finer', () => {
    const data = Uint16Array.from({ length: 65_536 }, (_, value) => value);
    const fine = {
      width: 256,
      height: 256,
      bands: 1,
      photometric: 'gray',
      hasAlpha: false,
      sample: 'uint16',
      data,
    } as const;
    const samples = processed(fine, { colourMap: 'turbo' }, { white: 65_535 });
    for (let at = 3; at < samples.length; at++) {
      assert.ok(Math.abs((samples[at] ?? 0) - (samples[at - 3] ?? 0)) < 200, `${at}`); // 257 would be a step of a byte
    }
  });
});
