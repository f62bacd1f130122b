import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { positionPixels, writePositionPyramid } from '../support/position-picture.ts';
import { silentLog } from '../support/silent-log.ts';

const SIZE = { width: 1025, height: 769 };

const METHODS = [
  ['/iiif/3/odd.tif/info.json', 'GET, HEAD, OPTIONS'],
  ['/', 'GET, HEAD, OPTIONS'],
  ['/iip?FIF=odd.tif&OBJ=Max-size', 'GET, HEAD, POST, OPTIONS'],
  ['/fcgi-bin/iipsrv.fcgi', 'GET, HEAD, POST, OPTIONS'],
  ['/fcgi-bin/iipsrv.fcgi?DeepZoom=odd.tif.dzi', 'GET, HEAD, OPTIONS'],
] as const;

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-app-'));
const opened: Application[] = [];

async function start(env: Record<string, string> = {}): Promise<Application> {
  const config = loadConfig({ argv: [folder], env, readFile: () => '', cores: 2 });
  const application = await createApp({ config, log: silentLog });
  opened.push(application);
  return application;
}

/** Raw RGB of an encoded image, decoded by ImageMagick. */
function decode(file: Buffer): Buffer {
  return execFileSync('convert', ['-', '-depth', '8', 'rgb:-'], { input: file, maxBuffer: 2 ** 28 });
}

before(() => {
  writePositionPyramid(join(folder, 'odd.tif'), SIZE, ['--compression', 'deflate']);
  writePositionPyramid(join(folder, 'jpeg.tif'), SIZE, ['--compression', 'jpeg', '--Q', '90']);
});

after(async () => {
  for (const application of opened) await application.close();
  rmSync(folder, { recursive: true });
});

