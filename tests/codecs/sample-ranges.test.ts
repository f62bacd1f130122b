import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createDecodeTools } from '../../codecs/decode-tools.ts';
import { openSource } from '../../codecs/open-source.ts';
import { createRangesOf } from '../../codecs/sample-ranges.ts';
import type { Rect } from '../../image/geometry.ts';
import { pyramidOf } from '../../image/pyramid.ts';
import type { ImageSource } from '../../image/source.ts';
import { fileBytes } from '../support/counted-bytes.ts';
import { runTool } from '../support/vips-tool.ts';

const TOOLS = createDecodeTools();
/** Odd, and above 4 megapixels. */
const SIZE = { width: 2101, height: 2003 };
const WINDOW_BYTES = 2 ** 22;
const TILES = '[compression=deflate,tile,tile-width=128,tile-height=144]';

/** From 0 to 1 across, but for one pixel in each place. */
function ramp(extremes: readonly (Partial<Rect> & { readonly value: number })[]): Float32Array {
  const samples = Float32Array.from(
    { length: SIZE.width * SIZE.height },
    (_, index) => (index % SIZE.width) / (SIZE.width - 1),
  );
  for (const { x = 0, y = 0, value } of extremes) samples[y * SIZE.width + x] = value;
  return samples;
}

/** The source, and which windows of it are read until when. */
function watched(source: ImageSource) {
  const windows: Rect[] = [];
  const signals: AbortSignal[] = [];
  return {
    windows,
    signals,
    source: {
      ...source,
      read(level, window, signal) {
        windows.push(window);
        signals.push(signal);
        return source.read(level, window, signal);
      },
    } satisfies ImageSource,
  };
}

describe('the measured range of samples', () => {
  const opened: ImageSource[] = [];
  let folder = '';

  async function open(name: string): Promise<ImageSource> {
    const source = await openSource(await fileBytes(join(folder, name)), TOOLS);
    opened.push(source);
    return source;
  }

  /** By libvips, of samples of one band. */
  async function make(name: string, samples: Float32Array, options: string): Promise<void> {
    const [raw, made] = [join(folder, 'samples.raw'), join(folder, name)];
    await writeFile(raw, samples);
    const size = [String(SIZE.width), String(SIZE.height), '4'];
    await runTool('vips', 'rawload', raw, join(folder, 'bytes.v'), ...size);
    await runTool('vips', 'copy', join(folder, 'bytes.v'), join(folder, 'samples.v'), ...AS_FLOAT);
    await runTool('vips', 'copy', join(folder, 'samples.v'), `${made}${options}`);
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mezzotint-ranges-'));
    const spots = ramp([
      { x: 701, y: 702, value: 1000 },
      { x: 1500, y: 1400, value: -3 },
    ]);
    await make('strips.tif', spots, '[compression=deflate]');
    await make('tiles.tif', spots, TILES);
    const ends = [
      { value: -7 },
      { x: SIZE.width - 1, y: SIZE.height - 1, value: 9 },
      { x: 3, y: 800, value: Number.NaN },
      { x: 4, y: 800, value: Number.POSITIVE_INFINITY },
    ];
    await make('corners.tif', ramp(ends), TILES);
    await runTool('tiffcp', '-s', '-r', String(SIZE.height), join(folder, 'tiles.tif'), join(folder, 'one-strip.tif'));
    const files = ['tiles.tif', 'corners.tif', 'tiles.tif'].map((name) => join(folder, name));
    await runTool('vips', 'bandjoin', files.join(' '), join(folder, 'bands.v'));
    await runTool('vips', 'copy', join(folder, 'bands.v'), `${join(folder, 'rgb.tif')}${TILES}`, ...AS_RGB);
  });

  after(async () => {
    for (const source of opened) await source.close();
    await rm(folder, { recursive: true });
  });

  for (const [name, expected] of [
    ['strips.tif', [{ min: -3, max: 1000 }]],
    ['one-strip.tif', [{ min: -3, max: 1000 }]],
    ['tiles.tif', [{ min: -3, max: 1000 }]],
    ['corners.tif', [{ min: -7, max: 9 }]],
    ['rgb.tif', Array.from({ length: 3 }, () => ({ min: -7, max: 1000 }))],
  ] as const) {
    it(`is that of every pixel, each read once in windows of bounded size: ${name}`, async () => {
      const { source, windows } = watched(await open(name));
      assert.deepEqual(await createRangesOf(TOOLS)(source), expected);
      const pixels = windows.reduce((sum, { width, height }) => sum + width * height, 0);
      assert.equal(pixels, SIZE.width * SIZE.height);
      const largest = Math.max(...windows.map(({ width, height }) => width * height * source.layout.bands * 4));
      if (name !== 'one-strip.tif') assert.ok(windows.length > 1 && largest <= WINDOW_BYTES, `${largest} bytes`);
      assert.equal(new Set(windows.map(({ x, y }) => `${x},${y}`)).size, windows.length);
    });
  }

  it('is found out once for all who ask at once or later', async () => {
    const { source, windows } = watched(await open('tiles.tif'));
    const rangesOf = createRangesOf(TOOLS);
    const [first] = await Promise.all([rangesOf(source), rangesOf(source)]);
    const { length } = windows;
    assert.equal(await rangesOf(source), first);
    assert.equal(windows.length, length);
    assert.equal(new Set(windows.map(({ x, y }) => `${x},${y}`)).size, length);
  });

  it('goes on when one of two leaves, stops with the last, and begins anew for the next', async () => {
    const { source, windows, signals } = watched(await open('tiles.tif'));
    const rangesOf = createRangesOf(TOOLS);
    const clients = [new AbortController(), new AbortController()];
    const answers = clients.map(({ signal }) => assert.rejects(rangesOf(source, signal), { name: 'AbortError' }));
    while (windows.length === 0) await new Promise(setImmediate);
    clients[0]?.abort();
    assert.equal(signals[0]?.aborted, false);
    clients[1]?.abort();
    await Promise.all(answers);
    assert.equal(signals[0]?.aborted, true);
    const { length } = windows;
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    assert.equal(windows.length, length);
    assert.deepEqual(await rangesOf(source), [{ min: -3, max: 1000 }]);
  });

  for (const [width, isWhole] of [
    [8192, true],
    [8193, false],
  ] as const) {
    it(`is ${isWhole ? 'that of all' : 'looked for in nine windows'} of ${width} × 8192 real numbers`, async () => {
      const windows: Rect[] = [];
      const source: ImageSource = {
        ...(await open('tiles.tif')),
        levels: pyramidOf([{ width, height: 8192, tile: { width: 256, height: 256 } }]),
        async read(_, window) {
          windows.push(window);
          const data = new Float32Array(window.width * window.height).fill(windows.length);
          return { ...window, bands: 1, photometric: 'gray', hasAlpha: false, sample: 'float32', data };
        },
      };
      const [range] = await createRangesOf(TOOLS)(source);
      assert.deepEqual(range, { min: 1, max: windows.length });
      const pixels = windows.reduce((sum, window) => sum + window.width * window.height, 0);
      assert.equal(pixels, isWhole ? width * 8192 : 9 * 512 * 512);
    });
  }
});

const AS_FLOAT = ['--format', 'float', '--bands', '1', '--interpretation', 'b-w'];
const AS_RGB = ['--interpretation', 'rgb'];
