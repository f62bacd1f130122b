import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { silentLog } from '../support/silent-log.ts';
import { startServer } from './running-server.ts';

const SIZE = { width: 1600, height: 1100 };
const BASE = 100;
const folder = mkdtempSync(join(tmpdir(), 'mezzotint-watermark-'));
const path = (name: string) => join(folder, name);
const opened: Application[] = [];

async function start(env: Record<string, string>): Promise<Application> {
  const config = loadConfig({ argv: [folder], env, readFile: () => '', cores: 2 });
  const application = await createApp({ config, log: silentLog });
  opened.push(application);
  return application;
}

function convert(args: string[], input?: Buffer): Buffer {
  return execFileSync('convert', args, { maxBuffer: 2 ** 28, ...(input && { input }) });
}

/** A picture as interleaved samples, as ImageMagick decodes it. */
interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly data: Buffer;
}

async function bytesOf({ app }: Application, url: string): Promise<Buffer> {
  const answer = await app.inject({ url });
  assert.equal(answer.statusCode, 200, `${url}: ${answer.body}`);
  return answer.rawPayload;
}

async function pictureOf(application: Application, url: string): Promise<Decoded> {
  const png = await bytesOf(application, url);
  return {
    width: png.readUInt32BE(16),
    height: png.readUInt32BE(20),
    data: convert(['-', '-depth', '8', 'rgb:-'], png),
  };
}

function cut({ width, data }: Decoded, x: number, y: number, size: { width: number; height: number }): Buffer {
  const rows = Array.from({ length: size.height }, (_, row) => {
    const from = ((y + row) * width + x) * 3;
    return data.subarray(from, from + size.width * 3);
  });
  return Buffer.concat(rows);
}

before(() => {
  const pyramid = ['--tile', '--pyramid', '--tile-width', '256', '--tile-height', '256'];
  const make = (name: string, bands: number, more: string[]) => {
    execFileSync('vips', ['black', path('black.v'), `${SIZE.width}`, `${SIZE.height}`, '--bands', `${bands}`]);
    execFileSync('vips', ['linear', path('black.v'), path('plain.v'), '1', `${BASE}`]);
    execFileSync('vips', ['cast', path('plain.v'), path('bytes.v'), 'uchar']);
    const copied = ['copy', path('bytes.v'), path('ready.v'), '--interpretation', bands === 1 ? 'b-w' : 'srgb'];
    execFileSync('vips', copied);
    execFileSync('vips', ['tiffsave', path('ready.v'), path(name), ...pyramid, ...more]);
  };
  make('rgb.tif', 3, ['--compression', 'deflate']);
  make('jpeg.tif', 3, ['--compression', 'jpeg']);
  make('gray.tif', 1, ['--compression', 'deflate']);
  // Red on the left, half transparent; blue on the right, opaque.
  convert([
    '-size',
    '60x40',
    'xc:rgba(200,0,0,0.5)',
    '-size',
    '30x40',
    'xc:rgba(0,0,250,1)',
    '+append',
    path('mark.png'),
  ]);
  convert(['-size', '30x40', 'xc:white', path('other.png')]);
  convert(['-size', '90x40', 'gradient:black-white', path('mark.jpg')]);
});

after(async () => {
  for (const application of opened) await application.close();
  rmSync(folder, { recursive: true });
});

