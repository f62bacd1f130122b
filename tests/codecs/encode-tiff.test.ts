import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createBufferPool } from '../../codecs/buffer-pool.ts';
import { createTiffEncoder } from '../../codecs/encode/encode-tiff.ts';
import type { EncodablePixels } from '../../codecs/encode/encoder.ts';
import { loadTurbo } from '../../codecs/jpeg/turbo.ts';
import { zstandardEncoder } from '../../codecs/tiff-writer/zstandard.ts';
import type { Size } from '../../image/geometry.ts';
import type { TiffCompression } from '../../image/request.ts';
import { deepPicture, deepVipsSamples } from '../support/deep-pictures.ts';
import { meanDifference, runTool, vipsSamples } from '../support/vips-tool.ts';

const DEFAULTS = { tiffCompression: 'deflate', tiffQuality: 1, matte: { red: 255, green: 255, blue: 255 } } as const;
const TOOLS = { turbo: loadTurbo(), pool: createBufferPool() };
const LOSSLESS = ['none', 'lzw', 'deflate'] as const;
const SIZES: readonly Size[] = [
  { width: 1, height: 1 },
  { width: 61, height: 47 },
  { width: 1025, height: 769 },
];

let folder = '';
const path = () => join(folder, 'a.tif');

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mezzotint-encode-tiff-'));
});

after(() => rm(folder, { recursive: true }));

function picture(size: Size, bands: number, sample: 'uint8' | 'uint16'): EncodablePixels {
  const deep = deepPicture(size, bands);
  const shape = { ...size, bands, photometric: bands < 3 ? 'gray' : 'rgb', hasAlpha: bands % 2 === 0 } as const;
  if (sample === 'uint16') return { ...shape, sample, data: deep.data };
  return { ...shape, sample, data: Uint8Array.from(deep.data, (value) => value >> 8) };
}

async function write(pixels: EncodablePixels, compression: TiffCompression, quality?: number): Promise<void> {
  const encode = createTiffEncoder(DEFAULTS, { ...TOOLS, takeTurn: () => undefined });
  await writeFile(
    path(),
    await encode(pixels, { type: 'tiff', compression, ...(quality === undefined ? {} : { quality }) }),
  );
}

function decoded(sample: 'uint8' | 'uint16'): Promise<Uint8Array | Uint16Array> {
  return sample === 'uint16' ? deepVipsSamples(path(), folder) : vipsSamples(path(), folder);
}

/** What libtiff says of the file; it warns of whatever is not as it should be. */
async function tiffinfo(): Promise<string> {
  const text = await runTool('sh', '-c', `tiffinfo -D '${path()}' 2>&1`);
  assert.doesNotMatch(text, /warning|error/i);
  return text;
}

