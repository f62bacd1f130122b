import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { evictPyramids } from '../../../server/derivatives/evict.ts';
import { meanDifference } from '../../support/vips-tool.ts';
import { childrenOf, type RunningServer, startListening, until } from '../running-server.ts';

const SIZE = '3000x2000';
const TILE = '/iiif/3/large.jpg/1024,512,512,512/256,/0/default.png';

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-derivatives-'));
const images = join(folder, 'images');
const running: RunningServer[] = [];

type Listening = Awaited<ReturnType<typeof startListening>>;

async function start(derivatives: string, env: Record<string, string> = {}): Promise<Listening> {
  const settings = { PORT: '0', WORKERS: '2', SOURCE_CHECK_INTERVAL: '0', DERIVATIVES: derivatives, ...env };
  const server = await startListening({ args: [images], env: settings });
  running.push(server);
  return server;
}

async function stop(server: RunningServer): Promise<void> {
  server.child.kill('SIGTERM');
  assert.equal(await server.exit, 0);
}

async function get(server: Listening, path: string): Promise<{ etag: string | null; body: Buffer; status: number }> {
  const answer = await fetch(new URL(path, server.address), { headers: { connection: 'close' } });
  return { etag: answer.headers.get('etag'), body: Buffer.from(await answer.arrayBuffer()), status: answer.status };
}

function pixelsOf(png: Buffer): Buffer {
  return execFileSync('convert', ['-', '-depth', '8', 'rgb:-'], { input: png, maxBuffer: 2 ** 28 });
}

function pyramidsIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.endsWith('.pyramid.tif'));
}

function newFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

before(() => {
  mkdirSync(images);
  const picture = ['-size', SIZE, '-seed', '3', 'plasma:tomato-steelblue', '-blur', '0x2', '-depth', '8'];
  execFileSync('convert', [...picture, '-quality', '92', join(images, 'large.jpg')]);
  execFileSync('convert', ['-size', '1000x1000', 'plasma:', join(images, 'small.jpg')]);
});