describe('a watermark that is anchored', () => {
  let application: Application;
  let whole: Decoded;

  before(async () => {
    application = await start({ WATERMARK: path('mark.png') });
    whole = await pictureOf(application, '/iiif/3/rgb.tif/full/max/0/default.png');
  });

  it('lies once in every 512 x 512 pixels, in its own colours', () => {
    const colours = new Map<string, number>();
    for (let at = 0; at < whole.data.length; at += 3) {
      const colour = [...whole.data.subarray(at, at + 3)].join();
      colours.set(colour, (colours.get(colour) ?? 0) + 1);
    }
    // ImageMagick writes 0.5 as 128 of 255: 100 × 0.498 + 200 × 0.502 = 150.2, and 49.8.
    assert.deepEqual(new Set(colours.keys()), new Set(['100,100,100', '150,50,50', '0,0,250']));
    const blue = colours.get('0,0,250') ?? 0;
    assert.ok(blue >= 6 * 30 * 40 && blue <= 12 * 30 * 40, `${blue} pixels of it`); // 3 x 2 whole cells of 4 x 3
  });

  it('is the same in every IIP tile, Deep Zoom tile and region as in the export', async () => {
    const levels = Number(
      /Resolution-number:(\d+)/.exec(`${await bytesOf(application, '/iip?FIF=rgb.tif&OBJ=Resolution-number')}`)?.[1],
    );
    for (let index = 0; index < 7 * 5; index++) {
      const [column, row] = [index % 7, Math.floor(index / 7)];
      const tile = await pictureOf(application, `/iip?FIF=rgb.tif&PTL=${levels - 1},${index}`);
      assert.ok(tile.data.equals(cut(whole, column * 256, row * 256, tile)), `tile ${index}`);
      const region = `${column * 256},${row * 256},${tile.width},${tile.height}`;
      const part = await pictureOf(application, `/iiif/3/rgb.tif/${region}/max/0/default.png`);
      assert.ok(part.data.equals(tile.data), `region ${region}`);
    }
    const odd = await pictureOf(application, '/iiif/3/rgb.tif/333,77,501,407/max/0/default.png');
    assert.ok(odd.data.equals(cut(whole, 333, 77, odd)));
  });

  for (const factor of [2, 4]) {
    it(`is the same at 1/${factor} in tiles and export, and the mean of what it is at full size`, async () => {
      const reduced = await pictureOf(application, `/iiif/3/rgb.tif/full/${SIZE.width / factor},/0/default.png`);
      const side = 100 * factor;
      for (const [x, y] of [
        [0, 0],
        [1, 0],
        [3, 1],
      ] as const) {
        const url = `/iiif/3/rgb.tif/${x * side},${y * side},${side},${side}/100,100/0/default.png`;
        const part = await pictureOf(application, url);
        assert.ok(part.data.equals(cut(reduced, x * 100, y * 100, part)), url);
      }
      const box = convert(
        [
          '-size',
          `${SIZE.width}x${SIZE.height}`,
          '-depth',
          '8',
          'rgb:-',
          '-filter',
          'box',
          '-resize',
          `${100 / factor}%`,
          '-depth',
          '8',
          'rgb:-',
        ],
        whole.data,
      );
      assert.equal(box.length, reduced.data.length);
      box.forEach((sample, index) => {
        assert.ok(Math.abs(sample - (reduced.data[index] ?? 0)) <= 2, `sample ${index}`);
      });
    });
  }

  it('turns with the picture', async () => {
    const turned = await pictureOf(application, '/iiif/3/rgb.tif/full/max/!90/default.png');
    const size = ['-size', `${SIZE.width}x${SIZE.height}`, '-depth', '8'];
    assert.ok(
      turned.data.equals(convert([...size, 'rgb:-', '-flop', '-rotate', '90', '-depth', '8', 'rgb:-'], whole.data)),
    );
  });

  it('is grey on grey', async () => {
    const { data } = await pictureOf(application, '/iiif/3/gray.tif/full/max/0/default.png');
    // 0.114 × 250 is 28.5; 49.8 and half of 0.299 × 200 is 79.8.
    for (const sample of new Set(data)) assert.ok([100, 28, 29, 80].includes(sample), `${sample}`);
    assert.ok(data.includes(80));
  });

  it('keeps stored tiles from going out as they are', async () => {
    const plain = await start({});
    const tile = '/iip?FIF=jpeg.tif&JTL=0,0';
    assert.ok(!(await bytesOf(application, tile)).equals(await bytesOf(plain, tile)));
  });

  it('belongs to what entity tags stand for, by the content of its file', async () => {
    const url = '/iiif/3/rgb.tif/full/200,/0/default.png';
    const tag = async (env: Record<string, string>) => (await (await start(env)).app.inject({ url })).headers.etag;
    const tags = [
      await tag({}),
      await tag({ WATERMARK: path('mark.png') }),
      await tag({ WATERMARK: path('other.png') }),
      await tag({ WATERMARK: path('mark.png'), WATERMARK_OPACITY: '0.5' }),
    ];
    assert.equal(new Set(tags).size, tags.length);
    writeFileSync(path('copy.png'), execFileSync('cat', [path('mark.png')]));
    assert.equal(await tag({ WATERMARK: path('copy.png') }), tags[1]);
  });
});

