import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createBufferPool } from "../../codecs/buffer-pool.ts";
import { loadKernels } from "../../codecs/kernels/load-kernels.ts";
import { createResize } from "../../codecs/resize.ts";
import { createTurns } from "../../codecs/turns.ts";
import { deepVipsSamples, writeDeepVips } from '../support/deep-pictures.ts';
import { softPicture } from '../support/tiff-pictures.ts';
import { meanDifference, runTool, vipsSamples, withFolder, writeNetpbm } from '../support/vips-tool.ts';

const pool = createBufferPool();
const resize = createResize({ kernels: loadKernels(), pool, takeTurn: createTurns() });

const PICTURE = softPicture({ width: 120, height: 90 }, 3);
const PIXELS = { ...PICTURE, photometric: 'rgb', hasAlpha: false, sample: 'uint8' } as const;
/** Every byte of it, the lower ones too, differs from pixel to pixel. */
const DEEP = {
  ...PIXELS,
  sample: 'uint16',
  data: Uint16Array.from(PICTURE.data, (value, index) => value * 200 + (index % 199)),
} as const;
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

    it(`${name} reduces 16 bits as libvips does with real numbers, which has no coarse weights then`, async () => {
      const { data } = await resize(DEEP, { width: 40, height: 30 }, name);
      await withFolder(async (folder) => {
        const pathOf = (name: string) => join(folder, `${name}.v`);
        const [input, real, output, rounded] = [pathOf('in'), pathOf('real'), pathOf('out'), pathOf('rounded')];
        await writeDeepVips(input, DEEP);
        await runTool('vips', 'cast', input, real, 'float');
        await runTool('vips', 'resize', real, output, String(1 / 3), '--kernel', KERNELS[name]);
        await runTool('vips', 'cast', output, rounded, 'ushort');
        const expected = await deepVipsSamples(rounded, folder);
        assert.ok(meanDifference(data, expected) < 1, `mean difference ${meanDifference(data, expected)}`);
      });
    });
  }

  for (const bands of [1, 2, 3, 4]) {
    it(`keeps an even picture of 16 bits and ${bands} bands even`, async () => {
      const pixel = [1000, 40_001, 65_535, 50_000].slice(0, bands);
      const data = Uint16Array.from({ length: 30 * 20 * bands }, (_, index) => pixel[index % bands] ?? 0);
      const photometric = bands < 3 ? 'gray' : 'rgb';
      const even = { width: 30, height: 20, bands, photometric, hasAlpha: false, sample: 'uint16', data } as const;
      const resized = await resize(even, { width: 7, height: 50 }, 'linear');
      const farthest = Math.max(
        ...Array.from(resized.data, (value, index) => Math.abs(value - Number(pixel[index % bands]))),
      );
      assert.ok(resized.data.length === 350 * bands && farthest < 64, `off by ${farthest}`); // one part in a thousand
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
    const mirrored = { ...PIXELS, data: Uint8Array.from(flip(PIXELS.data, 120)) };
    const { data: fromMirrored } = await resize(mirrored, { width: 40, height: 30 }, 'linear');
    assert.ok(meanDifference(flip(data, 40), fromMirrored) < 0.5);
  });
});

/** Left to right. */
function flip(data: ArrayLike<number>, width: number): number[] {
  return Array.from(data, (_, index) => {
    const pixel = Math.floor(index / 3);
    const x = pixel % width;
    return Number(data[(pixel - x + width - 1 - x) * 3 + (index % 3)]);
  });
}
