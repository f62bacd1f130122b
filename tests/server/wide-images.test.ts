import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { writePositionPyramid } from '../support/position-picture.ts';
import { silentLog } from '../support/silent-log.ts';

/** libjpeg's longest side. */
const LONGEST_JPEG = 65_500;

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-wide-'));
const opened: Application[] = [];

async function start(maxCvt: string): Promise<Application['app']> {
  const env = { MAX_CVT: maxCvt };
  const application = await createApp({
    config: loadConfig({ argv: [folder], env, readFile: () => '', cores: 2 }),
    log: silentLog,
  });
  opened.push(application);
  return application.app;
}

before(() => {
  writePositionPyramid(join(folder, 'wide.tif'), { width: 70_001, height: 24 }, ['--compression', 'deflate']);
  writePositionPyramid(join(folder, 'small.tif'), { width: 300, height: 200 }, ['--compression', 'deflate']);
});

after(async () => {
  for (const application of opened) await application.close();
  rmSync(folder, { recursive: true });
});

describe('an image that is wider than a JPEG can be', () => {
  it('promises no size that fails, without a limit of its own', async () => {
    const app = await start('-1');
    const info = (await app.inject('/iiif/3/wide.tif/info.json')).json();
    assert.deepEqual([info.width, info.maxWidth, info.maxHeight], [70_001, LONGEST_JPEG, LONGEST_JPEG]);
    assert.ok(info.sizes.length > 1);
    for (const { width, height } of info.sizes) {
      const answer = await app.inject(`/iiif/3/wide.tif/full/${width},${height}/0/default.jpg`);
      assert.deepEqual([width, answer.statusCode], [width, 200]);
    }
  });

  it('comes as large as a JPEG can be, and is refused beyond with the limit named; PNG has none', async () => {
    const app = await start('-1');
    const largest = await app.inject('/iiif/3/wide.tif/full/max/0/default.jpg');
    assert.equal((await sharp(largest.rawPayload).metadata()).width, LONGEST_JPEG);
    const refused = await app.inject('/iiif/3/wide.tif/full/65501,/0/default.jpg');
    assert.equal(refused.statusCode, 400);
    assert.match(refused.json().message, /at most 65500 pixels on a side/);
    const png = await app.inject('/iiif/3/wide.tif/full/max/0/default.png');
    assert.equal((await sharp(png.rawPayload, { limitInputPixels: false }).metadata()).width, 70_001);
  });
});

describe('an image that is not', () => {
  it('has no limit where none is set, and never one beyond what a JPEG can be', async () => {
    const unlimited = (await (await start('-1')).inject('/iiif/3/small.tif/info.json')).json();
    assert.equal(unlimited.maxWidth, undefined);
    const generous = (await (await start('100000')).inject('/iiif/3/small.tif/info.json')).json();
    assert.equal(generous.maxWidth, LONGEST_JPEG);
  });
});
