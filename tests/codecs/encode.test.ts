import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../codecs/decode-tools.ts';
import { createEncoders } from '../../codecs/encode/create-encoders.ts';
import { loadTurbo } from '../../codecs/jpeg/turbo.ts';
import { createJpeg2000Codec } from '../../codecs/jpeg2000/codec-pool.ts';
import type { BytePixels } from '../../image/operations/eight-bits.ts';
import type { OutputFormat } from '../../image/request.ts';

const DEFAULTS = {
  jpegQuality: 75,
  pngLevel: 1,
  webpQuality: 50,
  avifQuality: 50,
  tiffCompression: 'deflate',
  tiffQuality: 75,
  matte: { red: 255, green: 0, blue: 0 },
} as const;

/** A smooth picture: each pixel tells where it is. */
function picture(width: number, height: number, bands: number): BytePixels {
  const data = new Uint8Array(width * height * bands);
  for (let index = 0; index < width * height; index++) {
    const x = index % width;
    const y = Math.floor(index / width);
    const samples = [(x * 255) / width, (y * 255) / height, ((x + y) * 255) / (width + height), 255 - x / 2];
    for (let band = 0; band < bands; band++)
      data[index * bands + band] = samples[bands === 2 && band === 1 ? 3 : band] ?? 0;
  }
  const photometric = bands < 3 ? 'gray' : 'rgb';
  return { width, height, bands, data, photometric, hasAlpha: bands === 2 || bands === 4, sample: 'uint8' };
}

/** Nothing in it repeats: it cannot be compressed. */
function noiseOf(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    return state >>> 24;
  });
}

/** Decodes with ImageMagick: raw samples of the given bands. */
function decode(file: Uint8Array, bands: number): Buffer {
  const layout = { 1: 'gray', 2: 'graya', 3: 'rgb', 4: 'rgba' }[bands];
  return execFileSync('convert', ['-', ...(bands % 2 ? ['-alpha', 'off'] : []), '-depth', '8', `${layout}:-`], {
    input: file,
    maxBuffer: 2 ** 28,
  });
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((sum, sample, index) => sum + Math.abs(sample - Number(b[index])), 0) / a.length;
}

/** JPEG has no alpha, and ImageMagick here misreads that of AVIF. */
function comparableBands({ type, compression }: OutputFormat, bands: number): number {
  const isOpaque = type === 'jpeg' || type === 'avif' || compression === 'jpeg';
  return isOpaque && bands % 2 === 0 ? bands - 1 : bands;
}

const LOSSLESS: readonly OutputFormat[] = [
  { type: 'png' },
  { type: 'png', quality: 0 },
  { type: 'png', quality: 9 },
  { type: 'webp', quality: -1 },
  { type: 'tiff', compression: 'none' },
  { type: 'tiff', compression: 'lzw' },
  { type: 'tiff', compression: 'deflate' },
];
const LOSSY: readonly OutputFormat[] = [
  { type: 'jpeg', quality: 95 },
  { type: 'webp', quality: 95 },
  { type: 'avif', quality: 95 },
  { type: 'tiff', compression: 'jpeg', quality: 95 },
  { type: 'tiff', compression: 'webp', quality: 95 },
];

const turbo = loadTurbo();

