import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { writePositionPyramid } from '../support/position-picture.ts';
import { silentLog } from '../support/silent-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-formats-'));
let application: Application;

before(async () => {
  writePositionPyramid(join(folder, 'a.tif'), { width: 400, height: 300 }, ['--compression', 'deflate']);
  const config = loadConfig({ argv: [folder], env: {}, readFile: () => '', cores: 2 });
  application = await createApp({ config, log: silentLog });
});

after(async () => {
  await application.close();
  rmSync(folder, { recursive: true });
});

describe('GIF and PDF', () => {
  for (const [extension, type, signature] of [
    ['gif', 'image/gif', 'GIF89a'],
    ['pdf', 'application/pdf', '%PDF-1.4'],
  ] as const) {
    it(`are had from IIIF, in colour, grey and black and white: ${extension}`, async () => {
      for (const quality of ['color', 'gray', 'bitonal']) {
        const answer = await application.app.inject({
          url: `/iiif/3/a.tif/10,10,200,100/^250,/90/${quality}.${extension}`,
        });
        assert.equal(answer.statusCode, 200);
        assert.equal(answer.headers['content-type'], type);
        assert.equal(answer.rawPayload.toString('latin1', 0, signature.length), signature);
        assert.equal(Number(answer.headers['content-length']), answer.rawPayload.length);
      }
    });

    it(`are had from IIP under a name of their own: ${extension}`, async () => {
      const answer = await application.app.inject({
        url: `/iip?FIF=a.tif&WID=200&QLT=50&CVT=${extension.toUpperCase()}`,
      });
      assert.equal(answer.headers['content-type'], type);
      assert.equal(answer.headers['content-disposition'], `inline; filename="a_200x150.${extension}"`);
    });
  }

  it('are listed in info.json', async () => {
    const info = (await application.app.inject({ url: '/iiif/3/a.tif/info.json' })).json();
    assert.deepEqual(info.extraFormats.slice(-3), ['gif', 'pdf', 'jp2']);
  });
});

describe('a format that is not offered', () => {
  it('is an error that names those that are, and why JPEG XL is not among them', async () => {
    for (const url of ['/iiif/3/a.tif/full/max/0/default.jxl', '/iip?FIF=a.tif&CVT=jxl']) {
      const answer = await application.app.inject({ url });
      assert.equal(answer.statusCode, 400);
      assert.match(answer.body, /jxl\\*" is not valid: expected .*png.*jp2; JPEG XL cannot be written/);
    }
    const other = await application.app.inject({ url: '/iiif/3/a.tif/full/max/0/default.bmp' });
    assert.match(other.body, /expected jpg, png, tif, webp, avif, gif, pdf, jp2/);
  });
});