describe('the server', () => {
  let application: Application;

  before(async () => {
    application = await start();
  });

  const get = (url: string, headers: Record<string, string> = {}) => application.app.inject({ url, headers });

  it('gives the same pixels for the same area in all four protocols', async () => {
    const addresses = [
      '/iiif/3/odd.tif/256,512,256,256/256,256/0/default.png',
      '/iiif/2/odd.tif/256,512,256,256/256,/0/default.png',
      '/iip?FIF=odd.tif&PTL=2,11',
      '/iip?FIF=odd.tif&RGN=0.2497560975609756,0.6657997399219766,0.2497560975609756,0.33289986996098830&CVT=png',
      '/fcgi-bin/iipsrv.fcgi?IIIF=odd.tif/256,512,256,256/max/0/default.png',
      '/deepzoom/odd_files/11/1_2.png'.replace('odd_files', 'odd.tif_files'),
    ];
    const expected = positionPixels({ x: 256, y: 512, width: 256, height: 256 });
    for (const url of addresses) {
      const answer = await get(url);
      assert.equal(answer.statusCode, 200, `${url}: ${answer.body}`);
      assert.deepEqual(decode(answer.rawPayload), expected, url);
    }
  });

  it('answers the same area in all protocols from one cache entry', async () => {
    const addresses = [
      '/iiif/3/odd.tif/256,512,256,256/256,256/0/default.jpg',
      '/iip?FIF=odd.tif&JTL=2,11',
      '/deepzoom/odd.tif_files/11/1_2.jpg',
      '/zoomify/odd.tif/TileGroup0/2-1-2.jpg',
    ];
    const tags = await Promise.all(addresses.map(async (url) => (await get(url)).headers.etag));
    assert.ok(tags[0]);
    assert.deepEqual(new Set(tags).size, 1);
  });

  it('serves the one-pixel corner tile of the full resolution exactly', async () => {
    const expected = positionPixels({ x: 1024, y: 768, width: 1, height: 1 });
    for (const url of ['/iiif/3/odd.tif/1024,768,1,1/1,1/0/default.png', '/deepzoom/odd.tif_files/11/4_3.png']) {
      const answer = await get(url);
      assert.deepEqual(decode(answer.rawPayload), expected, url);
    }
  });

  it('turns and mirrors what was asked for', async () => {
    const upright = positionPixels({ x: 0, y: 0, width: 40, height: 20 });
    const { rawPayload } = await get('/iiif/3/odd.tif/0,0,40,20/max/!90/default.png');
    const expected = execFileSync(
      'convert',
      ['-size', '40x20', '-depth', '8', 'rgb:-', '-flop', '-rotate', '90', 'rgb:-'],
      {
        input: upright,
      },
    );
    assert.deepEqual(decode(rawPayload), expected);
  });

  it('sends stored JPEG tiles as they are, and encodes them again when a quality is given', async () => {
    const stored = await get('/iip?FIF=jpeg.tif&JTL=2,0');
    const again = await get('/iip?FIF=jpeg.tif&QLT=90&JTL=2,0');
    assert.equal(stored.statusCode, 200);
    assert.notEqual(stored.headers.etag, again.headers.etag);
    const expected = execFileSync('vips', ['crop', join(folder, 'jpeg.tif'), '.ppm', '0', '0', '256', '256'], {
      maxBuffer: 2 ** 24,
    }).subarray(-256 * 256 * 3);
    const pixels = decode(stored.rawPayload);
    const worst = pixels.reduce((most, sample, index) => Math.max(most, Math.abs(sample - Number(expected[index]))), 0);
    assert.ok(worst <= 4, `a sample differs by ${worst}`);
  });

  for (const [url, status, words] of [
    ['/iiif/3/missing.tif/full/max/0/default.jpg', 404, 'no such image'],
    ['/iiif/3/..%2fetc%2fpasswd/full/max/0/default.jpg', 400, 'identifier'],
    ['/iiif/3/odd.tif/full/max/0/default.bmp', 400, 'bmp'],
    ['/iiif/3/odd.tif/full/max/45x/default.jpg', 400, 'rotation'],
    ['/iiif/3/odd.tif/5000,5000,10,10/max/0/default.jpg', 400, 'region'],
    ['/iiif/3/odd.tif/full/^6000,/0/default.jpg', 400, '5000'],
    ['/iiif/3/odd.tif/full/2000,/0/default.jpg', 400, '^'],
    ['/deepzoom/odd.tif_files/12/0_0.jpg', 404, 'no such tile'],
    ['/deepzoom/odd.tif_files/11/5_0.jpg', 404, 'no such tile'],
    ['/zoomify/odd.tif/TileGroup0/3-0-0.jpg', 404, 'no such tile'],
    ['/iip?FIF=odd.tif&JTL=9,0', 404, ''],
    ['/nothing/here', 404, 'nothing'],
    ['/%zz', 400, ''],
  ] as const) {
    it(`answers ${status} to ${url}`, async () => {
      const answer = await get(url);
      assert.equal(answer.statusCode, status, answer.body);
      assert.ok(answer.body.includes(words), answer.body);
      assert.ok(!answer.body.includes(folder) && !answer.body.includes('node_modules'), answer.body);
      assert.equal(answer.headers['cache-control'], 'no-store');
    });
  }

  it('tells kinds it does not read from what is no image at all', async () => {
    execFileSync('convert', ['-size', '10x10', 'xc:red', `bmp:${join(folder, 'picture.tif')}`]);
    writeFileSync(join(folder, 'text.tif'), 'this is not an image\n');
    writeFileSync(join(folder, 'empty.tif'), '');
    assert.equal((await get('/iiif/3/picture.tif/info.json')).statusCode, 415);
    assert.equal((await get('/iiif/3/text.tif/info.json')).statusCode, 404);
    assert.equal((await get('/iiif/3/empty.tif/info.json')).statusCode, 404);
  });

  it('never sends a picture of a damaged file', async () => {
    const whole = execFileSync('stat', ['-c', '%s', join(folder, 'odd.tif')]);
    for (const part of [0.25, 0.5, 0.75, 0.99]) {
      const name = `cut${part * 100}.tif`;
      execFileSync('cp', [join(folder, 'odd.tif'), join(folder, name)]);
      truncateSync(join(folder, name), Math.floor(Number(whole) * part));
      const answer = await get(`/iiif/3/${name}/full/max/0/default.jpg`);
      assert.equal(answer.statusCode, 500);
      assert.equal(answer.json().message, 'the image file is damaged');
    }
  });

  it('answers 304 to a client whose copy holds, by entity tag and by date, without a body', async () => {
    const url = '/iiif/3/odd.tif/0,0,256,256/256,256/0/default.jpg';
    const first = await get(url);
    const { etag, 'last-modified': date } = first.headers;
    for (const headers of [{ 'if-none-match': `"x", ${etag}` }, { 'if-modified-since': `${date}` }]) {
      const again = await get(url, headers);
      assert.equal(again.statusCode, 304);
      assert.equal(again.rawPayload.length, 0);
      assert.equal(again.headers.etag, etag);
    }
    assert.equal((await get(url, { 'if-none-match': '"other"' })).statusCode, 200);
  });

  it('answers HEAD with the headers of GET', async () => {
    const url = '/iiif/3/odd.tif/0,0,256,256/256,256/0/default.jpg';
    const { date: _, ...wanted } = (await get(url)).headers;
    const head = await application.app.inject({ url, method: 'HEAD' });
    const { date: __, ...given } = head.headers;
    assert.deepEqual(given, wanted);
    assert.equal(head.rawPayload.length, 0);
  });

  it('lets every origin read, and answers preflights', async () => {
    const answer = await get('/iiif/3/odd.tif/info.json', { origin: 'https://viewer.example' });
    assert.equal(answer.headers['access-control-allow-origin'], '*');
    const preflight = await application.app.inject({ url: '/iiif/3/odd.tif/info.json', method: 'OPTIONS' });
    assert.equal(preflight.statusCode, 204);
  });

  it('refuses other methods, naming those it knows', async () => {
    for (const [url, methods] of METHODS) {
      const answer = await application.app.inject({ url, method: 'DELETE' });
      assert.deepEqual([answer.statusCode, answer.headers.allow], [405, methods], url);
    }
  });

  it('names the same methods to OPTIONS where no other site may read', async () => {
    const { app } = await start({ CORS: 'off' });
    for (const [url, methods] of METHODS) {
      const answer = await app.inject({ url, method: 'OPTIONS' });
      assert.deepEqual([answer.statusCode, answer.headers.allow], [204, methods], url);
    }
  });

  it('forbids browsers to guess the type of anything', async () => {
    const urls = ['/', '/health/live', '/iiif/3/odd.tif/info.json', '/iiif/3/odd.tif/full/9,/0/default.jpg', '/no'];
    for (const url of [...urls, '/%zz', '/iip?FIF=x&OBJ=Max-size', `/${'x'.repeat(9000)}`]) {
      assert.equal((await get(url)).headers['x-content-type-options'], 'nosniff', url);
    }
  });

  it('takes targets of 8 KiB and not a byte more', async () => {
    const pad = (length: number) => `/iiif/3/odd.tif/info.json?${'x'.repeat(length)}`;
    const room = 8192 - pad(0).length;
    assert.equal((await get(pad(room))).statusCode, 200);
    const refused = await get(pad(room + 1));
    assert.deepEqual([refused.statusCode, refused.headers['cache-control']], [414, 'no-store']);
    assert.equal(refused.json().message, 'the URL is longer than 8192 bytes');
  });
});