describe('a watermark that never shows', () => {
  for (const env of [{ WATERMARK_PROBABILITY: '0' }, { WATERMARK_OPACITY: '0' }]) {
    it(`leaves stored tiles and entity tags alone: ${JSON.stringify(env)}`, async () => {
      const [plain, marked] = [await start({}), await start({ WATERMARK: path('mark.png'), ...env })];
      const url = '/iip?FIF=jpeg.tif&JTL=2,0';
      const [a, b] = [await plain.app.inject({ url }), await marked.app.inject({ url })];
      assert.ok(a.rawPayload.equals(b.rawPayload));
      assert.equal(a.headers.etag, b.headers.etag);
    });
  }
});

describe('a watermark at random places', () => {
  it('lies once in each tile, upright and at its own size, always the same for the same request', async () => {
    const [one, other] = [
      await start({ WATERMARK: path('mark.png'), WATERMARK_PLACEMENT: 'random' }),
      await start({ WATERMARK: path('mark.png'), WATERMARK_PLACEMENT: 'random' }),
    ];
    const places = new Set<number>();
    for (const url of ['PTL=2,0', 'PTL=2,1', 'ROT=90&PTL=2,4', 'PTL=0,0', 'PTL=2,2'].map(
      (tile) => `/iip?FIF=rgb.tif&${tile}`,
    )) {
      const { data, width } = await pictureOf(one, url);
      const blue = Array.from({ length: data.length / 3 }, (_, pixel) => pixel).filter(
        (pixel) => data[pixel * 3 + 2] === 250,
      );
      assert.equal(blue.length, 30 * 40, url);
      const [first = 0, last = 0] = [blue[0], blue.at(-1)];
      assert.equal(last - first, 39 * width + 29, url);
      places.add(first);
      assert.ok(data.equals((await pictureOf(other, url)).data), url);
    }
    assert.ok(places.size > 1);
  });

  it('lies in every block of an export', async () => {
    const application = await start({ WATERMARK: path('mark.png'), WATERMARK_PLACEMENT: 'random' });
    const { data } = await pictureOf(application, '/iiif/3/rgb.tif/0,0,1024,1024/max/0/default.png');
    const blue = data.filter((sample, index) => index % 3 === 2 && sample === 250).length;
    assert.equal(blue, 4 * 30 * 40);
  });
});

describe('the file of a watermark', () => {
  it('may be of another kind, and without transparency only adds light', async () => {
    const application = await start({ WATERMARK: path('mark.jpg') });
    const { data } = await pictureOf(application, '/iiif/3/gray.tif/full/max/0/default.png');
    assert.ok(data.every((sample) => sample >= BASE) && data.includes(255));
  });

  const BAD: Record<string, readonly [name: string, reason: RegExp]> = {
    'is missing': ['none.png', /WATERMARK=\S+none\.png: ENOENT/],
    'is no picture': ['text.png', /WATERMARK=\S+text\.png: .*unsupported image format/i],
    'is broken': ['broken.png', /WATERMARK=\S+broken\.png: /],
    'is too large': ['large.png', /WATERMARK=\S+large\.png: it has 2000 x 1000 pixels/],
  };
  for (const [what, [name, reason]] of Object.entries(BAD)) {
    it(`that ${what} stops the start with a line that says so`, async () => {
      writeFileSync(path('text.png'), 'no picture at all, but some text');
      convert(['-size', '300x300', 'plasma:', '-depth', '8', path('whole.png')]);
      writeFileSync(path('broken.png'), execFileSync('head', ['-c', '5000', path('whole.png')]));
      convert(['-size', '2000x1000', 'xc:white', path('large.png')]);
      const env = { PORT: '0', HOST: '127.0.0.1', WORKERS: '1', WATERMARK: path(name) };
      const server = startServer({ args: [folder], env });
      assert.equal(await server.exit, 1);
      assert.match(server.output(), reason);
    });
  }
});