for (const [name, binding] of [
  ['with the libjpeg-turbo binding', turbo],
  ['with sharp alone', undefined],
] as const) {
  describe(`encoders ${name}`, () => {
    const encoders = createEncoders(DEFAULTS, {
      ...createDecodeTools(),
      turbo: binding,
      jpeg2000: createJpeg2000Codec({ threads: 1 }),
    });

    for (const format of [...LOSSLESS, ...LOSSY]) {
      const isLossless = LOSSLESS.includes(format);
      for (const bands of [1, 2, 3, 4]) {
        it(`write ${JSON.stringify(format)} of ${bands} bands that ImageMagick decodes to the same pixels`, async () => {
          const pixels = picture(61, 47, bands);
          const file = await encoders[format.type](pixels, format);
          const kept = comparableBands(format, bands);
          const difference = meanDifference(decode(file, kept), visible(pixels, format, kept));
          assert.ok(isLossless ? difference === 0 : difference < 2.5, `mean difference ${difference}`);
        });
      }
    }

    for (const type of ['jpeg', 'png', 'webp', 'avif', 'tiff'] as const) {
      it(`write a ${type} of one pixel`, async () => {
        const file = await encoders[type]({ ...picture(1, 1, 3), data: Uint8Array.of(200, 100, 50) }, { type });
        assert.ok(meanDifference(decode(file, 3), Uint8Array.of(200, 100, 50)) < 6);
      });
    }

    it('use the configured quality where the request names none', async () => {
      const pixels = picture(200, 200, 3);
      const byDefault = await encoders.jpeg(pixels, { type: 'jpeg' });
      assert.deepEqual(byDefault, await encoders.jpeg(pixels, { type: 'jpeg', quality: 75 }));
      assert.notDeepEqual(byDefault, await encoders.jpeg(pixels, { type: 'jpeg', quality: 20 }));
    });

    it('take quality 0', async () => {
      assert.ok((await encoders.jpeg(picture(20, 20, 3), { type: 'jpeg', quality: 0 })).length > 0);
    });

    it('write a TIFF for a quality beyond the levels of its compression', async () => {
      const pixels = picture(20, 20, 3);
      for (const quality of [0, 10, 20, 100]) {
        const file = await encoders.tiff(pixels, { type: 'tiff', quality });
        assert.equal(meanDifference(decode(file, 3), pixels.data), 0);
      }
    });

    it('write JPEGs larger than are encoded at once, baseline and 4:2:0', async () => {
      const file = await encoders.jpeg(picture(900, 700, 3), { type: 'jpeg' });
      const facts = execFileSync('identify', ['-format', '%w %h %[jpeg:sampling-factor] %[interlace]', '-'], {
        input: file,
      });
      assert.equal(facts.toString(), '900 700 2x2,1x1,1x1 None');
    });

    for (const [width, height, bands] of [
      [900, 700, 3],
      [1, 3000, 1],
      [3000, 1, 4],
      [17, 5, 2],
      [2100, 300, 2],
    ] as const) {
      for (const quality of [0, 1, 9]) {
        it(`write noise of ${width} x ${height} and ${bands} bands as PNG of level ${quality}`, async () => {
          const noise = { ...picture(width, height, bands), data: noiseOf(width * height * bands) };
          const file = await encoders.png(noise, { type: 'png', quality });
          assert.equal(meanDifference(decode(file, bands), noise.data), 0);
        });
      }
    }

    it('keep what they gave out when the next image is encoded', async () => {
      const first = await encoders.jpeg(picture(256, 256, 3), { type: 'jpeg' });
      const copy = Uint8Array.from(first);
      await encoders.jpeg(picture(256, 256, 1), { type: 'jpeg', quality: 3 });
      await encoders.jpeg({ ...picture(256, 256, 3), data: new Uint8Array(196_608) }, { type: 'jpeg' });
      assert.deepEqual(Uint8Array.from(first), copy);
    });

    it('refuse a TIFF compression they cannot write, naming those they can', async () => {
      await assert.rejects(
        encoders.tiff(picture(4, 4, 3), { type: 'tiff', compression: 'zstd' }),
        /none, lzw, deflate/,
      );
    });
  });
}

it('the libjpeg-turbo binding loads on this machine', () => {
  assert.ok(turbo, 'optional dependency @julusian/jpeg-turbo is not installed');
});

/** What is to be seen: colours alone where ImageMagick drops alpha, and upon the matte where the format has none. */
function visible({ data, bands }: BytePixels, { type, compression }: OutputFormat, kept: number): Uint8Array {
  const isMatted = type === 'jpeg' || compression === 'jpeg';
  const matte = bands === 2 ? [76] : [255, 0, 0]; // 76 is the luminance of red
  const alphaOf = (index: number) => Number(data[index - (index % bands) + bands - 1]) / 255;
  return data
    .map((sample, index) => {
      const alpha = isMatted && bands % 2 === 0 ? alphaOf(index) : 1;
      return Math.round(sample * alpha + Number(matte[index % bands] ?? 0) * (1 - alpha));
    })
    .filter((_, index) => index % bands < kept);
}
