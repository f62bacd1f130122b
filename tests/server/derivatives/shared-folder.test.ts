import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { loadConfig } from '../../../config/load-config.ts';
import { createApp } from '../../../server/app.ts';
import { failureOfWords } from '../../../server/derivatives/build-failure.ts';
import { openPyramid } from '../../../server/derivatives/open-pyramid.ts';
import { inScratch } from '../../../server/derivatives/scratch.ts';
import { silentLog } from '../../support/silent-log.ts';
import { type RunningServer, startListening, until } from '../running-server.ts';

const KEY = '0123456789abcdef0123456789abcdef01234567';

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-shared-folder-'));
const [images, pyramids] = [join(folder, 'images'), join(folder, 'pyramids')];
const running: RunningServer[] = [];

async function start(): ReturnType<typeof startListening> {
  const server = await startListening({ args: [images], env: { PORT: '0', WORKERS: '1', DERIVATIVES: pyramids } });
  running.push(server);
  return server;
}

async function stop(server: RunningServer): Promise<void> {
  server.child.kill('SIGTERM');
  assert.equal(await server.exit, 0);
}

before(() => {
  mkdirSync(images);
  mkdirSync(pyramids);
  execFileSync('convert', ['-size', '2500x2000', 'plasma:tomato-steelblue', join(images, 'large.jpg')]);
});

after(() => {
  for (const { child } of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

describe('a folder of pyramids that several servers share', () => {
  it('keeps what another one works in, whatever its process is called here, until it is abandoned', async () => {
    const scratch = join(pyramids, `${KEY}.4194399.part`); // no such process can be on this machine
    mkdirSync(scratch);
    writeFileSync(join(scratch, 'pyramid.tif'), 'half');
    const server = await start();
    assert.ok(existsSync(join(scratch, 'pyramid.tif')));
    utimesSync(scratch, 1000, 1000);
    const tile = new URL('/iiif/3/large.jpg/0,0,64,64/max/0/default.jpg', server.address);
    await (await fetch(tile)).arrayBuffer();
    await server.waitFor(/a pyramid is built/);
    await stop(server);
    assert.match(readdirSync(pyramids).join(), /^[0-9a-f]{40}\.pyramid\.tif$/);
  });

  it('shows what is in work by its time, each in a folder of its own', async (test) => {
    test.mock.timers.enable({ apis: ['setInterval'] });
    const seen: string[] = [];
    const work = async (scratch: string) => {
      seen.push(scratch);
      utimesSync(scratch, 1000, 1000);
      test.mock.timers.tick(60_000);
      await until(() => statSync(scratch).mtimeMs > 1_000_000, 'it is touched');
    };
    await Promise.all([inScratch(folder, KEY, work), inScratch(folder, KEY, work)]);
    assert.equal(new Set(seen).size, 2);
    assert.deepEqual(seen.filter(existsSync), []);
  });

  it('is to blame where it went away, and only then', () => {
    const part = `${pyramids}/${KEY}.a.part/pyramid.tif`;
    const faults = [
      `ENOENT: no such file or directory, open '${part}'`,
      `${part}: unable to open for write\nunix error: No such file or directory`,
      `${part}: unable to open for write\nunix error: Stale file handle`,
      'Unknown system error -116: Unknown system error -116, fsync',
      `ENOENT: no such file or directory, open '${images}/large.jpg'`,
      'Unknown system error -116: Unknown system error -116, fstat',
      'the file cannot be read',
    ].map((words) => failureOfWords(words, pyramids).fault);
    assert.deepEqual(faults, ['folder', 'folder', 'folder', 'folder', 'image', 'image', 'image']);
  });
});

describe('a pyramid', () => {
  it('counts as used whenever it is read, on the disk once a minute', async (test) => {
    let later = 0;
    const clock = performance.now.bind(performance);
    test.mock.method(performance, 'now', () => clock() + later);
    const env = { DERIVATIVES: pyramids, SOURCE_CHECK_INTERVAL: '1000000' };
    const { app, close } = await createApp({
      config: loadConfig({ argv: [images], env, readFile: () => '', cores: 2 }),
      log: silentLog,
    });
    test.after(close);
    const path = join(pyramids, readdirSync(pyramids)[0] ?? '');
    const isUsed = () => statSync(path).mtimeMs > 1_000_000;
    const use = async (x: number) => {
      const { statusCode } = await app.inject({ url: `/iiif/3/large.jpg/${x},0,100,100/max/0/default.png` });
      assert.equal(statusCode, 200);
    };
    utimesSync(path, 1000, 1000);
    await use(0);
    await until(isUsed, 'it is touched when it is opened');
    utimesSync(path, 1000, 1000);
    await use(100);
    assert.ok(!isUsed());
    later = 60_001;
    await use(200);
    await until(isUsed, 'it is touched when it is read later');
  });

  it('that cannot be read for now stays; one that is not complete is removed', async () => {
    const layout = { bands: 3, bitsPerSample: 8, photometric: 'rgb', hasAlpha: false, sample: 'uint8' } as const;
    const size = { width: 2500, height: 2000 };
    const recipe = { kind: 'windows', tileSide: 256, compression: 'deflate' } as const;
    const order = { key: KEY, name: 'a.jpg', path: 'a.jpg', identity: '', recipe, size, layout };
    const [unreadable, incomplete] = [join(folder, 'unreadable'), join(folder, 'incomplete')];
    for (let count = 0; count < 10; count++) mkdirSync(join(folder, 'refuses', String(count)), { recursive: true });
    symlinkSync(join(folder, 'refuses'), unreadable); // opens, and every reading fails: it is a folder
    writeFileSync(incomplete, Buffer.alloc(1000));
    const tools = createDecodeTools();
    assert.deepEqual(
      [await openPyramid(unreadable, order, tools), await openPyramid(incomplete, order, tools)],
      [undefined, undefined],
    );
    assert.deepEqual([existsSync(unreadable), existsSync(incomplete)], [true, false]);
  });
});
