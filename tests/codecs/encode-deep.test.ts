import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../codecs/decode-tools.ts';
import { createEncoders } from '../../codecs/encode/create-encoders.ts';
import type { EncodablePixels } from '../../codecs/encode/encoder.ts';
import { loadTurbo } from '../../codecs/jpeg/turbo.ts';
import { createJpeg2000Codec } from '../../codecs/jpeg2000/codec-pool.ts';
import type { OutputFormat } from '../../image/request.ts';
import { deepPicture, deepVipsSamples } from '../support/deep-pictures.ts';
import { meanDifference, runTool, vipsSamples, withFolder } from '../support/vips-tool.ts';

const DEFAULTS = {
  jpegQuality: 95,
  pngLevel: 1,
  webpQuality: 95,
  avifQuality: 50,
  tiffCompression: 'deflate',
  tiffQuality: 1,
  matte: { red: 255, green: 0, blue: 0 },
} as const;

function picture(bands: number): EncodablePixels {
  const photometric = bands < 3 ? 'gray' : 'rgb';
  return { ...deepPicture({ width: 61, height: 47 }, bands), photometric, hasAlpha: bands % 2 === 0, sample: 'uint16' };
}

const DEEP: readonly OutputFormat[] = [
  { type: 'png' },
  { type: 'png', quality: 9 },
  { type: 'tiff', compression: 'none' },
  { type: 'tiff', compression: 'lzw' },
  { type: 'tiff', compression: 'deflate' },
];
const SHALLOW: readonly OutputFormat[] = [
  { type: 'jpeg' },
  { type: 'webp' },
  { type: 'tiff', compression: 'jpeg', quality: 95 },
  { type: 'tiff', compression: 'webp', quality: 95 },
];

describe('encoders given 16 bits', () => {
  const encoders = createEncoders(DEFAULTS, {
    ...createDecodeTools(),
    turbo: loadTurbo(),
    jpeg2000: createJpeg2000Codec({ threads: 1 }),
  });

  for (const format of DEEP) {
    for (const bands of [1, 2, 3, 4]) {
      it(`write ${JSON.stringify(format)} of ${bands} bands that libvips decodes to the same 16-bit pixels`, async () => {
        const pixels = picture(bands);
        await withFolder(async (folder) => {
          const path = join(folder, `a.${format.type}`);
          await writeFile(path, await encoders[format.type](pixels, format));
          assert.deepEqual(await deepVipsSamples(path, folder), pixels.data);
        });
      });
    }
  }

  for (const format of SHALLOW) {
    it(`write ${JSON.stringify(format)} of 8 bits`, async () => {
      const pixels = picture(3);
      await withFolder(async (folder) => {
        const path = join(folder, `a.${format.type}`);
        await writeFile(path, await encoders[format.type](pixels, format));
        assert.match(await runTool('vipsheader', path), /uchar, 3 bands/);
        const bytes = Uint8Array.from(pixels.data, (sample) => sample >> 8);
        assert.ok(meanDifference(await vipsSamples(path, folder), bytes) < 2.5);
      });
    });
  }

  it('write AVIF of 10 bits where the image has no more', async () => {
    await withFolder(async (folder) => {
      const path = join(folder, 'a.avif');
      await writeFile(path, await encoders.avif(picture(3), { type: 'avif', significantBits: 10 }));
      assert.match(await runTool('exiftool', '-s3', '-ImagePixelDepth', path), /^10/);
    });
  });

  for (const quality of [-1, 80]) {
    for (const bands of [1, 3]) {
      it(`write AVIF of 12 bits, quality ${quality}, of ${bands} bands`, async () => {
        const pixels = picture(bands);
        await withFolder(async (folder) => {
          const path = join(folder, 'a.avif');
          await writeFile(path, await encoders.avif(pixels, { type: 'avif', quality }));
          assert.match(await runTool('exiftool', '-s3', '-ImagePixelDepth', path), /^12/);
          const decoded = await deepVipsSamples(path, folder); // grey as three equal bands
          const expected = bands === 1 ? [...pixels.data].flatMap((sample) => [sample, sample, sample]) : pixels.data;
          const difference = meanDifference(decoded, expected);
          assert.ok(difference < (quality < 0 ? 17 : 400), `mean difference ${difference}`);
        });
      });
    }
  }
});
