import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createBufferPool } from '../../codecs/buffer-pool.ts';
import { loadTurbo } from '../../codecs/jpeg/turbo.ts';
import { createJpegTileEncoder } from '../../codecs/tiff-writer/encode-jpeg-tile.ts';
import { halfOf, halveInto } from '../../codecs/tiff-writer/halve.ts';
import { createPyramidWriter, type PyramidOptions } from '../../codecs/tiff-writer/pyramid-writer.ts';
import { jpegTiles, rawTiles, type TileEncoder, type TileFormat } from '../../codecs/tiff-writer/tile-format.ts';
import type { Size } from '../../image/geometry.ts';

const run = promisify(execFile);

let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mezzotint-tiff-writer-'));
});

after(() => rm(folder, { recursive: true }));

describe('halving', () => {
  it('averages blocks of four pixels per band, rounding half up', () => {
    const target = new Uint8Array(3);
    halveInto(
      Uint8Array.of(0, 10, 100, 1, 10, 100, 0, 20, 50, 1, 21, 51),
      { width: 2, height: 2 },
      { bands: 3 },
      target,
    );
    assert.deepEqual([...target], [1, 15, 75]);
  });

  it('averages a last odd column and row with themselves', () => {
    const target = new Uint8Array(4);
    halveInto(Uint8Array.of(0, 4, 100, 8, 12, 200, 40, 60, 7), { width: 3, height: 3 }, { bands: 1 }, target);
    assert.deepEqual([...target], [6, 150, 50, 7]);
  });

  it('halves a size upwards, down to one pixel', () => {
    assert.deepEqual(halfOf({ width: 1025, height: 1 }), { width: 513, height: 1 });
  });
});

describe('a pyramid TIFF', () => {
  for (const bands of [1, 3] as const) {
    for (const size of [
      { width: 1025, height: 769 },
      { width: 1, height: 1 },
      { width: 300, height: 33 },
    ]) {
      it(`has the pixels it was given, read by libvips: ${size.width} x ${size.height}, ${bands} band(s)`, async () => {
        const pixels = gradient(size, bands);
        const path = await writePyramid({ size, bands, tileSide: 64, format: rawOf(bands) }, pixels);
        assert.deepEqual(await pixelsOf(path, 0), pixels);
      });
    }
  }

  it('has levels that are the averages of the finer ones, each half as large, down to one tile', async () => {
    const size = { width: 701, height: 390 };
    const pixels = gradient(size, 3);
    const path = await writePyramid({ size, bands: 3, tileSide: 64, format: rawOf(3) }, pixels);
    let expected = { size: size as Size, pixels };
    for (let page = 1; page <= 4; page++) {
      expected = halved(expected.size, expected.pixels);
      assert.deepEqual(await pixelsOf(path, page), expected.pixels, `level ${page}`);
    }
    assert.deepEqual(expected.size, { width: 44, height: 25 });
    await assert.rejects(pixelsOf(path, 5));
  });

  it('is found correct by tiffinfo, which sees the levels as reduced images', async () => {
    const size = { width: 600, height: 400 };
    const format = jpegTiles(3, createJpegTileEncoder(3, 85, { turbo: loadTurbo(), pool: createBufferPool() }));
    const options: PyramidOptions = {
      size,
      bands: 3,
      tileSide: 256,
      format,
      metadata: { text: { description: 'Sunset, drawn' } },
    };
    const { stdout, stderr } = await run('tiffinfo', ['-s', await writePyramid(options, gradient(size, 3))]);
    assert.equal(stderr, '');
    assert.match(stdout, /Image Width: 600 Image Length: 400\n {2}Tile Width: 256 Tile Length: 256/);
    assert.match(stdout, /ImageDescription: Sunset, drawn/);
    assert.match(stdout, /YCbCr Subsampling: 2, 2/);
    assert.equal(stdout.match(/reduced-resolution image/g)?.length, 2);
  });

  for (const [name, turbo] of [
    ['libjpeg-turbo', loadTurbo()],
    ['sharp', undefined],
  ] as const) {
    for (const bands of [1, 3] as const) {
      it(`shows the same picture from JPEG tiles of ${name} in libvips, libtiff and ImageMagick, ${bands} band(s)`, async () => {
        const size = { width: 333, height: 257 };
        const pixels = gradient(size, bands);
        const format = jpegTiles(bands, createJpegTileEncoder(bands, 95, { turbo, pool: createBufferPool() }));
        const path = await writePyramid({ size, bands, tileSide: 128, format }, pixels);
        assert.ok(largestDifference(await pixelsOf(path, 0), pixels) <= 12);
        const copy = join(folder, `copy-${name}-${bands}.tif`);
        await run('tiffcp', ['-c', 'none', '-r', '16', path, copy]);
        assert.ok(largestDifference(await pixelsOf(copy, 0), pixels) <= 12);
        const raw = join(folder, `${name}-${bands}.raw`);
        await run('convert', [`${path}[0]`, '-depth', '8', `${bands === 1 ? 'gray' : 'rgb'}:${raw}`]);
        assert.ok(largestDifference(new Uint8Array(await readFile(raw)), pixels) <= 12);
      });
    }
  }

  it('fills tiles beyond the image with its last column and row', async () => {
    const seen: Uint8Array[] = [];
    const encode: TileEncoder = (pixels) => {
      seen.push(pixels);
      return pixels;
    };
    const size = { width: 17, height: 18 };
    const pixels = gradient(size, 1);
    await writePyramid({ size, bands: 1, tileSide: 16, format: { ...rawOf(1), encode } }, pixels);
    const corner = seen[3] ?? new Uint8Array();
    assert.deepEqual([corner[0], corner[15]], [pixels[16 * 17 + 16], pixels[16 * 17 + 16]]);
    assert.deepEqual([corner[16], corner[255]], [pixels[17 * 17 + 16], pixels[17 * 17 + 16]]);
  });

  it('waits for an encoder that takes its time and keeps the order of the tiles', async () => {
    const encode: TileEncoder = (pixels) => new Promise((resolve) => setImmediate(resolve, pixels));
    const size = { width: 200, height: 100 };
    const pixels = gradient(size, 3);
    const path = await writePyramid({ size, bands: 3, tileSide: 32, format: { ...rawOf(3), encode } }, pixels);
    assert.deepEqual(await pixelsOf(path, 0), pixels);
  });

  it('refuses rows of another length, missing rows, further rows and odd tile sizes', async () => {
    const sink = { write: async () => {} };
    const options = { size: { width: 20, height: 20 }, bands: 1, tileSide: 16, format: rawOf(1) } as const;
    assert.throws(() => createPyramidWriter({ ...options, tileSide: 20 }, sink), RangeError);
    const writer = createPyramidWriter(options, sink);
    await assert.rejects(writer.writeTileRow(new Uint8Array(20)), RangeError);
    await writer.writeTileRow(new Uint8Array(20 * 16));
    await assert.rejects(writer.finish(), RangeError);
    await writer.writeTileRow(new Uint8Array(20 * 4));
    await assert.rejects(writer.writeTileRow(new Uint8Array(0)), RangeError);
    await writer.finish();
  });

  for (const hasSubIfds of [true, false]) {
    it(`can be a BigTIFF, ${hasSubIfds ? 'with SubIFDs' : 'in one chain'}`, async () => {
      const size = { width: 300, height: 170 };
      const pixels = gradient(size, 3);
      const metadata = { text: { description: 'Sunset' }, resolution: { x: 300, y: 300, unit: 'inch' } } as const;
      const options = { size, bands: 3, tileSide: 64, format: rawOf(3), isBig: true, hasSubIfds, metadata };
      const path = await writePyramid(options, pixels);
      const { stdout, stderr } = await run('tiffinfo', [path]);
      assert.deepEqual([stderr, stdout.match(/Resolution: 300, 300 pixels\/inch/g)?.length], ['', 1]);
      assert.deepEqual([...(await readFile(path)).subarray(0, 4)], [0x49, 0x49, 43, 0]);
      assert.deepEqual(await pixelsOf(path, 0), pixels);
      const header = await run('vipsheader', [hasSubIfds ? `${path}[subifd=1]` : `${path}[page=2]`]);
      assert.match(header.stdout, / 75x43 /);
    });
  }

  it('ends with an error when the file grows over what classic TIFF can address', async () => {
    const encode: TileEncoder = () =>
      new Proxy(new Uint8Array(), { get: (_, name) => (name === 'length' ? 2 ** 31 : 0) });
    const format = { ...rawOf(1), encode };
    const size = { width: 48, height: 16 };
    const writer = createPyramidWriter({ size, bands: 1, tileSide: 16, format }, { write: async () => {} });
    await assert.rejects(writer.writeTileRow(new Uint8Array(48 * 16)), /too large/);
  });
});

