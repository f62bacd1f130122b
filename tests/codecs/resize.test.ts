import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { resize } from '../../codecs/resize.ts';
import { softPicture } from '../support/tiff-pictures.ts';
import { meanDifference, runTool, vipsSamples, withFolder, writeNetpbm } from '../support/vips-tool.ts';

const PICTURE = softPicture({ width: 120, height: 90 }, 3);
const PIXELS = { ...PICTURE, photometric: 'rgb', hasAlpha: false, sample: 'uint8' } as const;
const KERNELS = {
  nearest: 'nearest',
  linear: 'linear',
  cubic: 'cubic',
  mitchell: 'mitchell',
  lanczos: 'lanczos3',
} as const;

describe('resize', () => {
  for (const name of ['nearest', 'linear', 'cubic', 'mitchell', 'lanczos'] as const) {
    it(`${name} reduces as libvips does`, async () => {
      const { data } = await resize(PIXELS, { width: 40, height: 30 }, name);
      await withFolder(async (folder) => {
        const [input, output] = [join(folder, 'in.ppm'), join(folder, 'out.v')];
        await writeNetpbm(input, PICTURE);
        await runTool('vips', 'resize', input, output, String(1 / 3), '--kernel', KERNELS[name]);
        assert.ok(meanDifference(data, await vipsSamples(output, folder)) < 1);
      });
    });
  }

  it('makes another picture by each', async () => {
    const names = ['nearest', 'linear', 'cubic', 'mitchell', 'lanczos'] as const;
    const pictures = await Promise.all(
      names.map(async (name) => (await resize(PIXELS, { width: 50, height: 40 }, name)).data),
    );
    assert.equal(new Set(pictures.map((data) => Buffer.from(data).toString('hex'))).size, names.length);
  });

  it('keeps the centre where it is', async () => {
    const { data } = await resize(PIXELS, { width: 40, height: 30 }, 'linear');
    const mirrored = { ...PIXELS, data: flip(PIXELS.data, 120) };
    const { data: fromMirrored } = await resize(mirrored, { width: 40, height: 30 }, 'linear');
    assert.ok(meanDifference(flip(data, 40), fromMirrored) < 0.5);
  });
});

/** Left to right. */
function flip(data: Uint8Array, width: number): Uint8Array {
  return data.map((_, index) => {
    const pixel = Math.floor(index / 3);
    const x = pixel % width;
    return Number(data[(pixel - x + width - 1 - x) * 3 + (index % 3)]);
  });
}
