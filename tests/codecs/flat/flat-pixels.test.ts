import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { CorruptSource, LevelOverBudget } from '../../../image/errors.ts';
import { wholeOf } from '../../../image/geometry.ts';
import type { ImageSource } from '../../../image/source.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { meanDifference, runTool, withFolder } from '../../support/vips-tool.ts';
import { FLAT_FILES, type FlatFile, writeFlat } from './flat-files.ts';

const TOOLS = createDecodeTools();
/** Kinds of files of which levels are looked at. */
const REDUCED = ['JPEG, baseline', 'PNG, 8 bits', 'WebP, lossy', 'AVIF'];
/** Of 255; the decoder of JPEG averages blocks itself, which is most of it (0.96), libvips rounds after each pass. */
const REDUCED_TOLERANCE = 1;

const SIGNAL = new AbortController().signal;

async function openFile(path: string, tools = TOOLS): Promise<ImageSource> {
  return openSource(memoryBytes(await readFile(path)), tools);
}

async function wholeLevel(source: ImageSource, index = 0) {
  const level = source.levels[index] ?? assert.fail('no such level');
  return source.read(level, wholeOf(level), SIGNAL);
}

/** The samples as ImageMagick decodes them, in the byte order of this machine. */
async function magickSamples(
  path: string,
  { raw, depth = 8 }: FlatFile,
  folder: string,
): Promise<Uint8Array | Uint16Array> {
  const output = join(folder, 'expected.raw');
  await runTool(
    'convert',
    path,
    '-depth',
    String(depth),
    '-endian',
    'LSB',
    `${raw === 'graya' ? 'rgba' : raw}:${output}`,
  );
  const bytes = new Uint8Array(await readFile(output));
  const samples = depth === 16 ? new Uint16Array(bytes.buffer) : bytes;
  return raw === 'graya' ? samples.filter((_, index) => index % 4 === 0 || index % 4 === 3) : samples;
}

describe('pixels of flat files', () => {
  for (const [name, file] of Object.entries(FLAT_FILES)) {
    it(`${name}: are those of ImageMagick`, () =>
      withFolder(async (folder) => {
        const path = await writeFlat(folder, 'picture', { file, size: '601x397' });
        const source = await openFile(path);
        const pixels = await wholeLevel(source);
        const expected = await magickSamples(path, file, folder);
        assert.deepEqual([pixels.width, pixels.height], [601, 397]);
        assert.equal(pixels.sample, file.depth === 16 ? 'uint16' : 'uint8');
        const difference = meanDifference(pixels.data, expected);
        assert.ok(difference <= (file.tolerance ?? 0), `differs by ${difference}`);
      }));
  }

  it('levels are halved until a tile holds one', () =>
    withFolder(async (folder) => {
      const file = FLAT_FILES['PNG, 8 bits'] ?? assert.fail();
      const { levels } = await openFile(await writeFlat(folder, 'levels', { file, size: '1025x769' }));
      const sizes = levels.map(({ width, height }) => `${width}x${height}`);
      assert.deepEqual(sizes, ['1025x769', '512x384', '256x192']);
    }));

  for (const name of REDUCED) {
    it(`${name}: levels look like what ImageMagick makes of the picture`, () =>
      withFolder(async (folder) => {
        const file = FLAT_FILES[name] ?? assert.fail();
        const path = await writeFlat(folder, 'levels', { file, size: '1025x769' });
        const source = await openFile(path);
        for (const index of [1, 2]) {
          const pixels = await wholeLevel(source, index);
          const output = join(folder, 'level.raw');
          const size = `${pixels.width}x${pixels.height}!`;
          // At 8 bits ImageMagick would cut off what it has reckoned behind the point.
          const raw = ['-depth', '16', '-endian', 'LSB', `rgb:${output}`];
          await runTool('convert', path, '-filter', 'catrom', '-resize', size, ...raw);
          const expected = new Uint16Array(new Uint8Array(await readFile(output)).buffer);
          const difference = meanDifference(
            pixels.data,
            Array.from(expected, (sample) => sample / 257),
          );
          assert.ok(difference <= REDUCED_TOLERANCE, `level ${index} differs by ${difference}`);
        }
      }));
  }

  it('the frames of an animation are pages', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'frames.gif');
      await runTool('convert', '-size', '40x30', 'xc:red', 'xc:lime', 'xc:blue', path);
      const source = await openFile(path);
      assert.equal(source.pages?.labels.length, 3);
      for (const [index, colour] of [
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
      ].entries()) {
        const page = (await source.pages?.open(index)) ?? assert.fail();
        const pixels = await wholeLevel(page);
        assert.deepEqual([...pixels.data.slice(0, 3)], colour);
      }
    }));

  it('a file that is cut short is an error at every place', () =>
    withFolder(async (folder) => {
      for (const [name, file] of Object.entries(FLAT_FILES)) {
        const whole = await readFile(await writeFlat(folder, 'cut', { file, size: '600x400' }));
        for (const share of [0.25, 0.5, 0.75, 0.99]) {
          const bytes = memoryBytes(whole.subarray(0, Math.floor(whole.length * share)));
          const reading = async () => wholeLevel(await openSource(bytes, TOOLS));
          await assert.rejects(reading, CorruptSource, `${name} cut at ${share}`);
          const reducing = async () => wholeLevel(await openSource(bytes, TOOLS), 1);
          await assert.rejects(reducing, CorruptSource, `${name} cut at ${share}, reduced`);
        }
      }
    }));

  it('is decoded once for 200 readers of different tiles', () =>
    withFolder(async (folder) => {
      const file = FLAT_FILES['JPEG, baseline'] ?? assert.fail();
      const path = await writeFlat(folder, 'shared', { file, size: '3000x2000' });
      let decodes = 0;
      const tools = createDecodeTools();
      const { decode } = tools.flat;
      const flat: typeof tools.flat = {
        ...tools.flat,
        decode: (...given) => {
          decodes++;
          return decode(...given);
        },
      };
      const source = await openFile(path, { ...tools, flat });
      const [level] = source.levels;
      const readings = Array.from({ length: 200 }, (_, index) => {
        const window = { x: (index % 11) * 256, y: (Math.floor(index / 11) % 7) * 256, width: 100, height: 100 };
        return source.read(level, window, new AbortController().signal);
      });
      await Promise.all(readings);
      await source.read(level, wholeOf(level), SIGNAL);
      assert.equal(decodes, 1);
    }));

  it('beyond the budget low levels are there, and the full one is not yet', () =>
    withFolder(async (folder) => {
      const file = FLAT_FILES['JPEG, baseline'] ?? assert.fail();
      const path = await writeFlat(folder, 'large', { file, size: '1000x800' });
      const full = 1000 * 800 * 3;
      const source = await openFile(path, createDecodeTools(TOOLS.pool, 2, full - 1));
      await assert.rejects(wholeLevel(source), LevelOverBudget);
      assert.equal((await wholeLevel(source, 1)).width, 500);
      assert.equal((await wholeLevel(await openFile(path, createDecodeTools(TOOLS.pool, 2, full)))).width, 1000);
    }));

  it('a progressive file is judged by what its passes take', () =>
    withFolder(async (folder) => {
      const file = FLAT_FILES['JPEG, progressive'] ?? assert.fail();
      const path = await writeFlat(folder, 'large', { file, size: '1000x800' });
      const source = await openFile(path, createDecodeTools(TOOLS.pool, 2, 1000 * 800 * 3));
      await assert.rejects(wholeLevel(source, 2), LevelOverBudget);
    }));
});
