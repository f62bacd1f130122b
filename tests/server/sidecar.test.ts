import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { writePositionPyramid } from '../support/position-picture.ts';
import { silentLog } from '../support/silent-log.ts';

const BY = 'https://creativecommons.org/licenses/by/4.0/';
const ZERO = 'https://creativecommons.org/publicdomain/zero/1.0/';

describe('the description beside an image', () => {
  const outer = mkdtempSync(join(tmpdir(), 'mezzotint-sidecar-'));
  const folder = join(outer, 'images');
  const sidecar = join(folder, 'a.tif.info.json');
  const problems: unknown[] = [];
  let application: Application;

  before(async () => {
    execFileSync('mkdir', [folder]);
    writePositionPyramid(join(folder, 'a.tif'), { width: 300, height: 200 }, []);
    utimesSync(join(folder, 'a.tif'), 1_700_000_000, 1_700_000_000);
    const env = { SOURCE_CHECK_INTERVAL: '0', IIIF_EXTRA_INFO: `"rights": "${ZERO}"` };
    const config = loadConfig({ argv: [folder], env, readFile: () => '', cores: 2 });
    const log = { ...silentLog, error: (_message: string, details?: unknown) => void problems.push(details) };
    application = await createApp({ config, log });
  });

  beforeEach(() => {
    rmSync(sidecar, { force: true });
    problems.length = 0;
  });

  after(async () => {
    await application.close();
    rmSync(outer, { recursive: true });
  });

  async function info(headers: Record<string, string> = {}) {
    const answer = await application.app.inject({ url: '/iiif/3/a.tif/info.json', headers });
    return { status: answer.statusCode, headers: answer.headers, rights: answer.body && answer.json().rights };
  }

  it('shows as soon as it is there, changes, and is gone', async () => {
    const without = await info();
    assert.deepEqual([without.rights, without.headers['last-modified']], [ZERO, 'Tue, 14 Nov 2023 22:13:20 GMT']);
    writeFileSync(sidecar, JSON.stringify({ rights: BY }));
    utimesSync(sidecar, 1_800_000_000, 1_800_000_000);
    const known = { 'if-none-match': String(without.headers.etag) };
    const first = await info(known);
    assert.deepEqual([first.status, first.rights], [200, BY]);
    assert.equal(first.headers['last-modified'], 'Fri, 15 Jan 2027 08:00:00 GMT');
    assert.equal((await info({ 'if-none-match': String(first.headers.etag) })).status, 304);
    writeFileSync(sidecar, '"rights": "https://example.org/mine"');
    assert.equal((await info()).rights, 'https://example.org/mine');
    rmSync(sidecar);
    assert.equal((await info(known)).status, 304);
    assert.deepEqual(problems, []);
  });

  for (const [what, text, reason] of [
    ['cut off', '{"rights": ', /^it is no JSON: /],
    ['a list', '[1]', /^it is no JSON/],
    ['one that says what the server says', '{"width": 5}', /^"width" is what the server says itself$/],
    ['one without a licence', '{"rights": "mine"}', /^"rights" is not the address/],
    ['too long', `{"x": "${'x'.repeat(65_536)}"}`, /^it is longer than 65536 bytes$/],
  ] as const) {
    it(`is left out and reported once where it is ${what}`, async () => {
      writeFileSync(sidecar, text);
      assert.deepEqual([(await info()).status, (await info()).rights], [200, ZERO]);
      assert.equal(problems.length, 1);
      const [problem] = problems;
      assert.ok(problem && typeof problem === 'object' && 'reason' in problem && 'image' in problem);
      assert.match(String(problem.reason), reason);
      assert.equal(problem.image, 'a.tif');
    });
  }

  it('is none where it is a folder or a pipe, or leads out of the root', async () => {
    execFileSync('mkfifo', [sidecar]);
    assert.equal((await info()).rights, ZERO);
    rmSync(sidecar);
    execFileSync('mkdir', [sidecar]);
    assert.equal((await info()).rights, ZERO);
    execFileSync('rmdir', [sidecar]);
    writeFileSync(join(outer, 'secret.json'), JSON.stringify({ rights: BY }));
    symlinkSync('../secret.json', sidecar);
    assert.equal((await info()).rights, ZERO);
  });

  it('is no image of its own', async () => {
    writeFileSync(sidecar, '{}');
    const answer = await application.app.inject('/iiif/3/a.tif.info.json/info.json');
    assert.equal(answer.statusCode, 404);
    assert.equal((await application.app.inject('/')).body.match(/class="card"/g)?.length, 1);
  });
});

describe('several roots with names', () => {
  const outer = mkdtempSync(join(tmpdir(), 'mezzotint-roots-'));
  let application: Application;

  before(async () => {
    for (const [name, width] of [
      ['one', 300],
      ['two', 310],
    ] as const) {
      execFileSync('mkdir', [join(outer, name)]);
      writePositionPyramid(join(outer, name, 'a.tif'), { width, height: 200 }, []);
    }
    const roots = `maps=${join(outer, 'one')},books=${join(outer, 'two')}`;
    const config = loadConfig({ argv: [], env: { FILESYSTEM_PREFIX: roots }, readFile: () => '', cores: 2 });
    application = await createApp({ config, log: silentLog });
  });

  after(async () => {
    await application.close();
    rmSync(outer, { recursive: true });
  });

  it('serve images of the same name side by side, in every protocol', async () => {
    for (const [name, width] of [
      ['maps', 300],
      ['books', 310],
    ] as const) {
      const info = await application.app.inject(`/iiif/3/${name}%2Fa.tif/info.json`);
      assert.equal(info.json().width, width);
      const size = await application.app.inject(`/iip?FIF=${name}/a.tif&OBJ=Max-size`);
      assert.equal(size.body.trim(), `Max-size:${width} 200`);
      assert.match((await application.app.inject(`/deepzoom/${name}/a.tif.dzi`)).body, new RegExp(`Width="${width}"`));
    }
    for (const name of ['a.tif', 'other/a.tif', 'map/a.tif']) {
      assert.notEqual((await application.app.inject(`/iiif/3/${name}/info.json`)).statusCode, 200, name);
    }
  });

  it('are the folders that the gallery begins with', async () => {
    const gallery = await application.app.inject('/');
    assert.deepEqual(gallery.body.match(/folder=\w+/g), ['folder=maps', 'folder=books']);
    const maps = await application.app.inject('/?folder=maps');
    assert.match(maps.body, /href="view\/maps\/a\.tif"/);
    assert.equal((await application.app.inject('/?folder=other')).statusCode, 404);
  });
});
