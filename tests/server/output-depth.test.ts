import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { type DeepPicture, deepPicture, deepVipsSamples, writeDeepVips } from '../support/deep-pictures.ts';
import { silentLog } from '../support/silent-log.ts';
import { meanDifference, runTool, vipsSamples } from '../support/vips-tool.ts';

const SIZE = { width: 700, height: 500 };
const BANDS = [1, 2, 3, 4] as const;
const PICTURES = new Map<number, DeepPicture>(BANDS.map((bands) => [bands, deepPicture(SIZE, bands)]));
const PYRAMID = ['--tile', '--pyramid', '--compression', 'deflate', '--tile-width', '256', '--tile-height', '256'];

let folder = '';
const path = (name: string) => join(folder, name);
const opened: Application[] = [];

async function start(env: Record<string, string> = {}): Promise<Application> {
  const config = loadConfig({ argv: [folder], env, readFile: () => '', cores: 2 });
  const application = await createApp({ config, log: silentLog });
  opened.push(application);
  return application;
}

/** Writes an answer to a file of its own. */
async function save({ app }: Application, url: string): Promise<string> {
  const answer = await app.inject({ url });
  assert.equal(answer.statusCode, 200, `${url}: ${answer.body}`);
  const name = path(`answer-${url.replace(/\W/g, '_')}.${/\.(\w+)(?:\?|$)/.exec(url)?.[1] ?? 'png'}`);
  await writeFile(name, answer.rawPayload);
  return name;
}

async function samplesOf(application: Application, url: string): Promise<Uint16Array> {
  const file = await save(application, url);
  assert.match(await runTool('vipsheader', file), /ushort/, `${url} has not 16 bits`);
  return deepVipsSamples(file, folder);
}

/** The picture after something that libvips does to it. */
async function expected(bands: number, ...operation: readonly [string, ...string[]]): Promise<Uint16Array> {
  const [name, ...options] = operation;
  await runTool('vips', name, path(`${bands}.v`), path('expected.v'), ...options);
  return deepVipsSamples(path('expected.v'), folder);
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mezzotint-depth-'));
  for (const [bands, picture] of PICTURES) {
    await writeDeepVips(path(`${bands}.v`), picture);
    await runTool('vips', 'tiffsave', path(`${bands}.v`), path(`deep${bands}.tif`), ...PYRAMID);
  }
  await runTool('vips', 'cast', path('3.v'), path('shifted.v'), 'uchar', '--shift');
  await runTool('vips', 'tiffsave', path('shifted.v'), path('bytes.tif'), ...PYRAMID);
});

after(async () => {
  for (const application of opened) await application.close();
  await rm(folder, { recursive: true, force: true });
});

describe('16 bits on their way through', () => {
  let application: Application;
  before(async () => {
    application = await start();
  });

  for (const extension of ['png', 'tif']) {
    for (const bands of BANDS) {
      const image = (rest: string) => `/iiif/3/deep${bands}.tif/${rest}/default.${extension}?depth=native`;

      it(`are kept whole in ${extension} of ${bands} bands`, async () => {
        assert.deepEqual(await samplesOf(application, image('full/max/0')), PICTURES.get(bands)?.data);
      });

      it(`are kept in an edge tile and turned in ${extension} of ${bands} bands`, async () => {
        const tile = await samplesOf(application, image('512,256,188,244/max/0'));
        assert.deepEqual(tile, await expected(bands, 'crop', '512', '256', '188', '244'));
        const turned = await samplesOf(application, image('full/max/90'));
        assert.deepEqual(turned, await expected(bands, 'rot', 'd90'));
        const mirrored = await samplesOf(application, image('full/max/!0'));
        assert.deepEqual(mirrored, await expected(bands, 'flip', 'horizontal'));
      });

      it(`are those of the level in ${extension} of ${bands} bands`, async () => {
        const half = await samplesOf(application, image('full/350,250/0'));
        assert.deepEqual(half, await deepVipsSamples(`${path(`deep${bands}.tif`)}[page=1]`, folder));
      });

      it(`are scaled to a thousandth as libvips does in ${extension} of ${bands} bands`, async () => {
        const scaled = await samplesOf(application, image('full/525,375/0'));
        const other = await expected(bands, 'resize', '0.75', '--kernel', 'linear');
        assert.ok(meanDifference(scaled, other) < 65, `mean difference ${meanDifference(scaled, other)}`);
      });
    }
  }

  it('become grey by BT.601', async () => {
    const gray = await samplesOf(application, '/iiif/3/deep3.tif/full/max/0/gray.png?depth=native');
    const { data } = deepPicture(SIZE, 3);
    const luma = gray.map((_, at) => {
      const [red = 0, green = 0, blue = 0] = data.subarray(at * 3, at * 3 + 3);
      return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    });
    assert.ok(gray.every((value, at) => Math.abs(value - Number(luma[at])) <= 1));
  });

  it('lose their lower byte where nobody asks for them, and in formats that have no more', async () => {
    const high = Uint8Array.from(deepPicture(SIZE, 3).data, (value) => value >> 8);
    for (const url of ['default.png', 'default.tif', 'default.png?depth=8']) {
      const file = await save(application, `/iiif/3/deep3.tif/full/max/0/${url}`);
      assert.deepEqual(Uint8Array.from(await vipsSamples(file, folder)), high);
    }
    for (const extension of ['jpg', 'webp']) {
      const file = await save(application, `/iiif/3/deep3.tif/full/max/0/default.${extension}?depth=native`);
      assert.match(await runTool('vipsheader', file), /uchar/);
    }
  });

  it('are kept by DPT=native of IIP, in tiles and exports', async () => {
    const tile = await samplesOf(application, '/iip?FIF=deep3.tif&DPT=native&PTL=2,5');
    assert.deepEqual(tile, await expected(3, 'crop', '512', '256', '188', '244'));
    assert.deepEqual(await samplesOf(application, '/iip?FIF=deep1.tif&DPT=native&CVT=tiff'), PICTURES.get(1)?.data);
  });

  it('are 12 in AVIF', async () => {
    const file = await save(application, '/iiif/3/deep3.tif/full/max/0/default.avif?depth=native');
    assert.match(await runTool('exiftool', '-s3', '-ImagePixelDepth', file), /^12/);
    const difference = meanDifference(await deepVipsSamples(file, folder), deepPicture(SIZE, 3).data);
    assert.ok(difference < 500, `mean difference ${difference}`);
  });

  it('are not made of bytes, nor of black and white', async () => {
    for (const url of ['bytes.tif/full/max/0/default', 'deep3.tif/full/max/0/bitonal']) {
      const file = await save(application, `/iiif/3/${url}.png?depth=native`);
      assert.match(await runTool('vipsheader', file), /uchar/);
    }
  });
});

