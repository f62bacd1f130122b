import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../config/load-config.ts';
import type { Rect } from '../../image/geometry.ts';
import { type Application, createApp } from '../../server/app.ts';
import { positionPixels, writePositionPyramid } from '../support/position-picture.ts';
import { silentLog } from '../support/silent-log.ts';

const SIZE = { width: 1025, height: 769 };
const folder = mkdtempSync(join(tmpdir(), 'mezzotint-tiles-'));
const opened: Application[] = [];

async function start(env: Record<string, string> = {}): Promise<Application['app']> {
  const config = loadConfig({ argv: [folder], env, readFile: () => '', cores: 2 });
  const application = await createApp({ config, log: silentLog });
  opened.push(application);
  return application.app;
}

/** Decodes an answer with ImageMagick: size and RGBA bytes. */
function decode(bytes: Buffer) {
  const size = execFileSync('convert', ['-', '-format', '%w %h', 'info:'], { input: bytes }).toString().split(' ');
  const pixels = execFileSync('convert', ['-', '-depth', '8', 'rgba:-'], { input: bytes, maxBuffer: 2 ** 28 });
  return { width: Number(size[0]), height: Number(size[1]), pixels };
}

async function tile(app: Application['app'], url: string) {
  const answer = await app.inject({ url });
  assert.equal(answer.statusCode, 200, `${url}: ${answer.body}`);
  return decode(answer.rawPayload);
}

/** Fails unless every pixel of the tile is that of the picture's `part`, and all others are transparent. */
function assertShows(shown: ReturnType<typeof decode>, part: Rect): void {
  const picture = positionPixels(part);
  const expected = Buffer.alloc(shown.width * shown.height * 4);
  for (let row = 0; row < part.height; row++) {
    for (let column = 0; column < part.width; column++) {
      const from = (row * part.width + column) * 3;
      expected.set([...picture.subarray(from, from + 3), 255], (row * shown.width + column) * 4);
    }
  }
  const isVisible = (_: number, index: number) => expected[index | 3] === 255 || index % 4 === 3;
  assert.deepEqual(shown.pixels.filter(isVisible), expected.filter(isVisible));
}

/** Fails unless every pixel of the tile's picture is nearly that of the part of the picture in flat blocks. */
function assertColours(shown: ReturnType<typeof decode>, part: Rect, what: string): void {
  const expected = positionPixels(part, flatPixel);
  for (let at = 0; at < expected.length; at += 3) {
    const [column, row] = [(at / 3) % part.width, Math.floor(at / 3 / part.width)];
    const seen = shown.pixels.subarray((row * shown.width + column) * 4);
    const difference = Math.max(...[0, 1, 2].map((band) => Math.abs((seen[band] ?? 0) - (expected[at + band] ?? 0))));
    assert.ok(difference <= 4, `${what}: ${column},${row} is ${[...seen.subarray(0, 4)]}`);
    assert.equal(seen[3], 255, `${what}: ${column},${row}`);
  }
}

/** One colour for the whole picture: whatever else is seen has come in from beyond. */
const flatPixel = (): [number, number, number] => [20, 180, 60];

const BLOCKS = [
  ['flat-1.tif', { width: 1025, height: 769 }],
  ['flat-15.tif', { width: 1039, height: 783 }],
  ['flat-16.tif', { width: 1040, height: 784 }],
  ['flat-17.tif', { width: 1041, height: 785 }],
] as const;

before(() => {
  for (const [name, size] of BLOCKS) {
    writePositionPyramid(join(folder, name), size, ['--compression', 'deflate'], flatPixel);
  }
  writePositionPyramid(join(folder, 'exact.tif'), SIZE, ['--compression', 'deflate']);
  writePositionPyramid(join(folder, 'jpeg.tif'), SIZE, ['--compression', 'jpeg']);
});

after(async () => {
  for (const application of opened) await application.close();
  rmSync(folder, { recursive: true });
});

