import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { UnsupportedSource } from '../../../image/errors.ts';
import { wholeOf } from '../../../image/geometry.ts';
import type { ImageSource } from '../../../image/source.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { bigEndian, channelDefinitions, enumeratedColour, jp2Box, wrapCodestream } from '../../support/jp2-boxes.ts';
import { drawPlanes, encodeJpeg2000, type Jpeg2000Variant } from '../../support/jpeg2000-files.ts';
import { runTool, withFolder } from '../../support/vips-tool.ts';

const SIGNAL = new AbortController().signal;
const TOOLS = createDecodeTools();
const SIZE = { width: 60, height: 40 };
const PIXELS = SIZE.width * SIZE.height;

/** A codestream without loss and without colour transform, whose samples are those of `drawPlanes`. */
async function codestream(components: number, more: Partial<Jpeg2000Variant> = {}): Promise<Buffer> {
  const variant: Jpeg2000Variant = {
    tool: 'opj',
    options: '-n 2 -mct 0',
    size: SIZE,
    components,
    ending: 'j2k',
    ...more,
  };
  return withFolder(async (folder) => readFile(await encodeJpeg2000(folder, 'plain', variant)));
}

async function readWhole(file: Uint8Array): Promise<{ source: ImageSource; data: ArrayLike<number> }> {
  const source = await openSource(memoryBytes(file), TOOLS);
  const { data } = await source.read(source.levels[0], wholeOf(source.levels[0]), SIGNAL);
  return { source, data };
}

function planeOf(components: number, component: number, bits = 8): number[] {
  const { data } = drawPlanes(SIZE, components, bits);
  return [...data.subarray(component * PIXELS, (component + 1) * PIXELS)];
}

function bandOf(data: ArrayLike<number>, bands: number, band: number): number[] {
  return Array.from({ length: PIXELS }, (_, pixel) => Number(data[pixel * bands + band]));
}