describe('deeper samples in 16 bits', () => {
  it('are scaled from their lowest to their highest value', async () => {
    const values = Float32Array.from({ length: 256 * 256 }, (_, index) => -3.5 + index * 1.25);
    await writeFile(path('real.raw'), new Uint8Array(values.buffer));
    await runTool('vips', 'rawload', path('real.raw'), path('real.v'), '256', '256', '1', '--format', 'float');
    await runTool(
      'vips',
      'tiffsave',
      path('real.v'),
      path('real.tif'),
      '--tile',
      '--tile-width',
      '256',
      '--tile-height',
      '256',
    );
    const samples = await samplesOf(await start(), '/iiif/3/real.tif/full/max/0/default.png?depth=native');
    assert.ok(samples.every((value, index) => Math.abs(value - index) <= 1));
  });

  it('are not made of signed bytes', async () => {
    await runTool('vips', 'cast', path('1.v'), path('signed.v'), 'char');
    await runTool('vips', 'tiffsave', path('signed.v'), path('signed.tif'));
    for (const extension of ['png', 'tif', 'avif']) {
      const url = `/iiif/3/signed.tif/full/max/0/default.${extension}?depth=native`;
      assert.match(await runTool('vipsheader', await save(await start(), url)), /uchar/, extension);
    }
  });
});

describe('OUTPUT_DEPTH', () => {
  const url = '/iiif/3/deep3.tif/full/max/0/default.png';
  const tagOf = async ({ app }: Application, target: string) => (await app.inject({ url: target })).headers.etag;

  it('native is what requests get that say nothing', async () => {
    const application = await start({ OUTPUT_DEPTH: 'native' });
    assert.deepEqual(await samplesOf(application, url), PICTURES.get(3)?.data);
    assert.match(await runTool('vipsheader', await save(application, `${url}?depth=8`)), /uchar/);
  });

  it('gives pictures another entity tag, and so does a request', async () => {
    const [eight, native] = [await start(), await start({ OUTPUT_DEPTH: 'native' })];
    assert.notEqual(await tagOf(eight, url), await tagOf(native, url));
    assert.notEqual(await tagOf(eight, url), await tagOf(eight, `${url}?depth=native`));
    assert.equal(await tagOf(eight, url), await tagOf(eight, `${url}?other=1`));
  });

  it('is 8 or native, nothing else', async () => {
    await assert.rejects(start({ OUTPUT_DEPTH: '16' }), /OUTPUT_DEPTH=16.*8 or native/s);
    const { app } = await start();
    for (const query of ['depth=16', 'depth=', 'depth=8&depth=native', 'depth=native&x=1&depth=native']) {
      const answer = await app.inject({ url: `${url}?${query}` });
      assert.equal(answer.statusCode, 400, query);
      assert.match(answer.body, /depth=8 or depth=native/);
    }
  });
});
