import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { loadKernels } from '../../../codecs/kernels/load-kernels.ts';
import { createQuickProcessing } from '../../../codecs/processing/quick-processing.ts';
import type { Rect, Size } from '../../../image/geometry.ts';
import { createProcessing } from '../../../image/operations/create-processing.ts';
import type { Processing, ProcessingNeeds } from '../../../image/operations/processing.ts';
import { COLOUR_MAPS, type Operations } from '../../../image/operations.ts';
import type { PixelBuffer } from '../../../image/source.ts';

const quick = createQuickProcessing(loadKernels());

/** What the processing makes of the rows of an area, a part of them at a time. */
function written({ colours, workspace, write }: Processing, pixels: PixelBuffer, area: Rect): Buffer {
  const output = new Uint8Array(area.width * area.height * (colours + (pixels.hasAlpha ? 1 : 0)));
  const rowLength = output.length / area.height;
  const room = () => new Float64Array(workspace * pixels.width * pixels.height);
  const middle = Math.floor(area.height / 2);
  for (const rows of [
    { start: 0, end: middle },
    { start: middle, end: area.height },
  ]) {
    if (rows.start === rows.end) continue;
    const part = output.subarray(rows.start * rowLength, rows.end * rowLength);
    write({ pixels, area, rows, workspace: [room(), room()] }, part);
  }
  return Buffer.from(output);
}

/** That both ways give the same bytes. @param area - what is wanted of the pixels; all of them where nothing is said */
function assertSame(pixels: PixelBuffer, needs: Omit<ProcessingNeeds, 'layout' | 'white'>, area?: Rect): void {
  const all: ProcessingNeeds = { ...needs, layout: pixels, white: 255 };
  const whole = area ?? { x: 0, y: 0, width: pixels.width, height: pixels.height };
  const expected = written(createProcessing(all), pixels, whole);
  const actual = written(quick(all), pixels, whole);
  const at = expected.findIndex((byte, index) => byte !== actual[index]);
  assert.equal(at, -1, `${JSON.stringify(needs)}: ${actual[at]} instead of ${expected[at]} at ${at}`);
}

type Kind = Pick<PixelBuffer, 'bands' | 'photometric' | 'hasAlpha'>;

const GRAY: Kind = { bands: 1, photometric: 'gray', hasAlpha: false };
const RGB: Kind = { bands: 3, photometric: 'rgb', hasAlpha: false };

function bytes(size: Size, kind: Kind, sampleAt: (index: number) => number): PixelBuffer {
  const length = size.width * size.height * kind.bands;
  return { ...size, ...kind, sample: 'uint8', data: Uint8Array.from({ length }, (_, index) => sampleAt(index)) };
}

function words(size: Size, kind: Kind, sampleAt: (index: number) => number): PixelBuffer {
  const length = size.width * size.height * kind.bands;
  return { ...size, ...kind, sample: 'uint16', data: Uint16Array.from({ length }, (_, index) => sampleAt(index)) };
}

function reals(size: Size, kind: Kind, samples: ArrayLike<number>): PixelBuffer {
  return { ...size, ...kind, sample: 'float32', data: Float32Array.from(samples) };
}

/** A range of its own for each band, the same for all. */
function rangesOf({ bands }: Kind, min: number, max: number) {
  return Array.from({ length: bands }, () => ({ min, max }));
}

const BY_THEMSELVES: readonly Operations[] = [
  {},
  { contrast: 1.5 },
  { invert: true },
  { invert: true, contrast: 0.7 },
  { gamma: 0.5 },
  { gamma: 'log', invert: true },
  ...COLOUR_MAPS.map((colourMap): Operations => ({ colourMap })),
  { colourMap: 'jet', contrast: 1.5, invert: true },
  { colourMap: 'viridis', contrast: 1.5 },
  { colourMap: 'red', contrast: 0.4, invert: true },
  { colourMap: 'magma', gamma: 2 },
];

const MINUS_ONES = Array.from({ length: 9 }, (_, index) => (index === 4 ? 5 : index % 2 === 1 ? -1 : 0));
const UNEVEN = Array.from({ length: 25 }, (_, index) => ((index * 7) % 11) - 3);
const KERNELS: readonly (readonly number[])[] = [
  MINUS_ONES,
  [0, 1, 2, 3, 4, 5, 0, 0, 0],
  UNEVEN,
  [-1],
  [1, 0, -1, 2, 0, -2, 1, 0, -1],
];

/** Whatever real numbers there are. */
const ODD = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1e38, -1e38, 1e-40, 1];

