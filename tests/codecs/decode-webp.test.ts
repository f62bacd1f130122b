import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import sharp, { type WebpOptions } from 'sharp';
import { createBufferPool } from '../../codecs/buffer-pool.ts';
import { loadKernels } from '../../codecs/kernels/load-kernels.ts';
import { createWebpDecoder } from '../../codecs/webp/decode-webp.ts';
import { CorruptSource } from '../../image/errors.ts';

const decoder = createWebpDecoder({ kernels: loadKernels(), pool: createBufferPool() });

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/** Waves of colour that are nowhere quite alike, encoded by libvips. */
function encode({ width, height, channels }: Picture, options: WebpOptions): Promise<Buffer> {
  const pixels = Uint8Array.from({ length: width * height * channels }, (_, index) => {
    const [band, pixel] = [index % channels, Math.floor(index / channels)];
    return 128 + 100 * Math.sin((pixel % width) / (5 + band) + Math.floor(pixel / width) / (7 + 3 * band));
  });
  return sharp(pixels, { raw: { width, height, channels } }).webp(options).toBuffer();
}

const FORMS: Readonly<Record<string, WebpOptions>> = {
  lossy: { quality: 75 },
  lossless: { lossless: true },
  'of few colours': { lossless: true, nearLossless: true, quality: 10 },
};

describe('the WebP decoder', () => {
  for (const [name, options] of Object.entries(FORMS)) {
    for (const channels of [3, 4] as const) {
      it(`gives what libvips gives of ${name} pictures of ${channels} bands`, async () => {
        for (const [width, height] of [
          [1, 1],
          [17, 33],
          [256, 256],
          [600, 500], // more than are decoded at once
        ] as const) {
          const webp = await encode({ width, height, channels }, options);
          const expected = await sharp(webp).raw().toBuffer();
          const found = await decoder.decode(webp, { width, height, bands: channels });
          assert.ok(Buffer.from(found).equals(expected), `${width} x ${height}`);
        }
      });
    }
  }

  it('drops transparency where three bands are expected, and makes opaque where there is none', async () => {
    const size = { width: 20, height: 10 };
    const transparent = await encode({ ...size, channels: 4 }, { lossless: true, exact: true });
    const colours = await sharp(transparent).removeAlpha().raw().toBuffer();
    assert.ok(Buffer.from(await decoder.decode(transparent, { ...size, bands: 3 })).equals(colours));
    const opaque = await encode({ ...size, channels: 3 }, { lossless: true });
    const withAlpha = await sharp(opaque).ensureAlpha().raw().toBuffer();
    assert.ok(Buffer.from(await decoder.decode(opaque, { ...size, bands: 4 })).equals(withAlpha));
  });

  it('refuses a picture of another size', async () => {
    const webp = await encode({ width: 20, height: 10, channels: 3 }, {});
    await assert.rejects(decoder.decode(webp, { width: 10, height: 20, bands: 3 }), CorruptSource);
  });

  it('refuses a picture cut short anywhere, whatever its container says', async () => {
    for (const options of [{ quality: 75 }, { lossless: true }]) {
      const webp = await encode({ width: 40, height: 30, channels: 3 }, options);
      for (let length = 0; length < webp.length - 1; length += 7) {
        const cut = Buffer.from(webp.subarray(0, length));
        if (length >= 20) {
          cut.writeUInt32LE(length - 8, 4);
          cut.writeUInt32LE(length - 20, 16);
        }
        await assert.rejects(
          decoder.decode(cut, { width: 40, height: 30, bands: 3 }),
          CorruptSource,
          `${length} bytes`,
        );
      }
    }
  });

  it('survives damage: pixels of the right number or an error', async () => {
    const webp = await encode({ width: 40, height: 30, channels: 4 }, { lossless: true });
    for (let at = 30; at < webp.length; at += 3) {
      const damaged = Buffer.from(webp);
      damaged[at] = Number(damaged[at]) ^ 0xa5;
      try {
        assert.equal((await decoder.decode(damaged, { width: 40, height: 30, bands: 4 })).length, 4800);
      } catch (error) {
        assert.ok(error instanceof CorruptSource, `byte ${at}: ${error}`);
      }
    }
  });
});
