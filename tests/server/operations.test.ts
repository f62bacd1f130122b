import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { writePositionPyramid } from '../support/position-picture.ts';
import { silentLog } from '../support/silent-log.ts';

const SIZE = { width: 700, height: 500 };
const PYRAMID = ['--tile', '--pyramid', '--tile-width', '256', '--tile-height', '256', '--compression', 'deflate'];
const KERNELS = {
  sobel: '-1,0,1,-2,0,2,-1,0,1',
  prewitt: '1,0,-1,1,0,-1,1,0,-1',
  scharr: '-3,0,3,-10,0,10,-3,0,3',
  laplace: '-1,-1,-1,-1,8,-1,-1,-1,-1',
  gaussian: '1,2,1,2,4,2,1,2,1',
  sharpen: '0,-1,0,-1,5,-1,0,-1,0',
  emboss: '-2,-1,0,-1,1,1,0,1,2',
  '[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]': Array.from(
    { length: 25 },
    (_, i) => i + 1,
  ).join(),
};

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-operations-'));
const path = (name: string) => join(folder, name);
let application: Application;

/** A picture as ImageMagick decodes it: as many bands as it has. */
interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly data: Buffer;
}

function convert(args: string[], input?: Buffer): Buffer {
  return execFileSync('convert', args, { maxBuffer: 2 ** 28, ...(input && { input }) });
}

async function fetched(url: string): Promise<Buffer> {
  const answer = await application.app.inject({ url });
  assert.equal(answer.statusCode, 200, `${url}: ${answer.body.slice(0, 300)}`);
  return answer.rawPayload;
}

/** A PNG, in bytes. */
async function pictureOf(url: string): Promise<Decoded> {
  const png = await fetched(url);
  const bands = png[25] === 0 ? 1 : 3;
  const data = convert(['-', '-depth', '8', bands === 1 ? 'gray:-' : 'rgb:-'], png);
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20), bands, data };
}

function cut({ width, bands, data }: Decoded, x: number, y: number, size: Decoded): Buffer {
  const rows = Array.from({ length: size.height }, (_, row) => {
    const from = ((y + row) * width + x) * bands;
    return data.subarray(from, from + size.width * bands);
  });
  return Buffer.concat(rows);
}

function assertNear(actual: Buffer, expected: Buffer, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((sample, index) => {
    const wanted = expected[index] ?? 0;
    assert.ok(Math.abs(sample - wanted) <= tolerance, `sample ${index}: ${sample} for ${wanted}`);
  });
}

/** Asserts that the tiles of a level are what its export is cut into. */
async function assertSeamless(name: string, modifiers: string, level: number): Promise<void> {
  const size = { width: Math.ceil(SIZE.width / 2 ** (2 - level)), height: Math.ceil(SIZE.height / 2 ** (2 - level)) };
  const whole = await pictureOf(`/iip?FIF=${name}&${modifiers}&WID=${size.width}&CVT=png`);
  const columns = Math.ceil(whole.width / 256);
  for (let index = 0; index < columns * Math.ceil(whole.height / 256); index++) {
    const tile = await pictureOf(`/iip?FIF=${name}&${modifiers}&PTL=${level},${index}`);
    const expected = cut(whole, (index % columns) * 256, Math.floor(index / columns) * 256, tile);
    assert.ok(tile.data.equals(expected), `${name} ${modifiers}: tile ${level},${index}`);
  }
}

before(async () => {
  writePositionPyramid(path('rgb.tif'), SIZE, ['--compression', 'deflate']);
  const vips = (...args: string[]) => execFileSync('vips', args);
  vips('tiffload', path('rgb.tif'), path('rgb.v'));
  vips('extract_band', path('rgb.v'), path('band.v'), '0');
  vips('linear', path('band.v'), path('wide.v'), '257', '0');
  vips('cast', path('wide.v'), path('grey16.v'), 'ushort');
  vips('copy', path('grey16.v'), path('copy16.v'), '--interpretation', 'grey16');
  vips('tiffsave', path('copy16.v'), path('grey16.tif'), ...PYRAMID);
  vips('linear', '--', path('band.v'), path('float.v'), '0.125', '-3');
  vips('tiffsave', path('float.v'), path('float.tif'), ...PYRAMID);
  vips('colourspace', path('rgb.v'), path('lab.v'), 'lab');
  vips('tiffsave', path('lab.v'), path('lab.tif'), ...PYRAMID);
  vips('tiffsave', path('rgb.v'), path('profiled.tif'), '--profile', 'srgb', ...PYRAMID);
  const config = loadConfig({ argv: [folder], env: {}, readFile: () => '', cores: 2 });
  application = await createApp({ config, log: silentLog });
});

after(async () => {
  await application.close();
  rmSync(folder, { recursive: true });
});

