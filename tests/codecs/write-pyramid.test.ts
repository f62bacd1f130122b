import assert from 'node:assert/strict';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createDecodeTools } from '../../codecs/decode-tools.ts';
import { loadTurbo } from '../../codecs/jpeg/turbo.ts';
import { openSource } from '../../codecs/open-source.ts';
import { type PyramidOrder, writePyramid } from '../../codecs/tiff-writer/write-pyramid.ts';
import { CorruptSource, MalformedRequest } from '../../image/errors.ts';
import type { Size } from '../../image/geometry.ts';
import type { ImageSource } from '../../image/source.ts';
import { fileBytes } from '../support/counted-bytes.ts';
import { meanDifference, runTool, vipsSamples, writeNetpbm } from '../support/vips-tool.ts';

/** What libvips makes of the drawn picture, by the steps of its command line. */
const KINDS = {
  rgb: [],
  grey: [['colourspace', 'b-w']],
  'grey of 16 bits': [['colourspace', 'grey16']],
  'RGB of 16 bits': [['colourspace', 'rgb16']],
  'RGB with opacity': [['bandjoin_const', '77']],
  'whole numbers of 32 bits': [['cast', 'uint']],
  'real numbers': [['linear', '0.37 0.5 1.7', '0 1 0.5']],
  CIELAB: [['colourspace', 'lab']],
  'bytes of CMYK': [['icc_export', '--output-profile', 'cmyk', '--depth', '8']],
} as const;

const DEFLATE: PyramidOrder = { tileSide: 128, compression: 'deflate', hasSubIfds: true };

const tools = { turbo: loadTurbo(), pool: createDecodeTools().pool };

let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mezzotint-write-pyramid-'));
});

after(() => rm(folder, { recursive: true }));

