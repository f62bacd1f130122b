import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Size } from '../../../image/geometry.ts';
import { runCommand } from '../../support/run-command.ts';
import { meanDifference, runTool, vipsSamples, writeNetpbm } from '../../support/vips-tool.ts';

/** How an input is made of the drawn picture by an independent tool, and what libvips reads of it. */
interface Input {
  readonly name: string;
  make(drawn: string, path: string): Promise<unknown>;
  /** How libvips is told to read it, where it is not as it stands. */
  readonly read?: (path: string) => Promise<string>;
  /** Mean difference that decoders may have, where formats leave them room. */
  readonly tolerance?: number;
}

const INPUTS: readonly Input[] = [
  { name: 'baseline.jpg', make: (drawn, path) => runTool('vips', 'jpegsave', drawn, path, '--Q', '92') },
  { name: 'progressive.jpg', make: (drawn, path) => runTool('vips', 'jpegsave', drawn, path, '--interlace') },
  { name: 'grey.jpg', make: (drawn, path) => runTool('convert', drawn, '-colorspace', 'Gray', path) },
  { name: 'cmyk.jpg', make: (drawn, path) => runTool('convert', drawn, '-colorspace', 'CMYK', path) },
  { name: 'colour.png', make: (drawn, path) => runTool('vips', 'pngsave', drawn, path) },
  { name: 'interlaced.png', make: (drawn, path) => runTool('vips', 'pngsave', drawn, path, '--interlace') },
  { name: 'deep.png', make: (drawn, path) => runTool('convert', drawn, '-resize', '1025x769!', `PNG48:${path}`) },
  {
    name: 'opacity.png',
    make: (drawn, path) =>
      runTool('convert', drawn, '-alpha', 'set', '-channel', 'A', '-evaluate', 'multiply', '0.4', `PNG32:${path}`),
  },
  { name: 'palette.png', make: (drawn, path) => runTool('convert', drawn, '-colors', '50', `PNG8:${path}`) },
  { name: 'lossless.webp', make: (drawn, path) => runTool('vips', 'webpsave', drawn, path, '--lossless') },
  { name: 'lossy.webp', make: (drawn, path) => runTool('vips', 'webpsave', drawn, path), tolerance: 0.5 },
  {
    name: 'picture.avif',
    make: (drawn, path) => runTool('vips', 'heifsave', drawn, path, '--compression', 'av1', '--effort', '0'),
    tolerance: 1,
  },
  { name: 'picture.gif', make: (drawn, path) => runTool('convert', drawn, path) },
  { name: 'lossless.jp2', make: (drawn, path) => runTool('opj_compress', '-i', drawn, '-o', path) },
  { name: 'strips.tif', make: (drawn, path) => runTool('vips', 'tiffsave', drawn, path, '--compression', 'lzw') },
  {
    name: 'deep.tif',
    make: (drawn, path) =>
      throughVips(drawn, path, [
        ['cast', 'ushort'],
        ['linear', '257', '3'],
      ]),
  },
  { name: 'real.tif', make: (drawn, path) => throughVips(drawn, path, [['linear', '0.013', '5']]) },
];

let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mezzotint-convert-pixels-'));
});

after(() => rm(folder, { recursive: true }));