describe('XYZ tiles', () => {
  it('are 256 x 256 everywhere, transparent beyond the image', async () => {
    const app = await start();
    const inner = await tile(app, '/tiles/exact.tif/3/1/2.png');
    assert.deepEqual([inner.width, inner.height], [256, 256]);
    assertShows(inner, { x: 256, y: 512, width: 256, height: 256 });
    const right = await tile(app, '/tiles/exact.tif/3/4/0.png');
    assertShows(right, { x: 1024, y: 0, width: 1, height: 256 });
    const corner = await tile(app, '/tiles/exact.tif/3/4/3.webp');
    assert.deepEqual([corner.width, corner.height], [256, 256]);
    const pixelsWithin = corner.pixels.filter((_, index) => index % 4 === 3).filter((alpha) => alpha === 255).length;
    assert.equal(pixelsWithin, 1);
  });

  it('show the matte beyond the image where the format has no transparency', async () => {
    const app = await start({ MATTE: '#ff0000' });
    const right = await tile(app, '/tiles/exact.tif/3/4/0.jpg');
    assert.deepEqual([right.width, right.height], [256, 256]);
    const [red = 0, green = 0, blue = 0] = right.pixels.subarray(200 * 4, 200 * 4 + 3);
    assert.ok(red > 250 && green < 5 && blue < 5, `${red} ${green} ${blue}`);
  });

  it('have the colours of the image to its last pixel in formats that mix neighbours', async () => {
    const app = await start({ MATTE: '#ff00ff', QUALITY: '60' });
    // sides that end on a block of JPEG, within one and on both sides of one
    for (const [name, size] of BLOCKS) {
      const part = { x: size.width & ~255, y: size.height & ~255 };
      for (const format of ['jpg', 'webp', 'avif']) {
        const corner = await tile(
          app,
          `/tiles/${name}/${Math.ceil(Math.log2(size.width / 256))}/${part.x / 256}/${part.y / 256}.${format}`,
        );
        assertColours(
          corner,
          { ...part, width: size.width - part.x, height: size.height - part.y },
          `${name}.${format}`,
        );
      }
    }
  });
});

describe('Deep Zoom tiles', () => {
  it('go out as they are stored where a level was rounded down', async () => {
    const app = await start();
    // libvips halves 1025 x 769 to 512 x 384, the format wants 513 x 385
    const answer = await app.inject({ url: '/deepzoom/jpeg.tif_files/10/0_0.jpg' });
    const scan = answer.rawPayload.subarray(answer.rawPayload.indexOf(Buffer.from([0xff, 0xda])));
    assert.ok(readFileSync(join(folder, 'jpeg.tif')).includes(scan));
    const edge = await tile(app, '/deepzoom/jpeg.tif_files/10/2_1.jpg');
    assert.deepEqual([edge.width, edge.height], [1, 129]);
  });

  it('show their neighbours where overlap is asked for', async () => {
    const app = await start({ DEEPZOOM_OVERLAP: '1' });
    assert.match((await app.inject({ url: '/deepzoom/exact.tif.dzi' })).body, /Overlap="1"/);
    const inner = await tile(app, '/deepzoom/exact.tif_files/11/1_1.png');
    assert.deepEqual([inner.width, inner.height], [258, 258]);
    assertShows(inner, { x: 255, y: 255, width: 258, height: 258 });
    const last = await tile(app, '/deepzoom/exact.tif_files/11/4_3.png');
    assertShows(last, { x: 1023, y: 767, width: 2, height: 2 });
    assert.deepEqual([last.width, last.height], [2, 2]);
  });
});

describe('paths of the operator', () => {
  it('serve what the usual paths serve', async () => {
    const app = await start({ URI_MAP: 'pictures=>IIIF,zoom=>DeepZoom,tiles5=>Zoomify,cgi=>IIP,=>IIIF' });
    const same: Record<string, string> = {
      '/pictures/exact.tif/0,0,256,256/max/0/default.png': '/iiif/3/exact.tif/0,0,256,256/max/0/default.png',
      '/exact.tif/0,0,256,256/max/0/default.png': '/iiif/3/exact.tif/0,0,256,256/max/0/default.png',
      '/zoom/exact.tif_files/11/1_1.png': '/deepzoom/exact.tif_files/11/1_1.png',
      '/tiles5/exact.tif/TileGroup0/2-1-1.jpg': '/zoomify/exact.tif/TileGroup0/2-1-1.jpg',
      '/cgi/exact.tif?PTL=2,3': '/iip?FIF=exact.tif&PTL=2,3',
    };
    for (const [mapped, usual] of Object.entries(same)) {
      const [a, b] = [await app.inject({ url: mapped }), await app.inject({ url: usual })];
      assert.deepEqual([mapped, a.statusCode, a.headers.etag], [mapped, 200, b.headers.etag]);
    }
    const info = await app.inject({ url: '/pictures/exact.tif/info.json', headers: { host: 'x.example' } });
    assert.equal(info.json().id, 'http://x.example/pictures/exact.tif');
    assert.equal((await app.inject({ url: '/' })).headers['content-type'], 'text/html; charset=utf-8');
    assert.equal((await app.inject({ url: '/health/live' })).body, 'alive\n');
  });
});