describe('the pyramid of an image', () => {
  for (const [kind, steps] of Object.entries(KINDS)) {
    it(`has the same pixels, read by libvips: ${kind}`, async () => {
      const input = await makeInput({ width: 1025, height: 769 }, steps);
      const output = await convert(input, DEFLATE);
      assert.deepEqual(await vipsSamples(output, folder), await vipsSamples(input, folder));
      await findNoFault(output);
    });
  }

  for (const compression of ['none', 'lzw', 'deflate'] as const) {
    for (const hasSubIfds of [true, false]) {
      it(`has the same pixels: ${compression}, ${hasSubIfds ? 'SubIFDs' : 'one chain'}`, async () => {
        const input = await makeInput({ width: 515, height: 389 }, KINDS.rgb);
        const output = await convert(input, { ...DEFLATE, compression, hasSubIfds });
        assert.deepEqual(await vipsSamples(output, folder), await vipsSamples(input, folder));
        const level = hasSubIfds ? `${output}[subifd=1]` : `${output}[page=2]`;
        assert.equal(await widthOf(level), 129);
        await findNoFault(output);
      });
    }
  }

  it('is of one level and one tile where it is one pixel', async () => {
    const input = await makeInput({ width: 1, height: 1 }, KINDS.rgb);
    const output = await convert(input, DEFLATE);
    assert.deepEqual(await vipsSamples(output, folder), await vipsSamples(input, folder));
    await findNoFault(output);
  });

  for (const compression of ['jpeg', 'webp'] as const) {
    it(`changes pixels by less than a level on average: ${compression}`, async () => {
      const input = await makeInput({ width: 1025, height: 769 }, KINDS.rgb);
      const output = await convert(input, { ...DEFLATE, compression, quality: compression === 'jpeg' ? 90 : 100 });
      const copy = join(folder, 'plain.tif');
      await runTool('tiffcp', '-c', 'none', '-s', output, copy);
      assert.ok(meanDifference(await vipsSamples(copy, folder), await vipsSamples(input, folder)) < 1);
      await findNoFault(output);
    });
  }

  it('has levels that libvips would reduce to, weighed by opacity', async () => {
    const input = await makeInput({ width: 1024, height: 768 }, [['bandjoin', 'MASK']]);
    const output = await convert(input, DEFLATE);
    const steps = [['premultiply'], ['shrink', '2', '2'], ['unpremultiply'], ['linear', '1', '0', '--uchar']];
    const expected = await vipsSamples(await applySteps(input, steps), folder);
    const level = await vipsSamples(`${output}[subifd=0]`, folder);
    assert.ok(meanDifference(level, expected) < 0.6);
  });

  it('is a BigTIFF where the file might grow over 4 GiB', async () => {
    const source = blank({ width: 16_384, height: 200_000 });
    for (const [compression, version] of [
      ['none', 43],
      ['jpeg', 42],
    ] as const) {
      const abort = new AbortController();
      const versions: (number | undefined)[] = [];
      const sink = { write: async (bytes: Uint8Array) => void versions.push(bytes[2]) };
      const needs = {
        order: { ...DEFLATE, compression },
        tools,
        signal: abort.signal,
        onProgress: () => abort.abort(),
      };
      await assert.rejects(writePyramid(source, sink, needs), { name: 'AbortError' });
      assert.equal(versions[0], version);
    }
  });

  it('is no TIFF before its last write', async () => {
    const source = blank({ width: 300, height: 300 });
    const { writes } = await write(source, DEFLATE);
    assert.deepEqual(writes.at(-1), { offset: 4, length: 4 });
    assert.ok(writes.slice(1, -1).every(({ offset }) => offset >= 8));
  });

  it('reads hardly any strip of the source twice, however many rows it has', async () => {
    const input = await makeInput({ width: 400, height: 900 }, []);
    const strips = join(folder, 'strips.tif');
    await runTool('tiffcp', '-r', '100', '-c', 'zip', input, strips);
    const bytes = await fileBytes(strips);
    const source = await openSource(bytes, createDecodeTools());
    await source.metadata();
    const before = bytes.counts.bytes;
    await write(source, { ...DEFLATE, tileSide: 64 });
    assert.ok(bytes.counts.bytes - before <= bytes.size * 1.25, `${bytes.counts.bytes - before} of ${bytes.size}`);
    await source.close();
  });

  it('tells how far it is, up to the end', async () => {
    const fractions: number[] = [];
    await write(blank({ width: 100, height: 1000 }), DEFLATE, (fraction) => fractions.push(fraction));
    assert.deepEqual(
      fractions,
      fractions.toSorted((a, b) => a - b),
    );
    assert.equal(fractions.at(-1), 1);
  });

  it('refuses what a compression has no place for, naming those that have', async () => {
    const refusals: readonly [keyof typeof KINDS, 'jpeg' | 'webp', RegExp][] = [
      [
        'RGB of 16 bits',
        'jpeg',
        /compression "jpeg" is not valid: expected deflate, lzw or none for samples of type uint16/,
      ],
      ['real numbers', 'webp', /expected deflate, lzw or none for samples of type float32/],
      ['bytes of CMYK', 'jpeg', /expected deflate, lzw or none for CMYK/],
      ['RGB with opacity', 'jpeg', /expected webp, deflate, lzw or none for pictures with opacity/],
    ];
    for (const [kind, compression, message] of refusals) {
      const input = await makeInput({ width: 20, height: 20 }, KINDS[kind]);
      await assert.rejects(convert(input, { ...DEFLATE, compression }), (error: Error) => {
        assert.ok(error instanceof MalformedRequest);
        assert.match(error.message, message);
        return true;
      });
    }
  });

  it('ends with what the source says of its damage', async () => {
    const source = { ...blank({ width: 100, height: 100 }), read: () => Promise.reject(new CorruptSource('torn')) };
    await assert.rejects(write(source, DEFLATE), CorruptSource);
  });
});