describe('colours of JPEG 2000', () => {
  it('takes the opacity from the channel definition, and puts it last', async () => {
    const header = [enumeratedColour(16), channelDefinitions([0, 1, 0], [1, 0, 3], [2, 0, 2], [3, 0, 1])];
    const { source, data } = await readWhole(wrapCodestream(await codestream(4), header));
    assert.deepEqual([source.layout.bands, source.layout.hasAlpha, source.layout.photometric], [4, true, 'rgb']);
    for (const [band, component] of [3, 2, 1, 0].entries()) {
      assert.deepEqual(bandOf(data, 4, band), planeOf(4, component));
    }
  });

  it('has no opacity without a definition: the fourth band is only a band', async () => {
    const { source } = await readWhole(wrapCodestream(await codestream(4), [enumeratedColour(16)]));
    assert.deepEqual([source.layout.bands, source.layout.hasAlpha, source.layout.photometric], [4, false, 'rgb']);
  });

  it('divides colours by the opacity they were multiplied with', async () => {
    const header = [enumeratedColour(17), channelDefinitions([0, 0, 1], [1, 2, 0])];
    const { data } = await readWhole(wrapCodestream(await codestream(2), header));
    const gray = planeOf(2, 0);
    const alpha = planeOf(2, 1);
    const expected = gray.map((value, pixel) => {
      const opacity = alpha[pixel] ?? 0;
      return opacity === 0 || opacity === 255 ? value : Math.min(255, Math.floor((value * 255) / opacity + 0.5));
    });
    assert.deepEqual(bandOf(data, 2, 0), expected);
    assert.deepEqual(bandOf(data, 2, 1), alpha);
  });

  it('reads CMYK as ink', async () => {
    const { source, data } = await readWhole(wrapCodestream(await codestream(4), [enumeratedColour(12)]));
    assert.deepEqual([source.layout.photometric, source.layout.bands], ['cmyk', 4]);
    assert.deepEqual(bandOf(data, 4, 2), planeOf(4, 2));
  });

  it('looks colours up in a palette', async () => {
    const rows = Array.from({ length: 16 }, (_, index) => [index * 17, 255 - index * 17, (index * 40) % 256]);
    const palette = jp2Box('pclr', bigEndian(2, rows.length), Buffer.from([3, 7, 7, 7, ...rows.flat()]));
    const mapping = jp2Box('cmap', Buffer.from([0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 2]));
    const stored = await codestream(1, { bits: 4 });
    const { source, data } = await readWhole(wrapCodestream(stored, [enumeratedColour(16), palette, mapping]));
    assert.deepEqual([source.layout.photometric, source.layout.bands, source.layout.bitsPerSample], ['rgb', 3, 8]);
    for (const band of [0, 1, 2]) {
      assert.deepEqual(
        bandOf(data, 3, band),
        planeOf(1, 0, 4).map((index) => rows[index]?.[band]),
      );
    }
  });

  it('makes RGB of sYCC as opj_decompress does', () =>
    withFolder(async (folder) => {
      const file = wrapCodestream(await codestream(3), [enumeratedColour(18)]);
      await writeFile(join(folder, 'ycc.jp2'), file);
      await runTool('opj_decompress', '-i', join(folder, 'ycc.jp2'), '-o', join(folder, 'rgb.ppm'));
      const expected = (await readFile(join(folder, 'rgb.ppm'))).subarray(-PIXELS * 3);
      const { source, data } = await readWhole(file);
      assert.equal(source.layout.photometric, 'rgb');
      for (const [index, value] of expected.entries()) {
        assert.ok(Math.abs(value - Number(data[index])) <= 1, `sample ${index}: ${data[index]}, not ${value}`);
      }
    }));

  it('spreads components of different depths over the same range', () =>
    withFolder(async (folder) => {
      const depths = [8, 4, 6];
      const planes = depths.map((bits, component) => planeOf(3, component, bits));
      await writeFile(join(folder, 'mixed.yuv'), Buffer.from(planes.flat()));
      const words = '-num_comps 3 -signed false,false,false -downsamp {1,1},{1,1},{1,1} -reversible true';
      const shape = ['-dims', `{${SIZE.width},${SIZE.height}}`, '-bit_depth', depths.join(',')];
      await runTool(
        'ojph_compress',
        '-i',
        join(folder, 'mixed.yuv'),
        '-o',
        join(folder, 'm.j2c'),
        ...words.split(' '),
        ...shape,
      );
      const { data } = await readWhole(await readFile(join(folder, 'm.j2c')));
      const widened = [
        (value: number) => value,
        (value: number) => value * 17,
        (value: number) => (value << 2) | (value >> 4),
      ];
      for (const [band, widen] of widened.entries()) {
        assert.deepEqual(bandOf(data, 3, band), planes[band]?.map(widen));
      }
    }));

  it('repeats subsampled components', () =>
    withFolder(async (folder) => {
      const luma = planeOf(3, 0);
      const chroma = [1, 2].map((component) => planeOf(3, component).slice(0, PIXELS / 4));
      await writeFile(join(folder, 'sub.yuv'), Buffer.from([...luma, ...chroma.flat()]));
      const words = '-num_comps 3 -signed false,false,false -downsamp {1,1},{2,2},{2,2} -reversible true';
      const shape = ['-dims', `{${SIZE.width},${SIZE.height}}`, '-bit_depth', '8,8,8'];
      await runTool(
        'ojph_compress',
        '-i',
        join(folder, 'sub.yuv'),
        '-o',
        join(folder, 's.j2c'),
        ...words.split(' '),
        ...shape,
      );
      // declared to be RGB, so that the samples themselves can be compared
      const { data } = await readWhole(wrapCodestream(await readFile(join(folder, 's.j2c')), [enumeratedColour(16)]));
      assert.deepEqual(bandOf(data, 3, 0), luma);
      const half = SIZE.width / 2;
      const expected = luma.map((_, pixel) => {
        const [x, y] = [pixel % SIZE.width, Math.floor(pixel / SIZE.width)];
        return chroma[0]?.[(y >> 1) * half + (x >> 1)];
      });
      assert.deepEqual(bandOf(data, 3, 1), expected);
    }));

  it('says which colour space it cannot read', async () => {
    const file = wrapCodestream(await codestream(3), [enumeratedColour(14)]);
    await assert.rejects(openSource(memoryBytes(file), TOOLS), (error) => {
      return error instanceof UnsupportedSource && error.message.includes('colour space 14');
    });
  });
});
