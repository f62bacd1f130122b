import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCielabToRgb } from '../../codecs/cielab-to-rgb.ts';
import { loadKernels } from '../../codecs/kernels/load-kernels.ts';
import type { Part } from '../../image/operations/processing.ts';
import type { PixelBuffer } from '../../image/source.ts';

/** By the book: CIE 15 and IEC 61966-2-1, D65, in double precision. */
function srgbOf([lightness, a, b]: readonly [number, number, number]): number[] {
  const fy = (lightness + 16) / 116;
  const unroot = (t: number) => (t > 6 / 29 ? t ** 3 : 3 * (6 / 29) ** 2 * (t - 4 / 29));
  const [x, y, z] = [0.95047 * unroot(fy + a / 500), unroot(fy), 1.08883 * unroot(fy - b / 200)] as const;
  const light = [
    3.2404542 * x - 1.5371385 * y - 0.4985314 * z,
    -0.969266 * x + 1.8760108 * y + 0.041556 * z,
    0.0556434 * x - 0.2040259 * y + 1.0572252 * z,
  ];
  return light.map((linear) => {
    const clipped = Math.min(1, Math.max(0, linear));
    return 255 * (clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055);
  });
}

const COLOURS: readonly (readonly [number, number, number])[] = [
  [0, 0, 0],
  [100, 0, 0],
  [50, 0, 0],
  [3, 1, -2],
  [53, 80, 67],
  [87, -86, 83],
  [32, 79, -108],
  [60, -128, 127],
  [99, 127, -128],
];

type Encoded = Pick<PixelBuffer, 'sample'> & { readonly data: Uint8Array | Uint16Array | Float32Array };

/** The colours as TIFF encodes them, with one more band of `extra`. */
const ENCODINGS: Readonly<Record<string, (extra: number) => Encoded>> = {
  bytes: (extra) => ({
    sample: 'uint8',
    data: Uint8Array.from(COLOURS.flatMap(([l, a, b]) => [Math.round(l * 2.55), a & 255, b & 255, extra])),
  }),
  '16 bits': (extra) => ({
    sample: 'uint16',
    data: Uint16Array.from(
      COLOURS.flatMap(([l, a, b]) => [Math.round(l * 655.35), (a * 256) & 65_535, (b * 256) & 65_535, extra * 257]),
    ),
  }),
  'real numbers': (extra) => ({
    sample: 'float32',
    data: Float32Array.from(COLOURS.flatMap(([l, a, b]) => [l, a, b, extra / 255])),
  }),
};

function partOf({ sample, data }: Encoded, hasAlpha: boolean): Part {
  const [width, height] = [COLOURS.length, 1];
  const shape = { width, height, bands: 4, photometric: 'cielab', hasAlpha } as const;
  const pixels = pixelsOf(shape, sample, data);
  const nothing = new Float64Array(0);
  return { pixels, area: { x: 0, y: 0, width, height }, rows: { start: 0, end: 1 }, workspace: [nothing, nothing] };
}

function pixelsOf(
  shape: Omit<PixelBuffer, 'sample' | 'data'>,
  sample: PixelBuffer['sample'],
  data: Encoded['data'],
): PixelBuffer {
  if (data instanceof Uint8Array) return { ...shape, sample: 'uint8', data };
  if (data instanceof Uint16Array) return { ...shape, sample: 'uint16', data };
  assert.equal(sample, 'float32');
  return { ...shape, sample: 'float32', data };
}

describe('CIELAB as sRGB', () => {
  const toRgb = createCielabToRgb(loadKernels());

  for (const [name, encode] of Object.entries(ENCODINGS)) {
    it(`converts ${name} within a level`, () => {
      const output = new Uint8Array(COLOURS.length * 3);
      toRgb.write(partOf(encode(77), false), output);
      const expected = COLOURS.flatMap(([l, a, b]) => {
        return srgbOf([name === 'bytes' ? Math.round(l * 2.55) / 2.55 : l, a, b]);
      });
      expected.forEach((value, index) => {
        const found = Number(output[index]);
        assert.ok(Math.abs(found - value) <= 1, `${COLOURS[Math.floor(index / 3)]}: ${found}, not ${value}`);
      });
    });

    it(`keeps the opacity of ${name}`, () => {
      const part = partOf(encode(77), true);
      const opaque = new Uint8Array(COLOURS.length * 3);
      toRgb.write(partOf(encode(77), false), opaque);
      const { data } = part.pixels;
      const output = data instanceof Uint8Array ? data : new Uint8Array(COLOURS.length * 4); // bytes change in place
      toRgb.write(part, output);
      for (let pixel = 0; pixel < COLOURS.length; pixel++) {
        const [red, green, blue] = opaque.subarray(pixel * 3, pixel * 3 + 3);
        assert.deepEqual([...output.subarray(pixel * 4, pixel * 4 + 4)], [red, green, blue, 77]);
      }
    });
  }

  it('makes black of what is no number', () => {
    const data = Float32Array.of(Number.NaN, 0, 0, 50, Number.NaN, Number.NaN);
    const nothing = new Float64Array(0);
    const output = new Uint8Array(6).fill(9);
    toRgb.write(
      {
        pixels: { width: 2, height: 1, bands: 3, photometric: 'cielab', hasAlpha: false, sample: 'float32', data },
        area: { x: 0, y: 0, width: 2, height: 1 },
        rows: { start: 0, end: 1 },
        workspace: [nothing, nothing],
      },
      output,
    );
    assert.deepEqual([...output.subarray(0, 3)], [0, 0, 0]);
    assert.equal(output[5], 0);
  });
});