/** The drawn picture after some steps of libvips, as a TIFF in strips. */
async function makeInput(size: Size, steps: Steps): Promise<string> {
  const path = join(folder, `${crypto.randomUUID()}.ppm`);
  const data = Uint8Array.from({ length: size.width * size.height * 3 }, (_, index) => {
    const [x, y] = [Math.floor(index / 3) % size.width, Math.floor(index / 3 / size.width)];
    return [(x * 255) / size.width, (y * 255) / size.height, 128 + 80 * Math.sin((x + y) / 60)][index % 3] ?? 0;
  });
  await writeNetpbm(path, { ...size, bands: 3, data });
  const made = await applySteps(path, steps);
  const output = join(folder, `${crypto.randomUUID()}.tif`);
  await runTool('vips', 'tiffsave', made, output);
  return output;
}

type Steps = readonly (readonly string[])[];

async function applySteps(path: string, steps: Steps): Promise<string> {
  let last = path;
  for (const [operation = '', ...parameters] of steps) {
    const next = join(folder, `${crypto.randomUUID()}.v`);
    const mask = parameters.includes('MASK') ? await makeMask(last) : '';
    const sources = mask ? [`${last} ${mask}`] : [last];
    await runTool('vips', operation, ...sources, next, ...parameters.filter((parameter) => parameter !== 'MASK'));
    last = next;
  }
  return last;
}

/** Opacity in stripes: seen, half seen and not at all. */
async function makeMask(like: string): Promise<string> {
  const [width, height] = [await widthOf(like), Number(await runTool('vipsheader', '-f', 'height', like))];
  const path = join(folder, `${crypto.randomUUID()}.pgm`);
  const data = Uint8Array.from({ length: width * height }, (_, index) => [0, 128, 255, 255, 40][index % 5] ?? 0);
  await writeNetpbm(path, { width, height, bands: 1, data });
  return path;
}

async function widthOf(path: string): Promise<number> {
  return Number(await runTool('vipsheader', '-f', 'width', path));
}

async function convert(input: string, order: PyramidOrder): Promise<string> {
  const source = await openSource(await fileBytes(input), createDecodeTools());
  try {
    return (await write(source, order)).path;
  } finally {
    await source.close();
  }
}

interface Written {
  readonly path: string;
  readonly writes: readonly { readonly offset: number; readonly length: number }[];
}

async function write(
  source: ImageSource,
  order: PyramidOrder,
  onProgress?: (fraction: number) => void,
): Promise<Written> {
  const path = join(folder, `${crypto.randomUUID()}.tif`);
  const file = await open(path, 'wx');
  const writes: { offset: number; length: number }[] = [];
  const sink = {
    async write(bytes: Uint8Array, offset: number) {
      writes.push({ offset, length: bytes.length });
      await file.write(bytes, 0, bytes.length, offset);
    },
  };
  const { signal } = new AbortController();
  try {
    await writePyramid(source, sink, { order, tools, signal, ...(onProgress && { onProgress }) });
  } finally {
    await file.close();
  }
  return { path, writes };
}

/** Grey without anything on it, of any size, that takes no time to read. */
function blank({ width, height }: Size): ImageSource {
  const layout = { bands: 1, photometric: 'gray', hasAlpha: false, bitsPerSample: 8, sample: 'uint8' } as const;
  return {
    format: 'blank',
    digest: '',
    layout,
    orientation: 1,
    levels: [{ width, height, scaleFactor: 1, tile: { width: 256, height: 256 } }],
    read: async (_, window) => ({ ...layout, ...window, data: new Uint8Array(window.width * window.height) }),
    encodedTile: async () => undefined,
    profile: async () => undefined,
    metadata: async () => ({ text: {} }),
    close: async () => undefined,
  };
}

/** tiffinfo writes nothing to standard error, or it would be part of the failure. */
async function findNoFault(path: string): Promise<void> {
  const said = await runTool('sh', '-c', 'tiffinfo "$0" 2>&1 >/dev/null; tiffdump "$0" 2>&1 >/dev/null', path);
  assert.equal(said, '');
}
