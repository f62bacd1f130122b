import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { positionPixels, writePositionPyramid } from '../support/position-picture.ts';
import { silentLog } from '../support/silent-log.ts';

const SIZE = { width: 700, height: 400 };
const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8];

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-orientation-'));
const opened: Application[] = [];

async function start(env: Record<string, string> = {}): Promise<Application> {
  const config = loadConfig({ argv: [folder], env, readFile: () => '', cores: 2 });
  const application = await createApp({ config, log: silentLog });
  opened.push(application);
  return application;
}

function convert(args: string[], input?: Buffer): Buffer {
  return execFileSync('convert', args, { maxBuffer: 2 ** 28, ...(input && { input }) });
}

/** A part of the file's finest level, turned upright by ImageMagick. */
function upright(name: string, crop?: string): Buffer {
  const cut = crop ? ['+repage', '-crop', crop, '+repage'] : [];
  return convert([`${join(folder, name)}[0]`, '-auto-orient', ...cut, '-depth', '8', 'rgb:-']);
}

async function pixelsOf({ app }: Application, url: string): Promise<Buffer> {
  const answer = await app.inject({ url });
  assert.equal(answer.statusCode, 200, `${url}: ${answer.body}`);
  return convert(['-', '-depth', '8', 'rgb:-'], answer.rawPayload);
}

before(() => {
  writePositionPyramid(join(folder, 'stored.tif'), SIZE, ['--compression', 'deflate']);
  for (const orientation of ORIENTATIONS) {
    const path = join(folder, `${orientation}.tif`);
    copyFileSync(join(folder, 'stored.tif'), path);
    execFileSync('tiffset', ['-s', '274', String(orientation), path]);
  }
});

after(async () => {
  for (const application of opened) await application.close();
  rmSync(folder, { recursive: true });
});

describe('orientation', () => {
  let application: Application;

  before(async () => {
    application = await start();
  });

  for (const orientation of ORIENTATIONS) {
    const name = `${orientation}.tif`;
    const isSideways = orientation > 4;
    const shown = isSideways ? { width: 400, height: 700 } : SIZE;

    it(`${orientation} is applied to whole images, regions and tiles as ImageMagick applies it`, async () => {
      assert.ok((await pixelsOf(application, `/iiif/3/${name}/full/max/0/default.png`)).equals(upright(name)));
      const region = await pixelsOf(application, `/iiif/3/${name}/37,51,200,313/max/0/default.png`);
      assert.ok(region.equals(upright(name, '200x313+37+51')));
      const tile = await pixelsOf(application, `/iip?FIF=${name}&PTL=2,${isSideways ? 3 : 4}`);
      const corner = isSideways ? '144x256+256+256' : '256x144+256+256';
      assert.ok(tile.equals(upright(name, corner)));
    });

    it(`${orientation} is applied to the sizes in documents`, async () => {
      const info = JSON.parse((await application.app.inject({ url: `/iiif/3/${name}/info.json` })).body);
      assert.deepEqual({ width: info.width, height: info.height }, shown);
      const { body } = await application.app.inject({ url: `/iip?FIF=${name}&OBJ=Max-size` });
      assert.equal(body, `Max-size:${shown.width} ${shown.height}\r\n`);
    });

    it(`${orientation} leaves no trace in what goes out`, async () => {
      const { rawPayload } = await application.app.inject({ url: `/iiif/3/${name}/full/max/0/default.tif` });
      assert.ok(convert(['-', '-auto-orient', '-depth', '8', 'rgb:-'], rawPayload).equals(upright(name)));
    });
  }

  it('is left alone where the operator says so', async () => {
    const ignoring = await start({ ORIENTATION: 'ignore' });
    const pixels = await pixelsOf(ignoring, '/iiif/3/6.tif/full/max/0/default.png');
    assert.ok(pixels.equals(positionPixels({ x: 0, y: 0, ...SIZE })));
    const tagOf = async ({ app }: Application) =>
      (await app.inject({ url: '/iiif/3/6.tif/0,0,100,100/max/0/default.png' })).headers.etag;
    assert.notEqual(await tagOf(ignoring), await tagOf(application));
  });
});
