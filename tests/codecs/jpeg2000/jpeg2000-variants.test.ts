import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { createBufferPool } from '../../../codecs/buffer-pool.ts';
import { createDecodeTools, type DecodeTools } from '../../../codecs/decode-tools.ts';
import { createJpeg2000Tools } from '../../../codecs/jpeg2000/jpeg2000-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import type { Rect, Size } from '../../../image/geometry.ts';
import type { ImageSource, Level, PixelBuffer } from '../../../image/source.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { decodeWithTool, encodeJpeg2000, type Jpeg2000Variant, type Planes } from '../../support/jpeg2000-files.ts';
import { withFolder } from '../../support/vips-tool.ts';
import { VARIANTS } from './variants.ts';

const SIGNAL = new AbortController().signal;
const THREADS = 2;
const WINDOWS_PER_LEVEL = 3;

/** Tiles handed over as a whole where they are small, as is usual, and always taken apart. */
const POLICIES: readonly (readonly [name: string, tools: DecodeTools])[] = [
  ['whole tiles', createDecodeTools(createBufferPool(), THREADS)],
  ['code-blocks', { ...createDecodeTools(), jpeg2000: createJpeg2000Tools(THREADS, 0) }],
];

describe('JPEG 2000 beside the tools that wrote it', () => {
  it('has variants enough', () => assert.ok(Object.keys(VARIANTS).length >= 60));

  for (const [name, variant] of Object.entries(VARIANTS)) {
    it(`reads any window at every reduction: ${name}`, () =>
      withFolder(async (folder) => {
        const path = await encodeJpeg2000(folder, 'image', variant);
        const content = await readFile(path);
        const expected: Planes[] = [];
        for (const [, tools] of POLICIES) {
          const source = await openSource(memoryBytes(content), tools);
          for (const [reduction, level] of storedLevels(source, variant).entries()) {
            expected[reduction] ??= await decodeWithTool(path, variant.tool, reduction);
            await compareWindows(source, level, expected[reduction] ?? never(), toleranceOf(variant));
          }
          await source.close();
        }
      }));
  }
});

/** The levels that the codestream has itself: those below are made of them. */
function storedLevels({ levels }: ImageSource, { options }: Jpeg2000Variant): Level[] {
  const resolutions = /-n (\d+)/.exec(options)?.[1];
  const halvings = /-num_decomps (\d+)/.exec(options)?.[1] ?? Number(resolutions ?? 6) - 1;
  return levels.slice(0, Number(halvings) + 1);
}

/** Of the samples as stored: real numbers are rounded in another order. */
function toleranceOf({ options }: Jpeg2000Variant): number {
  return /-I|-qstep/.test(options) ? 1 : 0;
}

async function compareWindows(source: ImageSource, level: Level, expected: Planes, tolerance: number): Promise<void> {
  assert.deepEqual([level.width, level.height], [expected.width, expected.height]);
  for (let index = 0; index < WINDOWS_PER_LEVEL; index++) {
    const window = randomWindow(level);
    compare(await source.read(level, window, SIGNAL), expected, window, tolerance);
  }
}

let state = 20_261_124;

function below(limit: number): number {
  state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
  return Math.floor((state / 2 ** 31) * limit);
}

function randomWindow({ width, height }: Size): Rect {
  const x = below(width);
  const y = below(height);
  return { x, y, width: 1 + below(width - x), height: 1 + below(height - y) };
}

function compare(pixels: PixelBuffer, expected: Planes, window: Rect, tolerance: number): void {
  assert.equal(pixels.bands, expected.components);
  const unit = wide(1, expected.bits) * tolerance;
  let worst = 0;
  for (const [index, sample] of pixels.data.entries()) {
    const band = index % pixels.bands;
    const pixel = Math.floor(index / pixels.bands);
    const x = window.x + (pixel % window.width);
    const y = window.y + Math.floor(pixel / window.width);
    const stored = expected.data[(band * expected.height + y) * expected.width + x] ?? Number.NaN;
    worst = Math.max(worst, Math.abs(sample - wide(stored, expected.bits)));
  }
  assert.ok(worst <= unit, `off by ${worst} in ${JSON.stringify(window)} of ${expected.width} x ${expected.height}`);
}

/** A sample as it is read: its bits repeated down to the last of 8 or 16. */
function wide(value: number, bits: number): number {
  const digits = value.toString(2).padStart(bits, '0');
  const length = bits <= 8 ? 8 : 16;
  return Number.parseInt(digits.repeat(Math.ceil(length / bits)).slice(0, length), 2);
}

function never(): never {
  throw new Error('unreachable');
}
