import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { silentLog } from '../support/silent-log.ts';
import { meanDifference, runTool } from '../support/vips-tool.ts';

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-flat-'));
const path = (name: string) => join(folder, name);
const opened: Application[] = [];

async function start(env: Record<string, string> = {}): Promise<Application['app']> {
  const config = loadConfig({ argv: [folder], env, readFile: () => '', cores: 2 });
  const application = await createApp({ config, log: silentLog });
  opened.push(application);
  return application.app;
}

function pixelsOf(file: Buffer | string, ...operations: string[]): Buffer {
  const from = typeof file === 'string' ? file : '-';
  const input = typeof file === 'string' ? '' : file;
  return execFileSync('convert', [from, ...operations, '-depth', '8', 'rgb:-'], { input, maxBuffer: 2 ** 28 });
}

/** Red, green, blue and opacity of each pixel, by libvips: Debian's ImageMagick knows no opacity of AVIF. */
async function opacityOf(file: Buffer): Promise<Uint8Array> {
  writeFileSync(path('answer'), file);
  await runTool('vips', 'copy', path('answer'), path('answer.png'));
  return execFileSync('convert', [path('answer.png'), '-depth', '8', 'rgba:-']);
}

before(() => {
  const picture = ['-size', '1000x800', '-seed', '5', 'plasma:tomato-steelblue', '-depth', '8'];
  execFileSync('convert', [...picture, '-quality', '95', path('photo.jpg')]);
  execFileSync('convert', [...picture, path('a+b 100%.png')]);
  execFileSync('convert', [...picture, '-resize', '300x200!', path('turned.jpg')]);
  execFileSync('exiftool', ['-q', '-n', '-overwrite_original', '-Orientation=6', path('turned.jpg')]);
  const stripes = ['-size', '32x16', 'xc:rgba(255,0,0,0)', 'xc:white', 'xc:rgba(0,0,255,1)', '-append'];
  execFileSync('convert', [...stripes, `PNG32:${path('stripes.png')}`]);
});

after(async () => {
  for (const application of opened) await application.close();
  rmSync(folder, { recursive: true });
});

describe('flat images over HTTP', () => {
  it('are served by region, whatever their names', async () => {
    const app = await start();
    const answer = await app.inject({ url: '/iiif/3/a+b%20100%25.png/300,200,257,129/max/0/default.png' });
    assert.equal(answer.statusCode, 200, answer.body);
    assert.ok(
      pixelsOf(answer.rawPayload).equals(pixelsOf(path('a+b 100%.png'), '-crop', '257x129+300+200', '+repage')),
    );
  });

  it('keep their opacity in grey, and show the matte where the format has none', async () => {
    const app = await start({ MATTE: '#ffffff' });
    const decode = async (url: string) => opacityOf((await app.inject({ url })).rawPayload);
    for (const url of ['/iiif/3/stripes.png/full/max/0/gray.png', '/iip?FIF=stripes.png&COL=grey&CVT=png']) {
      const pixels = await decode(url);
      assert.equal(pixels[3], 0);
      assert.deepEqual([...pixels.subarray(-4)], [29, 29, 29, 255]); // 0.114 of 255
    }
    const [hidden = 0] = await decode('/iiif/3/stripes.png/full/max/0/gray.jpg');
    assert.ok(hidden >= 250, `${hidden}`);
  });

  it('keep their opacity in black and white, and show the matte where the format has none', async () => {
    const app = await start({ MATTE: '#404040' });
    const decode = async (url: string) => opacityOf((await app.inject({ url })).rawPayload);
    for (const url of [
      ...['png', 'webp', 'avif', 'tif'].map((extension) => `/iiif/3/stripes.png/full/max/0/bitonal.${extension}`),
      '/iip?FIF=stripes.png&COL=binary&CVT=png',
    ]) {
      const pixels = await decode(url);
      assert.equal(pixels[3], 0, url);
      assert.ok(pixels.subarray(-4, -1).every((sample) => sample <= 2) && pixels.at(-1) === 255, url);
    }
    const [hidden = 0, ...others] = await decode('/iiif/3/stripes.png/full/max/0/bitonal.jpg');
    assert.ok(Math.abs(hidden - 0x40) <= 2 && Number(others.at(-2)) <= 2, `${hidden}`);
  });

  it('stand upright', async () => {
    const app = await start();
    const answer = await app.inject({ url: '/iiif/3/turned.jpg/full/max/0/default.png' });
    const expected = pixelsOf(path('turned.jpg'), '-auto-orient');
    assert.ok(meanDifference(pixelsOf(answer.rawPayload), expected) <= 1);
    const { width, height } = (await app.inject({ url: '/iiif/3/turned.jpg/info.json' })).json();
    assert.deepEqual([width, height], [200, 300]);
  });

  it('of inks are seen through their profile', async () => {
    await runTool('vips', 'icc_export', path('a+b 100%.png'), path('inks.jpg'), '--output-profile', 'cmyk');
    await runTool(
      'vips',
      'icc_transform',
      path('inks.jpg'),
      path('expected.ppm'),
      'srgb',
      '--embedded',
      '--intent',
      'perceptual',
      '--black-point-compensation',
    );
    const answer = await (await start()).inject({ url: '/iiif/3/inks.jpg/full/max/0/default.png' });
    const difference = meanDifference(pixelsOf(answer.rawPayload), pixelsOf(path('expected.ppm')));
    assert.ok(difference <= 1, `differs by ${difference}`);
  });

  it('over the budget are there reduced, and never in full where no pyramid is built', async () => {
    const app = await start({ MAX_DECODED_BYTES: String(2 ** 20), DERIVATIVES: 'off' });
    const tile = await app.inject({ url: '/iiif/3/photo.jpg/0,0,256,256/256,/0/default.jpg' });
    assert.equal(tile.statusCode, 413);
    assert.equal(tile.json().error, 'request-over-budget');
    assert.match(tile.json().message, / 2400000 bytes.* 1048576: ask for a smaller size; .*MAX_DECODED_BYTES/);
    assert.deepEqual([tile.headers['retry-after'], tile.headers['cache-control']], [undefined, 'no-store']);
    assert.equal((await app.inject({ url: '/iiif/3/photo.jpg/full/250,/0/default.jpg' })).statusCode, 200);
  });

  it('are recognised by their bytes alone', async () => {
    const app = await start();
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><image href="/etc/passwd"/></svg>';
    writeFileSync(path('drawing.jpg'), svg);
    writeFileSync(path('text.png'), '%PDF-1.4 of some length at least');
    execFileSync('cp', [path('photo.jpg'), path('photo.tif')]);
    for (const [name, status] of Object.entries({ 'drawing.jpg': 404, 'text.png': 404, 'photo.tif': 200 })) {
      assert.equal((await app.inject({ url: `/iiif/3/${name}/info.json` })).statusCode, status, name);
    }
  });

  it('cut short never give a picture', async () => {
    const app = await start();
    const { length } = execFileSync('cat', [path('photo.jpg')], { maxBuffer: 2 ** 28 });
    for (const part of [0.25, 0.5, 0.75, 0.99]) {
      const head = execFileSync('head', ['-c', String(Math.floor(length * part)), path('photo.jpg')], {
        maxBuffer: 2 ** 28,
      });
      writeFileSync(path(`cut${part}.jpg`), head);
      for (const size of ['max', '200,']) {
        const { statusCode } = await app.inject({ url: `/iiif/3/cut${part}.jpg/full/${size}/0/default.jpg` });
        assert.equal(statusCode, 500, `${part} ${size}`);
      }
    }
  });
});