describe('processing by kernels', () => {
  it('gives the same for every sample of 8 bits', () => {
    for (const kind of [GRAY, RGB]) {
      const pixels = bytes({ width: 16, height: 48 }, kind, (index) => index);
      for (const operations of BY_THEMSELVES) assertSame(pixels, { operations, ranges: rangesOf(kind, 10, 240) });
    }
  });

  it('gives the same for every sample of 16 bits', () => {
    for (const kind of [GRAY, RGB]) {
      const pixels = words({ width: 256, height: 768 / kind.bands }, kind, (index) => index);
      for (const operations of BY_THEMSELVES) {
        assertSame(pixels, { operations, ranges: rangesOf(kind, 0, 65_535) });
        assertSame(pixels, { operations, ranges: rangesOf(kind, 60_000, 1000) });
      }
    }
  });

  it('gives the same for real numbers', () => {
    const samples = fc.array(fc.oneof(fc.float(), fc.float({ min: -1, max: 2 }), fc.constantFrom(...ODD)), {
      minLength: 1,
      maxLength: 60,
    });
    const property = fc.property(
      samples,
      fc.constantFrom(...BY_THEMSELVES),
      fc.double(),
      fc.double(),
      (all, operations, min, max) => {
        const ranges = [Number.isFinite(min) && Number.isFinite(max) ? { min, max } : { min: 0, max: 1 }];
        assertSame(reals({ width: 1, height: all.length }, GRAY, all), { operations, ranges });
      },
    );
    fc.assert(property, { numRuns: 3000 });
  });

  it('gives the colours of real numbers where one turns into the next', () => {
    const samples = Float32Array.from({ length: 2 ** 18 }, (_, index) => -0.1 + (1.2 * index) / 2 ** 18);
    const knots = [3, 8, 255].flatMap((count) => Array.from({ length: count + 1 }, (_, index) => index / count));
    samples.set(knots.flatMap((knot) => [knot, Math.fround(knot * (1 - 2 ** -24)), knot * (1 + 2 ** -23)]));
    const pixels = reals({ width: 512, height: 512 }, GRAY, samples);
    for (const operations of BY_THEMSELVES) assertSame(pixels, { operations, ranges: rangesOf(GRAY, 0, 1) });
  });

  it('gives the same for bands of real numbers', () => {
    const pixels = reals(
      { width: 7, height: 5 },
      RGB,
      Array.from({ length: 105 }, (_, index) => index / 100),
    );
    assertSame(pixels, { operations: { contrast: 1.1 }, ranges: rangesOf(RGB, 0.1, 0.9) });
    assertSame(pixels, { operations: {}, ranges: [0, 0.1, 0.2].map((min) => ({ min, max: 1 })) });
  });

  it('weighs neighbours alike, inside an area and at the edges of the image', () => {
    const trials = fc.record({
      width: fc.integer({ min: 1, max: 40 }),
      height: fc.integer({ min: 1, max: 12 }),
      cut: fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()),
      kind: fc.constantFrom(GRAY, RGB),
      kernel: fc.constantFrom(...KERNELS),
      seed: fc.nat(),
    });
    const property = fc.property(trials, ({ width, height, cut, kind, kernel, seed }) => {
      const size = { width, height };
      const [x, y] = [cut[0] % width, cut[1] % height];
      const area = { x, y, width: 1 + (cut[2] % (width - x)), height: 1 + (cut[3] % (height - y)) };
      const noise = (index: number) => ((index + seed) * 40_503) % 65_536;
      const odd = (_: unknown, index: number) => (index % 17 === 3 ? Number(ODD[seed % 3]) : noise(index) / 65_536);
      const numbers = Array.from({ length: width * height * kind.bands }, odd);
      const operations = { kernel, contrast: 1 + (seed % 3) / 4 };
      assertSame(bytes(size, kind, noise), { operations, ranges: rangesOf(kind, 0, 255) }, area);
      assertSame(words(size, kind, noise), { operations, ranges: rangesOf(kind, 500, 50_000) }, area);
      assertSame(reals(size, kind, numbers), { operations, ranges: rangesOf(kind, 0, 1) }, area);
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('leaves to others what has opacity, ranges of its own for each band, or comes out in 16 bits', () => {
    const pixels = bytes({ width: 4, height: 4 }, { ...GRAY, bands: 2, hasAlpha: true }, (index) => index * 9);
    assertSame(pixels, { operations: { contrast: 2 }, ranges: rangesOf(pixels, 0, 255) });
    const two = bytes({ width: 4, height: 4 }, { ...GRAY, bands: 2 }, (index) => index * 9);
    assertSame(two, { operations: { invert: true }, ranges: rangesOf(two, 0, 255) });
    assertSame(two, { operations: { colourMap: 'jet' }, ranges: rangesOf(two, 0, 255) });
    const long: PixelBuffer = {
      width: 2,
      height: 2,
      ...GRAY,
      sample: 'uint32',
      data: Uint32Array.of(0, 1, 2 ** 31, 2 ** 32 - 1),
    };
    for (const operations of [{}, { kernel: MINUS_ONES }, { colourMap: 'jet' as const }]) {
      assertSame(long, { operations, ranges: rangesOf(GRAY, 0, 2 ** 32 - 1) });
    }
  });
});