after(() => {
  for (const { child } of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

describe('pyramids of flat images', () => {
  const pyramids = join(folder, 'made');
  let first: { etag: string | null; body: Buffer };

  it('are built after the first use, and serve the same pixels within tolerance from then on', async () => {
    const server = await start(pyramids);
    first = await get(server, TILE);
    assert.deepEqual([...new Set([(await get(server, '/iiif/3/small.jpg/full/max/0/default.jpg')).status])], [200]);
    await server.waitFor(/a pyramid is built/);
    assert.equal(pyramidsIn(pyramids).length, 1);
    for (let count = 0; count < 8; count++) {
      const tile = await get(server, TILE);
      assert.equal(tile.status, 200);
      assert.notEqual(tile.etag, first.etag);
      assert.ok(meanDifference(pixelsOf(tile.body), pixelsOf(first.body)) <= 1);
    }
    await stop(server);
    assert.deepEqual(readdirSync(pyramids), pyramidsIn(pyramids));
  });

  it('are there after a restart', async () => {
    const { mtimeMs, ino } = statSync(join(pyramids, pyramidsIn(pyramids)[0] ?? ''));
    const server = await start(pyramids);
    assert.notEqual((await get(server, TILE)).etag, first.etag);
    await stop(server);
    const now = statSync(join(pyramids, pyramidsIn(pyramids)[0] ?? ''));
    assert.equal(now.ino, ino);
    assert.ok(now.mtimeMs > mtimeMs, 'it counts as used');
  });

  it('are built again when they are damaged, and never served so', async () => {
    const path = join(pyramids, pyramidsIn(pyramids)[0] ?? '');
    truncateSync(path, statSync(path).size - 1000);
    const server = await start(pyramids);
    const tile = await get(server, TILE);
    assert.equal(tile.etag, first.etag);
    assert.ok(tile.body.equals(first.body));
    await server.waitFor(/a pyramid is built/);
    await until(async () => (await get(server, TILE)).etag !== first.etag, 'the new one is used');
    await stop(server);
  });

  it('are waited for where the image cannot be decoded as a whole', async () => {
    const server = await start(newFolder('waited for'), { MAX_DECODED_BYTES: String(2 ** 20) });
    const early = await fetch(new URL(TILE, server.address), { headers: { connection: 'close' } });
    const { error, message } = JSON.parse(await early.text());
    assert.deepEqual([early.status, error], [503, 'pyramid-not-built']);
    assert.match(message, /once its pyramid is built.* 4500000 bytes.* 1048576/);
    assert.deepEqual([early.headers.get('retry-after'), early.headers.get('cache-control')], ['1', 'no-store']);
    await until(async () => (await get(server, TILE)).status === 200, 'it is there');
    await stop(server);
  });

  it('are built of another state of the image when it is replaced', async () => {
    const server = await start(pyramids);
    const known = await get(server, TILE);
    const original = readFileSync(join(images, 'large.jpg'));
    execFileSync('convert', ['-size', SIZE, 'xc:lime', join(images, 'large.jpg')]);
    const tile = pixelsOf((await get(server, TILE)).body);
    assert.ok((tile[1] ?? 0) > 250 && (tile[0] ?? 255) < 5);
    await server.waitFor(/a pyramid is built/);
    await until(() => pyramidsIn(pyramids).length === 2, 'both are there');
    writeFileSync(join(images, 'large.jpg'), original);
    assert.notEqual((await get(server, TILE)).etag, known.etag);
    await stop(server);
  });

  it('leave nothing behind when the builder is killed, nor when everything is', async () => {
    const own = newFolder('killed');
    execFileSync('convert', ['-size', '9000x7000', 'gradient:red-blue', join(images, 'huge.png')]);
    const server = await start(own);
    const workers = childrenOf(server.pid);
    await get(server, '/iiif/3/huge.png/full/200,/0/default.jpg');
    const builder = async () => childrenOf(server.pid).find((pid) => !workers.includes(pid));
    await until(async () => (await builder()) !== undefined && readdirSync(own).length > 0, 'the builder is there');
    const gallery = await get(server, '/');
    assert.match(gallery.body.toString(), /9000 × 7000 · pyramid under way/);
    process.kill((await builder()) ?? 0, 'SIGKILL');
    await server.waitFor(/a pyramid cannot be built.*SIGKILL/);
    assert.deepEqual(readdirSync(own), []);
    await stop(server);

    const other = await start(own);
    await get(other, '/iiif/3/huge.png/full/200,/0/default.jpg');
    await until(() => readdirSync(own).length > 0, 'the builder is there');
    other.child.kill('SIGKILL');
    await other.exit;
    const [left = '', ...others] = readdirSync(own);
    assert.match(left, /^[0-9a-f]{40}\.[0-9a-f-]{36}\.part$/);
    assert.deepEqual(others, []);
    utimesSync(join(own, left), 1000, 1000);
    const again = await start(own);
    assert.deepEqual(readdirSync(own), []);
    await stop(again);
    rmSync(join(images, 'huge.png'));
  });

  it('leave nothing behind when the server is stopped while one is built', async () => {
    const own = newFolder('stopped');
    execFileSync('convert', ['-size', '6000x5000', 'gradient:red-blue', join(images, 'huge.png')]);
    const server = await start(own);
    await get(server, '/iiif/3/huge.png/0,0,64,64/max/0/default.jpg');
    await until(() => readdirSync(own).some((name) => name.endsWith('.part')), 'it is being built');
    await stop(server);
    assert.deepEqual(readdirSync(own), []);
    rmSync(join(images, 'huge.png'));
  });

  it('are not built when they are switched off', async () => {
    const server = await start('off');
    const tiles = [await get(server, TILE), await get(server, TILE)];
    assert.equal(tiles[0]?.etag, tiles[1]?.etag);
    assert.equal(childrenOf(server.pid).length, 2);
    await stop(server);
    assert.doesNotMatch(server.output(), /pyramid/);
  });

  it('are not built where their folder cannot be written, which the log says once', async () => {
    const server = await start(join(images, 'small.jpg', 'folder'));
    assert.equal((await get(server, TILE)).status, 200);
    await stop(server);
    assert.equal(server.output().match(/their folder cannot be written/g)?.length, 1);
  });

  it('that take more than they may are given up, not built again and again', async () => {
    const own = newFolder('none');
    const server = await start(own, { DERIVATIVES_MAX_BYTES: '1000' });
    await get(server, TILE);
    await server.waitFor(/a pyramid cannot be built.*more than DERIVATIVES_MAX_BYTES/);
    await get(server, TILE);
    assert.deepEqual(readdirSync(own), []);
    await stop(server);
  });

  it('go when they are not used for longest, as soon as they take a byte too much', async () => {
    const own = newFolder('full');
    for (const [index, name] of ['old', 'middle', 'new'].entries()) {
      const path = join(own, `${name}.pyramid.tif`);
      writeFileSync(path, Buffer.alloc(1000));
      utimesSync(path, 1000 + index, 1000 + index);
    }
    writeFileSync(join(own, 'something else'), Buffer.alloc(5000));
    await evictPyramids(own, 3000);
    assert.equal(readdirSync(own).length, 4);
    await evictPyramids(own, 2999);
    assert.deepEqual(readdirSync(own).sort(), ['middle.pyramid.tif', 'new.pyramid.tif', 'something else']);
  });

  it('go alone when they are larger than all may be', async () => {
    const own = newFolder('large');
    for (const name of ['a', 'b']) writeFileSync(join(own, `${name}.pyramid.tif`), Buffer.alloc(1000));
    for (const name of ['a', 'b']) utimesSync(join(own, `${name}.pyramid.tif`), 1000, 1000);
    writeFileSync(join(own, 'large.pyramid.tif'), Buffer.alloc(2001));
    assert.equal(await evictPyramids(own, 2000), 1);
    assert.deepEqual(readdirSync(own).sort(), ['a.pyramid.tif', 'b.pyramid.tif']);
  });
});