describe('mezzotint convert', () => {
  it('keeps every pixel of whatever the server opens, as libvips decodes it', async () => {
    const drawn = await draw({ width: 1025, height: 769 });
    for (const { name, make } of INPUTS) await make(drawn, join(folder, 'in', name));
    const paths = INPUTS.map(({ name }) => join('in', name));
    for (const [index, path] of paths.entries()) {
      const { code, stdout, stderr } = await runCommand(
        ['convert', path, `out-${index}`, '--compression', 'deflate'],
        folder,
      );
      assert.deepEqual([code, stderr], [0, ''], path);
      assert.match(stdout, /1025 x 769, deflate/);
    }
    for (const [index, { name, tolerance = 0 }] of INPUTS.entries()) {
      const output = join(folder, `out-${index}`, name.replace(/\.\w+$/, '.tif'));
      const difference = meanDifference(await samplesOf(output), await samplesOf(join(folder, 'in', name)));
      assert.ok(difference <= tolerance, `${name}: ${difference}`);
      await findNoFault(output);
    }
  });

  for (const size of [
    { width: 1, height: 1 },
    { width: 1025, height: 769 },
    { width: 3, height: 700 },
  ]) {
    it(`changes a JPEG by no more than a level on average: ${size.width} x ${size.height}`, async () => {
      const drawn = await draw(size);
      const input = `jpeg-${size.width}.jpg`;
      await runTool('vips', 'jpegsave', drawn, join(folder, input), '--Q', '95');
      const { code, stdout } = await runCommand(['convert', input, 'jpegs'], folder);
      assert.equal(code, 0);
      assert.match(stdout, /, jpeg, /);
      const output = join(folder, 'jpegs', `jpeg-${size.width}.tif`);
      const decoded = join(folder, 'decoded.png');
      await runTool('convert', `${output}[0]`, decoded);
      assert.ok(meanDifference(await samplesOf(decoded), await samplesOf(join(folder, input))) <= 1);
      await findNoFault(output);
    });
  }

  it('has levels that libvips reduces to', async () => {
    const drawn = await draw({ width: 2048, height: 1024 });
    await runTool('vips', 'pngsave', drawn, join(folder, 'levels.png'));
    assert.equal((await runCommand(['convert', 'levels.png', 'levels'], folder)).code, 0);
    for (const [page, factor] of [2, 4, 8].entries()) {
      const reduced = join(folder, `reduced-${factor}.v`);
      await runTool('vips', 'shrink', drawn, reduced, String(factor), String(factor));
      const level = await samplesOf(`${join(folder, 'levels/levels.tif')}[page=${page + 1}]`);
      const difference = meanDifference(level, await samplesOf(reduced));
      assert.ok(difference <= 0.5, `level ${page + 1}: ${difference}`);
    }
  });

  for (const [compression, seen] of [
    ['none', 'None'],
    ['lzw', 'LZW'],
    ['deflate', 'AdobeDeflate'],
    ['jpeg', 'JPEG'],
    ['webp', 'WEBP'],
  ] as const) {
    for (const layout of ['ifd', 'subifd'] as const) {
      it(`writes tiles as they are ordered: ${compression}, ${layout}`, async () => {
        await runTool('vips', 'pngsave', await draw({ width: 600, height: 400 }), join(folder, 'order.png'));
        const target = `order-${compression}-${layout}`;
        const options = ['--compression', compression, '--layout', layout, '--tile-size', '128'];
        const { code, stderr } = await runCommand(['convert', 'order.png', target, ...options], folder);
        assert.deepEqual([code, stderr], [0, '']);
        const output = join(folder, target, 'order.tif');
        const said = await runTool('tiffinfo', output);
        assert.match(said, new RegExp(`Tile Width: 128 Tile Length: 128[^]*Compression Scheme: ${seen}\n`));
        assert.equal(said.match(/=== TIFF directory/g)?.length, layout === 'ifd' ? 4 : 1);
        assert.equal(said.match(/reduced-resolution image/g)?.length, 3);
        assert.equal(/SubIFD Offsets/.test(said), layout === 'subifd');
        await findNoFault(output);
      });
    }
  }

  it('takes the page or frame that is asked for, the first where none is', async () => {
    const [first, second] = [await draw({ width: 300, height: 200 }), await draw({ width: 300, height: 200 }, 40)];
    await runTool('convert', first, second, join(folder, 'stack.tif'));
    await runTool('convert', '-delay', '9', first, second, join(folder, 'stack.gif'));
    for (const [name, page] of [
      ['stack.tif', 0],
      ['stack.tif', 1],
      ['stack.gif', 0],
      ['stack.gif', 1],
    ] as const) {
      const target = `page-${page}-${name}`;
      const { code, stdout } = await runCommand(
        ['convert', name, target, '--page', String(page), '--compression', 'lzw'],
        folder,
      );
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`page ${page} of 2, 300 x 200`));
      const reference = join(folder, `${target}.png`);
      await runTool('convert', `${join(folder, name)}[${page}]`, '-coalesce', `PNG24:${reference}`);
      const difference = meanDifference(await samplesOf(join(folder, target, 'stack.tif')), await samplesOf(reference));
      assert.ok(difference <= 0.01, `${target}: ${difference}`);
    }
    const { code, stderr } = await runCommand(['convert', 'stack.tif', 'page-2', '--page', '2'], folder);
    assert.deepEqual([code, stderr], [1, 'stack.tif: it has no page 2: they are 0 to 1\n']);
  });
});

/** A picture whose every pixel tells its place, smooth enough for JPEG. */
async function draw({ width, height }: Size, shift = 0): Promise<string> {
  const path = join(folder, `drawn-${width}-${height}-${shift}.ppm`);
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    const [x, y] = [Math.floor(index / 3) % width, Math.floor(index / 3 / width)];
    return (
      [(x * 255) / Math.max(width, 256), (y * 255) / Math.max(height, 256), 128 + 80 * Math.sin((x + y + shift) / 60)][
        index % 3
      ] ?? 0
    );
  });
  await writeNetpbm(path, { width, height, bands: 3, data });
  await runTool('mkdir', '-p', join(folder, 'in'));
  return path;
}

async function throughVips(drawn: string, path: string, steps: readonly (readonly string[])[]): Promise<void> {
  let last = drawn;
  for (const [index, [operation = '', ...parameters]] of steps.entries()) {
    const next = join(folder, `step-${index}.v`);
    await runTool('vips', operation, last, next, ...parameters);
    last = next;
  }
  await runTool('vips', 'tiffsave', last, path);
}

function samplesOf(path: string): Promise<Uint8Array> {
  return vipsSamples(path, folder);
}

/** tiffinfo has nothing to complain about. */
async function findNoFault(path: string): Promise<void> {
  assert.equal(await runTool('sh', '-c', 'tiffinfo "$0" 2>&1 >/dev/null', path), '');
}