describe('kernels', () => {
  for (const [name, factors] of Object.entries(KERNELS)) {
    it(`${name} leaves no seams between tiles`, async () => {
      await assertSeamless('rgb.tif', `CNV=${encodeURIComponent(name)}`, 2);
      await assertSeamless('grey16.tif', `CNV=${encodeURIComponent(name)}`, 1);
      await assertSeamless('float.tif', `CNV=${encodeURIComponent(name)}`, 2);
    });

    it(`${name} makes of an image what ImageMagick makes of it`, async () => {
      const side = factors.split(',').length === 9 ? 3 : 5;
      const sum = factors.split(',').reduce((total, factor) => total + Number(factor), 0);
      const scale = sum > 0 ? ['-define', `convolve:scale=${1 / sum}`] : [];
      const kernel = `${side}x${side}:${factors}`;
      const edges = ['-virtual-pixel', 'edge', ...scale, '-morphology', 'Correlate', kernel];
      const expected = convert([`${path('rgb.tif')}[0]`, ...edges, '-depth', '8', 'rgb:-']);
      const { data } = await pictureOf(`/iip?FIF=rgb.tif&CNV=${encodeURIComponent(name)}&CVT=png`);
      assertNear(data, expected, 1);
    });
  }

  it('look at the pixels of the level, before they are scaled', async () => {
    const { data } = await pictureOf('/iip?FIF=rgb.tif&CNV=gaussian&WID=350&CVT=png');
    const { data: level } = await pictureOf('/iip?FIF=rgb.tif&WID=350&CVT=png');
    const soft = convert(
      [
        '-size',
        '350x250',
        '-depth',
        '8',
        'rgb:-',
        '-virtual-pixel',
        'edge',
        '-define',
        'convolve:scale=!',
        '-morphology',
        'Correlate',
        `3x3:${KERNELS.gaussian}`,
        '-depth',
        '8',
        'rgb:-',
      ],
      level,
    );
    assertNear(data, soft, 1);
  });
});

describe('what is measured of an image', () => {
  for (const modifiers of ['CNT=eq', 'CNT=st', 'COL=binary', 'CNT=eq&COL=grey', 'CNT=st&CMP=viridis']) {
    it(`holds for all of it, so that there are no seams: ${modifiers}`, async () => {
      for (const name of ['rgb.tif', 'grey16.tif', 'float.tif', 'lab.tif']) await assertSeamless(name, modifiers, 2);
    });
  }

  it('stretches from the darkest to the lightest sample, whatever they are', async () => {
    for (const name of ['grey16.tif', 'float.tif']) {
      const { data } = await pictureOf(`/iip?FIF=${name}&CNT=st&CVT=png`);
      // The picture has 0 to 87 of 255 from left to right.
      const [left, middle, right] = [data[0] ?? 0, data[Math.floor(SIZE.width / 2)] ?? 0, data[SIZE.width - 1] ?? 0];
      assert.ok(left <= 2 && right >= 253, `${name}: ${left} to ${right}`);
      assert.ok(Math.abs(middle - 127) <= 4, `${name}: ${middle}`);
    }
  });

  it('stretches CIELAB as the picture that it is shown as', async () => {
    const coarsest = await pictureOf('/iip?FIF=lab.tif&PTL=0,0');
    const means = Array.from({ length: coarsest.data.length / 3 }, (_, pixel) => {
      const [red = 0, green = 0, blue = 0] = coarsest.data.subarray(pixel * 3, pixel * 3 + 3);
      return Math.round((red + green + blue) / 3);
    });
    const [darkest, lightest] = [Math.min(...means), Math.max(...means)];
    const plain = await pictureOf('/iip?FIF=lab.tif&CVT=png');
    const { data } = await pictureOf('/iip?FIF=lab.tif&CNT=st&CVT=png');
    const stretched = plain.data.map((sample) => {
      return Math.min(255, Math.max(0, Math.round(((sample - darkest) / (lightest - darkest)) * 255)));
    });
    assertNear(data, Buffer.from(stretched), 1);
  });

  it('equalises by the share of the pixels that are no lighter', async () => {
    const plain = await pictureOf('/iip?FIF=grey16.tif&WID=175&CVT=png');
    const { data } = await pictureOf('/iip?FIF=grey16.tif&CNT=eq&WID=175&CVT=png');
    const share = (value: number) => plain.data.filter((sample) => sample <= value).length / plain.data.length;
    data.forEach((sample, index) => {
      const expected = 255 * share(plain.data[index] ?? 0);
      assert.ok(Math.abs(sample - expected) <= 3, `${sample} for ${expected}`); // bins round where bytes cut
    });
  });

  it('parts grey tiles in black and white', async () => {
    const { data, bands } = await pictureOf('/iip?FIF=grey16.tif&COL=binary&PTL=2,1');
    assert.equal(bands, 1);
    assert.deepEqual([...new Set(data)].sort(), [0, 255]);
  });
});

describe('operations on the way to an output', () => {
  it('keep 16 bits where they are wanted, but in the colours of a map', async () => {
    const deep = await fetched('/iip?FIF=grey16.tif&INV&DPT=native&PTL=2,0');
    assert.equal(deep[24], 16);
    const stored = convert([
      `${path('grey16.tif')}[0]`,
      '-crop',
      '256x256+0+0',
      '+repage',
      '-depth',
      '16',
      '-endian',
      'LSB',
      'gray:-',
    ]);
    const shown = convert(['-', '-depth', '16', '-endian', 'LSB', 'gray:-'], deep);
    const words = (bytes: Buffer) =>
      Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readUInt16LE(index * 2));
    assert.deepEqual(
      words(shown),
      words(stored).map((sample) => 65_535 - sample),
    );
    assert.equal((await fetched('/iip?FIF=grey16.tif&CMP=jet&DPT=native&PTL=2,0'))[24], 8);
  });

  it('send no colour profile with colours that are no longer its own', async () => {
    const hasProfile = async (modifiers: string) =>
      (await fetched(`/iip?FIF=profiled.tif&${modifiers}&JTL=2,0`)).includes('ICC_PROFILE');
    for (const kept of ['QLT=80', 'INV', 'GAM=2', 'CNV=sharpen']) assert.ok(await hasProfile(kept), kept);
    for (const lost of ['CMP=hot', 'SHD=45,45', 'CTW=[1,0,0;0,1,0;0,0,1]', 'COL=grey'])
      assert.ok(!(await hasProfile(lost)), lost);
  });

  it('refuse to light what has no directions, saying what has', async () => {
    const answer = await application.app.inject({ url: '/iip?FIF=grey16.tif&SHD=45,45&JTL=0,0' });
    assert.equal(answer.statusCode, 400);
  });
});
