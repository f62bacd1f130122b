import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type BufferPool, createBufferPool } from '../../codecs/buffer-pool.ts';
import { createDecodeTools } from '../../codecs/decode-tools.ts';
import type { EncodablePixels } from '../../codecs/encode/encoder.ts';
import { createResize } from '../../codecs/resize.ts';
import type { Interpolation } from '../../image/request.ts';
import { deepVipsSamples, writeDeepVips } from '../support/deep-pictures.ts';
import { softPicture } from '../support/tiff-pictures.ts';
import { meanDifference, runTool, vipsSamples, withFolder, writeNetpbm } from '../support/vips-tool.ts';

const resize = createResize(createDecodeTools());

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

/** Nobody leaves. */
function by(interpolation: Interpolation) {
  return { interpolation, signal: new AbortController().signal };
}

describe('resize', () => {
  for (const name of ['nearest', 'linear', 'cubic', 'mitchell', 'lanczos'] as const) {
    it(`${name} reduces as libvips does`, async () => {
      const { data } = await resize(PIXELS, { width: 40, height: 30 }, by(name));
      await withFolder(async (folder) => {
        const [input, output] = [join(folder, 'in.ppm'), join(folder, 'out.v')];
        await writeNetpbm(input, PICTURE);
        await runTool('vips', 'resize', input, output, String(1 / 3), '--kernel', KERNELS[name]);
        assert.ok(meanDifference(data, await vipsSamples(output, folder)) < 1);
      });
    });

    it(`${name} reduces 16 bits as libvips does with real numbers, which has no coarse weights then`, async () => {
      const { data } = await resize(DEEP, { width: 40, height: 30 }, by(name));
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
      const resized = await resize(even, { width: 7, height: 50 }, by('linear'));
      const farthest = Math.max(
        ...Array.from(resized.data, (value, index) => Math.abs(value - Number(pixel[index % bands]))),
      );
      assert.ok(resized.data.length === 350 * bands && farthest < 64, `off by ${farthest}`); // one part in a thousand
    });
  }

  for (const [name, size] of [
    ['linear', { width: 30, height: 9 }],
    ['lanczos', { width: 40, height: 18 }],
    ['mitchell', { width: 300, height: 450 }],
    ['linear', { width: 600, height: 4 }],
    ['linear', { width: 900, height: 675 }],
  ] as const) {
    it(`${name} makes ${size.width} x ${size.height} of 600 x 450 as libvips does`, async () => {
      const picture = softPicture({ width: 600, height: 450 }, 3);
      const { data } = await resize({ ...PIXELS, ...picture }, size, by(name));
      await withFolder(async (folder) => {
        const [input, output] = [join(folder, 'in.ppm'), join(folder, 'out.v')];
        await writeNetpbm(input, picture);
        const scale = [String(size.width / 600), '--vscale', String(size.height / 450)];
        await runTool('vips', 'resize', input, output, ...scale, '--kernel', KERNELS[name]);
        const expected = await vipsSamples(output, folder);
        assert.ok(meanDifference(data, expected) < 1, `mean difference ${meanDifference(data, expected)}`);
        assert.ok(largestDifference(data, expected) <= 8, `largest difference ${largestDifference(data, expected)}`);
      });
    });
  }

  for (const sample of ['uint8', 'uint16'] as const) {
    it(`shows no colour of transparent pixels in ${sample}`, async () => {
      const most = sample === 'uint8' ? 255 : 65_535;
      const pixels = Array.from({ length: 40 * 30 }, (_, index) =>
        index % 40 < 21 ? [most, 0, 0, most] : [0, most, most, 0],
      ).flat();
      const form = { width: 40, height: 30, bands: 4, photometric: 'rgb', hasAlpha: true } as const;
      const striped =
        sample === 'uint8'
          ? ({ ...form, sample, data: Uint8Array.from(pixels) } as const)
          : ({ ...form, sample, data: Uint16Array.from(pixels) } as const);
      for (const width of [20, 7, 77]) {
        const { data } = await resize(striped, { width, height: 15 }, by('linear'));
        const visible = Array.from({ length: width * 15 }, (_, pixel) => data.slice(pixel * 4, pixel * 4 + 4)).filter(
          ([, , , alpha]) => Number(alpha) > 0,
        );
        assert.ok(visible.some(([, , , alpha]) => Number(alpha) < most));
        assert.ok(visible.every(([red, green, blue]) => red === most && green === 0 && blue === 0));
      }
    });
  }

  for (const bands of [1, 2, 3, 4]) {
    it(`makes one pixel of ${bands} bands any number, and any number one`, async () => {
      const pixel = [200, 100, 50, 255].slice(0, bands - 1).concat(bands % 2 ? 50 : 255);
      const shape = {
        bands,
        photometric: bands < 3 ? 'gray' : 'rgb',
        hasAlpha: bands % 2 === 0,
        sample: 'uint8',
      } as const;
      for (const [from, to] of [
        [1, 5],
        [5, 1],
        [3, 2],
        [1000, 1],
      ] as const) {
        const data = Uint8Array.from({ length: from * from * bands }, (_, index) => Number(pixel[index % bands]));
        const even = { ...shape, width: from, height: from, data };
        const resized = await resize(even, { width: to, height: to }, by('lanczos'));
        assert.ok(resized.data.every((value, index) => value === pixel[index % bands]));
        assert.equal(resized.data.length, to * to * bands);
      }
    });
  }

  it('gives every buffer back but the one returned, also when it fails', async () => {
    const lent = new Set<ArrayBufferLike>();
    const pool = createBufferPool();
    const counted: BufferPool = {
      take: (byteLength) => {
        const buffer = pool.take(byteLength);
        lent.add(buffer.buffer);
        return buffer;
      },
      give: (buffer) => {
        lent.delete(buffer.buffer);
        pool.give(buffer);
      },
      exchange: pool.exchange,
    };
    const tools = createDecodeTools(counted);
    const data = counted.take(600 * 450 * 3);
    const picture = { ...PIXELS, width: 600, height: 450, data };
    const { data: resized } = await createResize(tools)(picture, { width: 20, height: 20 }, by('cubic'));
    assert.deepEqual([...lent], [resized.buffer]);
    const failing = createResize({ ...tools, takeTurn: () => Promise.reject(new Error('no turn')) });
    await assert.rejects(
      failing({ ...picture, data: counted.take(600 * 450 * 3) }, { width: 20, height: 20 }, by('cubic')),
    );
    assert.deepEqual([...lent], [resized.buffer]);
  });

  it('makes another picture by each', async () => {
    const names = ['nearest', 'linear', 'cubic', 'mitchell', 'lanczos'] as const;
    const pictures = await Promise.all(
      names.map(async (name) => (await resize(PIXELS, { width: 50, height: 40 }, by(name))).data),
    );
    assert.equal(new Set(pictures.map((data) => Buffer.from(data).toString('hex'))).size, names.length);
  });

  it('keeps the centre where it is, in 8 bits and in 16', async () => {
    for (const name of ['nearest', 'linear', 'cubic', 'mitchell', 'lanczos'] as const) {
      for (const pixels of [PIXELS, DEEP]) {
        const { data } = await resize(pixels, { width: 40, height: 30 }, by(name));
        const { data: fromMirrored } = await resize(mirrored(pixels), { width: 40, height: 30 }, by(name));
        const largest = largestDifference(flip(data, 40), fromMirrored);
        assert.ok(largest <= 1, `${name}, ${pixels.sample}: off by ${largest}`);
      }
    }
  });

  // Frequencies beyond what the smaller picture can hold have to vanish: what remains of them would be a moiré.
  for (const name of ['linear', 'cubic', 'mitchell', 'lanczos'] as const) {
    it(`${name} makes an even grey of stripes that are finer than its pixels`, async () => {
      for (const sample of ['uint8', 'uint16'] as const) {
        const white = sample === 'uint8' ? 255 : 65_535;
        const { data } = await resize(stripes(sample), { width: 70, height: 50 }, by(name));
        const inside = Array.from(data).filter((_, index) => index % 70 > 3 && index % 70 < 66);
        const farthest = Math.max(...inside.map((value) => Math.abs(value / white - 0.5)));
        assert.ok(farthest < 0.08, `${sample}: ${farthest} from grey`);
      }
    });
  }

  it('nearest picks some of the stripes', async () => {
    const { data } = await resize(stripes('uint16'), { width: 70, height: 50 }, by('nearest'));
    assert.deepEqual([...new Set(data)].sort(), [0, 65_535]);
  });
});

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a, (value, index) => Math.abs(value - Number(b[index]))).reduce((most, each) =>
    Math.max(most, each),
  );
}

/** Black and white columns, one pixel wide. */
function stripes(sample: 'uint8' | 'uint16'): EncodablePixels {
  const shape = { width: 201, height: 150, bands: 1, photometric: 'gray', hasAlpha: false } as const;
  const values = Array.from({ length: 201 * 150 }, (_, index) => ((index % 201) % 2) * 65_535);
  return sample === 'uint16'
    ? { ...shape, sample, data: Uint16Array.from(values) }
    : { ...shape, sample, data: Uint8Array.from(values, (value) => value >> 8) };
}

function mirrored(pixels: typeof PIXELS | typeof DEEP): EncodablePixels {
  const data = flip(pixels.data, pixels.width);
  return pixels.sample === 'uint16'
    ? { ...pixels, data: Uint16Array.from(data) }
    : { ...pixels, data: Uint8Array.from(data) };
}

/** Left to right. */
function flip(data: ArrayLike<number>, width: number): number[] {
  return Array.from(data, (_, index) => {
    const pixel = Math.floor(index / 3);
    const x = pixel % width;
    return Number(data[(pixel - x + width - 1 - x) * 3 + (index % 3)]);
  });
}