function rawOf(bands: 1 | 3): TileFormat {
  return rawTiles({ photometric: bands === 1 ? 'gray' : 'rgb', bands, kind: 'uint8' });
}

/** Each pixel tells its place, without jumps that JPEG would smear. */
function gradient({ width, height }: Size, bands: number): Uint8Array {
  return Uint8Array.from({ length: width * height * bands }, (_, index) => {
    const x = Math.floor(index / bands) % width;
    const y = Math.floor(index / bands / width);
    return [(x * 255) / width, (y * 255) / height, 128 + 80 * Math.sin((x + y) / 60)][index % bands] ?? 0;
  });
}

async function writePyramid(options: PyramidOptions, pixels: Uint8Array): Promise<string> {
  const path = join(folder, `${crypto.randomUUID()}.tif`);
  const file = await open(path, 'wx');
  const writer = createPyramidWriter(options, {
    async write(bytes, offset) {
      await file.write(bytes, 0, bytes.length, offset);
    },
  });
  const stripBytes = options.size.width * options.tileSide * options.bands;
  for (let start = 0; start < pixels.length; start += stripBytes) {
    await writer.writeTileRow(pixels.subarray(start, start + stripBytes));
  }
  await writer.finish();
  await file.close();
  return path;
}

/** As libvips decodes a directory. */
async function pixelsOf(path: string, page: number): Promise<Uint8Array> {
  const raw = `${path}-${page}.raw`;
  await run('vips', ['rawsave', `${path}[page=${page}]`, raw]);
  return new Uint8Array(await readFile(raw));
}

/** The specification of halving, in the plainest words. */
function halved({ width, height }: Size, pixels: Uint8Array): { size: Size; pixels: Uint8Array } {
  const size = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  const sample = (x: number, y: number, band: number) =>
    pixels[(Math.min(y, height - 1) * width + Math.min(x, width - 1)) * 3 + band] ?? 0;
  const average = (x: number, y: number, band: number) =>
    (sample(x, y, band) + sample(x + 1, y, band) + sample(x, y + 1, band) + sample(x + 1, y + 1, band)) / 4;
  return {
    size,
    pixels: Uint8Array.from({ length: size.width * size.height * 3 }, (_, index) => {
      const pixel = Math.floor(index / 3);
      return Math.round(average((pixel % size.width) * 2, Math.floor(pixel / size.width) * 2, index % 3));
    }),
  };
}

function largestDifference(actual: Uint8Array, expected: Uint8Array): number {
  assert.equal(actual.length, expected.length);
  return actual.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (expected[index] ?? 0))), 0);
}
