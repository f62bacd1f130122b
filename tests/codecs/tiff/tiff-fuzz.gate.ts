import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { ImageError } from '../../../image/errors.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { softPicture } from '../../support/tiff-pictures.ts';
import { runTool, withFolder, writeNetpbm } from '../../support/vips-tool.ts';

const SIGNAL = new AbortController().signal;
const TOOLS = createDecodeTools();
const RUNS_PER_SEED = 400;
const MAX_READ = 2 ** 20;

const SEEDS = [
  'none',
  'packbits --bigtiff',
  'lzw --predictor horizontal',
  'deflate --predictor horizontal --subifd',
  'zstd --predictor none',
  'jpeg --Q 80',
  'jpeg --Q 80 --rgbjpeg --bigtiff --subifd',
  'webp --Q 80',
];

/** One change: a byte or a word at a place, places near the start being as likely as those anywhere. */
const change = fc.record({
  place: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.8, max: 1, noNaN: true })),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 1 }),
    fc.constantFrom(
      ...[
        [0, 0, 0, 0],
        [255, 255, 255, 255],
        [255, 255],
        [0, 0],
        [1, 0],
        [0, 1],
      ].map((b) => Uint8Array.from(b)),
    ),
  ),
});
const mutation = fc.record({
  changes: fc.array(change, { minLength: 1, maxLength: 6 }),
  end: fc.oneof(fc.constant(1), fc.double({ min: 0.3, max: 1, noNaN: true })),
});

describe('damaged TIFF files', () => {
  for (const options of SEEDS) {
    it(`give pixels or an image error and nothing else: ${options}`, () =>
      withFolder(async (folder) => {
        const seed = await makeSeed(options, folder);
        const property = fc.asyncProperty(mutation, async ({ changes, end }) => {
          const file = Buffer.from(seed.subarray(0, Math.ceil(seed.length * end)));
          for (const { place, bytes } of changes) file.set(bytes, Math.floor(place * Math.max(0, file.length - 4)));
          await openAndRead(file);
        });
        await fc.assert(property, { numRuns: RUNS_PER_SEED });
        await openAndRead(seed);
      }));
  }
});

async function makeSeed(options: string, folder: string): Promise<Buffer> {
  const picture = join(folder, 'picture.ppm');
  const saved = join(folder, 'saved.tif');
  await writeNetpbm(picture, softPicture({ width: 150, height: 110 }, 3));
  const layout = '--tile --pyramid --tile-width 64 --tile-height 32 --compression';
  await runTool('vips', 'tiffsave', picture, saved, ...layout.split(' '), ...options.split(' '));
  return readFile(saved);
}

async function openAndRead(file: Uint8Array): Promise<void> {
  if (file.length < 16) return;
  const bytes = memoryBytes(file);
  try {
    const source = await openSource(bytes, TOOLS);
    for (const level of source.levels) {
      const window = { x: 0, y: 0, width: Math.min(level.width, 150), height: Math.min(level.height, 110) };
      const pixels = await source.read(level, window, SIGNAL);
      assert.equal(pixels.data.length, window.width * window.height * pixels.bands);
      await source.encodedTile(level, 0, 0, SIGNAL);
    }
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
  }
  assert.ok(bytes.counts.bytes <= MAX_READ, `${bytes.counts.bytes} bytes were read of ${file.length}`);
}