describe('a file that is replaced while it is served', () => {
  const path = join(folder, 'changing.tif');
  const COLOURS = { red: '255,0,0', blue: '0,0,255' } as const;

  before(() => {
    for (const colour of Object.keys(COLOURS)) writeFlat(join(folder, `${colour}.tif`), colour);
  });

  function replaceBy(colour: keyof typeof COLOURS): void {
    execFileSync('cp', [join(folder, `${colour}.tif`), `${path}.new`]);
    renameSync(`${path}.new`, path);
  }

  it('is shown as the old or as the new picture, never as a mixture, and as the new one at last', async () => {
    const { app } = await start({ SOURCE_CHECK_INTERVAL: '0' });
    const seen: string[] = [];
    replaceBy('red');
    for (let round = 0; round < 40; round++) {
      const colour = round % 2 === 0 ? 'blue' : 'red';
      const url = `/iiif/3/changing.tif/0,0,600,600/${300 + round},/0/default.png`;
      const pending = Array.from({ length: 4 }, () => app.inject({ url }));
      replaceBy(colour);
      const answers = await Promise.all(pending);
      for (const answer of answers) assert.ok([200, 503].includes(answer.statusCode), answer.body);
      seen.push(
        ...answers.filter(({ statusCode }) => statusCode === 200).map(({ rawPayload }) => coloursOf(rawPayload)),
      );
      assert.equal(coloursOf((await app.inject({ url })).rawPayload), COLOURS[colour]);
    }
    assert.deepEqual([...new Set(seen)].sort(), Object.values(COLOURS).sort());
  });
});

function writeFlat(path: string, colour: string): void {
  execFileSync('convert', ['-size', '600x600', `xc:${colour}`, '-depth', '8', `${path}.ppm`]);
  const layout = ['--tile', '--tile-width', '256', '--tile-height', '256', '--compression', 'deflate'];
  execFileSync('vips', ['tiffsave', `${path}.ppm`, path, ...layout]);
}

/** All colours of an image, as text. */
function coloursOf(file: Buffer): string {
  const pixels = decode(file);
  const colours = new Set<string>();
  for (let at = 0; at < pixels.length; at += 3) colours.add(pixels.subarray(at, at + 3).join());
  return [...colours].sort().join(' ');
}