describe('TIFF output', () => {
  for (const compression of LOSSLESS) {
    for (const sample of ['uint8', 'uint16'] as const) {
      for (const bands of [1, 2, 3, 4]) {
        it(`keeps every sample: ${compression}, ${sample}, ${bands} bands`, async () => {
          for (const size of SIZES) {
            const pixels = picture(size, bands, sample);
            const before = pixels.data.slice();
            await write(pixels, compression);
            assert.ok(
              Buffer.from((await decoded(sample)).buffer).equals(Buffer.from(pixels.data.buffer)),
              `${size.width}`,
            );
            assert.deepEqual(pixels.data, before, 'the encoder changed the pixels');
            await tiffinfo();
          }
        });
      }
    }
  }

  it('is read by ImageMagick as by libvips', async () => {
    for (const compression of LOSSLESS) {
      for (const [bands, layout] of [
        [1, 'gray'],
        [2, 'graya'],
        [3, 'rgb'],
        [4, 'rgba'],
      ] as const) {
        const pixels = picture({ width: 61, height: 47 }, bands, 'uint16');
        await write(pixels, compression);
        await runTool('convert', path(), '-depth', '16', '-endian', 'LSB', `${layout}:${path()}.raw`);
        const raw = await readFile(`${path()}.raw`);
        assert.ok(raw.equals(Buffer.from(pixels.data.buffer)), `${compression} ${layout}`);
      }
    }
  });

  it('says what its samples are', async () => {
    const size = { width: 61, height: 47 };
    const facts = async (bands: number, sample: 'uint8' | 'uint16', compression: TiffCompression) => {
      await write(picture(size, bands, sample), compression, 50);
      const text = await tiffinfo();
      const fact = (name: RegExp) => name.exec(text)?.[1];
      return [
        fact(/Photometric Interpretation: (.+)/),
        fact(/Bits\/Sample: (.+)/),
        fact(/Extra Samples: (.+)/),
        fact(/Compression Scheme: (.+)/),
        fact(/Predictor: (.+)/),
      ];
    };
    const predictor = 'horizontal differencing 2 (0x2)';
    const alpha = '1<unassoc-alpha>';
    assert.deepEqual(await facts(1, 'uint8', 'none'), ['min-is-black', '8', undefined, 'None', undefined]);
    assert.deepEqual(await facts(2, 'uint16', 'deflate'), ['min-is-black', '16', alpha, 'AdobeDeflate', predictor]);
    assert.deepEqual(await facts(3, 'uint16', 'lzw'), ['RGB color', '16', undefined, 'LZW', predictor]);
    assert.deepEqual(await facts(4, 'uint8', 'deflate'), ['RGB color', '8', alpha, 'AdobeDeflate', predictor]);
    assert.deepEqual(await facts(3, 'uint8', 'jpeg'), ['YCbCr', '8', undefined, 'JPEG', undefined]);
    assert.deepEqual(await facts(2, 'uint8', 'jpeg'), ['min-is-black', '8', undefined, 'JPEG', undefined]);
  });

  it('states no resolution, and has strips of about half a megabyte', async () => {
    await write(picture({ width: 1025, height: 769 }, 3, 'uint8'), 'none');
    assert.doesNotMatch(await tiffinfo(), /Resolution/);
    assert.equal(await runTool('exiftool', '-s3', '-RowsPerStrip', path()), '160\n');
    const lengths = await runTool('exiftool', '-b', '-StripByteCounts', path());
    assert.deepEqual(lengths.split(' ').map(Number), [...Array<number>(4).fill(160 * 1025 * 3), 129 * 1025 * 3]);
  });

  it('has the level of Deflate that is asked for, held between 0 and 9', async () => {
    const pixels = picture({ width: 400, height: 300 }, 3, 'uint8');
    const lengthAt = async (quality: number) => {
      await write(pixels, 'deflate', quality);
      return (await readFile(path())).length;
    };
    const [stored, fastest, smallest] = [await lengthAt(0), await lengthAt(1), await lengthAt(9)];
    assert.ok(stored > pixels.data.length && fastest < stored && smallest < fastest);
    assert.equal(await lengthAt(100), smallest);
    assert.equal(await lengthAt(-3), stored);
  });

  it('has the same LZW as libtiff, also of noise and of one value', async () => {
    const size = { width: 512, height: 300 };
    const noise = picture(size, 3, 'uint8');
    let state = 1;
    noise.data.forEach((_, index) => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      noise.data[index] = state >> 16;
    });
    const even = picture(size, 1, 'uint8');
    even.data.fill(7);
    for (const pixels of [noise, even, picture(size, 3, 'uint8')]) {
      await write(pixels, 'lzw');
      assert.deepEqual(new Uint8Array(await vipsSamples(path(), folder)), pixels.data);
      const ours = (await readFile(path())).length;
      await runTool('tiffcp', '-c', 'lzw:2', path(), `${path()}.other.tif`);
      const theirs = (await readFile(`${path()}.other.tif`)).length;
      assert.ok(Math.abs(ours - theirs) < 0.01 * theirs + 500, `${ours} bytes, libtiff has ${theirs}`);
    }
  });

  for (const compression of ['jpeg', 'webp'] as const) {
    for (const bands of [1, 2, 3, 4]) {
      it(`is as lossy as its quality says: ${compression}, ${bands} bands`, async () => {
        const pixels = picture({ width: 700, height: 521 }, bands, 'uint16');
        await write(pixels, compression, 95);
        await tiffinfo();
        const bytes = Uint8Array.from(expectedBands(pixels, compression), (value) => value >> 8);
        const difference = meanDifference(await vipsSamples(path(), folder), bytes);
        assert.ok(difference < 1.5, `mean difference ${difference}`);
        const length = (await readFile(path())).length;
        await write(pixels, compression, 10);
        assert.ok((await readFile(path())).length < length);
      });
    }
  }

  it('has WebP of opaque pixels with an opaque band', async () => {
    const pixels = picture({ width: 61, height: 47 }, 4, 'uint8');
    for (let at = 3; at < pixels.data.length; at += 4) pixels.data[at] = 255;
    await write(pixels, 'webp', 100);
    assert.ok(meanDifference(await vipsSamples(path(), folder), pixels.data) < 1.5);
  });

  it('has WebP that loses nothing where its quality is below 0', async () => {
    for (const bands of [1, 3, 4]) {
      const pixels = picture({ width: 61, height: 47 }, bands, 'uint8');
      for (let at = 3; bands === 4 && at < pixels.data.length; at += 4) pixels.data[at] = (at % 255) + 1;
      await write(pixels, 'webp', -1);
      const expected = Buffer.from(bands === 1 ? [...pixels.data].flatMap((gray) => [gray, gray, gray]) : pixels.data);
      assert.ok(expected.equals(await vipsSamples(path(), folder)), `${bands} bands`);
    }
  });

  it('has Zstandard that libtiff decodes, where Node.js has an encoder for it', {
    skip: zstandardEncoder() ? false : 'Node.js before 22.15 has no encoder for Zstandard',
  }, async () => {
    for (const sample of ['uint8', 'uint16'] as const) {
      for (const bands of [1, 3]) {
        const pixels = picture({ width: 1025, height: 769 }, bands, sample);
        await write(pixels, 'zstd', 3);
        const expected = new Uint8Array(pixels.data.buffer, pixels.data.byteOffset, pixels.data.byteLength);
        assert.ok(Buffer.from(expected).equals(await vipsSamples(path(), folder)), `${bands} bands of ${sample}`);
      }
    }
  });

  it('names what it can write where it is asked for something else', async () => {
    if (!zstandardEncoder()) {
      const pixels = picture({ width: 4, height: 4 }, 3, 'uint8');
      await assert.rejects(
        write(pixels, 'zstd'),
        /TIFF compression "zstd".*none, lzw, deflate, jpeg, webp; only Node.js from 22/,
      );
    }
    const wide = picture({ width: 17_000, height: 1 }, 1, 'uint8');
    await assert.rejects(write(wide, 'webp'), /at most 16383 pixels wide/);
  });
});

/** Grey goes into WebP as RGB; JPEG has no opacity, and shows a white matte. */
function expectedBands({ data, bands }: EncodablePixels, compression: 'jpeg' | 'webp'): number[] {
  const pixels = Array.from({ length: data.length / bands }, (_, index) => [
    ...data.subarray(index * bands, index * bands + bands),
  ]);
  const hasAlpha = bands % 2 === 0;
  return pixels.flatMap((pixel) => {
    const alpha = hasAlpha ? Number(pixel.at(-1)) / 65_535 : 1;
    const colours = hasAlpha ? pixel.slice(0, -1) : pixel;
    if (compression === 'jpeg') return colours.map((value) => value * alpha + 65_535 * (1 - alpha));
    const [gray = 0] = colours;
    const rgb = colours.length === 1 ? [gray, gray, gray] : colours;
    return hasAlpha ? [...rgb, Number(pixel.at(-1))] : rgb;
  });
}
