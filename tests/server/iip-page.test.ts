import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { writePositionPyramid } from '../support/position-picture.ts';
import { silentLog } from '../support/silent-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-iip-page-'));
let application: Application;

before(async () => {
  writePositionPyramid(join(folder, 'dusk.tif'), { width: 500, height: 400 }, []);
  const config = loadConfig({ argv: [folder], env: {}, readFile: () => '', cores: 2 });
  application = await createApp({ config, log: silentLog });
});

after(async () => {
  await application.close();
  rmSync(folder, { recursive: true });
});

describe('the bare address of IIP', () => {
  it('is a page, for monitors as well', async () => {
    for (const url of ['/iip', '/iip?', '/iip?&&', '/fcgi-bin/iipsrv.fcgi', '/fcgi-bin/iipsrv.fcgi?']) {
      const got = await application.app.inject(url);
      assert.deepEqual([got.statusCode, got.headers['content-type']], [200, 'text/html; charset=utf-8'], url);
      assert.match(String(got.headers['content-security-policy']), /^default-src 'self'/);
      const head = await application.app.inject({ method: 'HEAD', url });
      assert.deepEqual(
        [head.statusCode, head.headers['content-length'], head.payload],
        [200, got.headers['content-length'], ''],
      );
    }
  });

  it('shows live what there is an image for, and says of the rest what it needs', async () => {
    const { payload } = await application.app.inject('/iip');
    assert.match(
      payload,
      /<img src="iip\?FIF=dusk\.tif&amp;WID=720&amp;CNT=1&amp;GAM=1&amp;CVT=jpeg" width="500" height="400"/,
    );
    assert.match(payload, /This example needs <code>terrain\.tif<\/code>/);
    assert.doesNotMatch(payload, /&(?!amp;|#39;|quot;|lt;|gt;)/);
  });

  it('still takes commands by POST', async () => {
    const answer = await application.app.inject({ method: 'POST', url: '/iip', payload: 'FIF=dusk.tif&OBJ=Max-size' });
    assert.equal(answer.payload, 'Max-size:500 400\r\n');
  });
});
