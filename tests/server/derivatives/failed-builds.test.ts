import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { childrenOf, type RunningServer, type StartOptions, startListening, until } from '../running-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-failed-builds-'));
const images = join(folder, 'images');
const running: RunningServer[] = [];

type Listening = Awaited<ReturnType<typeof startListening>>;

async function start(own: string, options: Partial<StartOptions> = {}): Promise<Listening> {
  const settings = { PORT: '0', WORKERS: '2', SOURCE_CHECK_INTERVAL: '0', DERIVATIVES: own };
  const server = await startListening({ ...options, args: [images], env: { ...settings, ...options.env } });
  running.push(server);
  return server;
}

async function stop(server: RunningServer): Promise<void> {
  server.child.kill('SIGTERM');
  assert.equal(await server.exit, 0);
}

async function get(server: Listening, path: string): Promise<{ status: number; body: string }> {
  const answer = await fetch(new URL(path, server.address), { headers: { connection: 'close' } });
  return { status: answer.status, body: await answer.text() };
}

/** Uses an image, so that its pyramid is wanted. */
async function use(server: Listening, name: string): Promise<void> {
  await get(server, `/iiif/3/${name}/full/200,/0/default.jpg`);
}

function newFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

function count(server: RunningServer, pattern: RegExp): number {
  return [...server.output().matchAll(new RegExp(pattern, 'g'))].length;
}

before(() => {
  mkdirSync(images);
  const picture = ['-size', '2500x2000', '-seed', '3', 'plasma:tomato-steelblue', '-depth', '8'];
  execFileSync('convert', [...picture, '-quality', '92', join(images, 'sound.jpg')]);
  for (const name of ['cut.jpg', 'other.jpg']) copyFileSync(join(images, 'sound.jpg'), join(images, name));
  truncateSync(join(images, 'cut.jpg'), Math.floor(statSync(join(images, 'sound.jpg')).size / 2));
});

after(() => {
  for (const { child } of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

describe('pyramids that cannot be built', () => {
  it('of a damaged file are tried once, and what hoped for them is refused for good', async () => {
    const own = newFolder('damaged');
    const server = await start(own, { env: { MAX_DECODED_BYTES: String(2 ** 20) } });
    const tile = '/iiif/3/cut.jpg/0,0,256,256/256,/0/default.jpg';
    const first = await get(server, tile);
    assert.equal(first.status, 503, first.body);
    const [line] = await server.waitFor(/\{[^\n]*a pyramid cannot be built[^\n]*\}/);
    const { image, advice } = JSON.parse(line);
    assert.equal(image, 'cut.jpg');
    assert.match(advice, /replace the file/);
    await until(async () => (await get(server, tile)).status === 413, 'every worker knows');
    const { body } = await get(server, tile);
    assert.match(body, /ask for a smaller size.*MAX_DECODED_BYTES/);
    await use(server, 'sound.jpg');
    await server.waitFor(/a pyramid is built/);
    assert.equal(count(server, /a pyramid cannot be built/), 1);

    copyFileSync(join(images, 'sound.jpg'), join(images, 'cut.jpg'));
    await until(async () => (await get(server, tile)).status === 200, 'the mended file is built and served');
    await stop(server);
  });

  it('because their process was killed are not tried again', async () => {
    const own = newFolder('killed');
    const server = await start(own);
    const workers = childrenOf(server.pid);
    const builder = () => childrenOf(server.pid).find((pid) => !workers.includes(pid));
    await use(server, 'sound.jpg');
    await until(() => builder() !== undefined, 'the builder is there');
    process.kill(builder() ?? 0, 'SIGKILL');
    await server.waitFor(/a pyramid cannot be built.*SIGKILL.*ran out of memory/);
    await use(server, 'sound.jpg');
    await use(server, 'other.jpg');
    await server.waitFor(/a pyramid is built.*other\.jpg/);
    await stop(server);
    assert.equal(count(server, /a pyramid is built/), 1);
    assert.equal(readdirSync(own).length, 1);
  });

  it('as the disk is full are said once, and nothing stays behind', async () => {
    const own = newFolder('full');
    const mount = `mount -t tmpfs -o size=300k none '${own}' && exec "$@"`;
    const server = await start(own, { launcher: ['unshare', '--mount', 'sh', '-c', mount, 'sh'] });
    await use(server, 'sound.jpg');
    const [line] = await server.waitFor(/\{[^\n]*pyramids cannot be kept[^\n]*\}/);
    const { reason, advice } = JSON.parse(line);
    assert.match(reason, /No space left/);
    assert.match(advice, /make room.*DERIVATIVES/);
    await use(server, 'other.jpg');
    assert.equal((await get(server, '/iiif/3/other.jpg/full/max/0/default.jpg')).status, 200);
    assert.deepEqual(readdirSync(`/proc/${server.pid}/root${own}`), []);
    await stop(server);
    assert.equal(count(server, /cannot be kept/), 1);
    assert.equal(count(server, /cannot be built/), 0);
  });

  it('as their folder goes away while one is built are no fault of the image', async () => {
    const own = newFolder('moved');
    execFileSync('convert', ['-size', '6000x5000', 'gradient:red-blue', join(images, 'huge.png')]);
    const server = await start(own);
    await use(server, 'huge.png');
    await until(() => readdirSync(own).length > 0, 'it is being built');
    renameSync(own, `${own} elsewhere`);
    await server.waitFor(/pyramids cannot be kept/);
    await stop(server);
    assert.equal(count(server, /cannot be built/), 0);
    rmSync(join(images, 'huge.png'));
  });

  it('as their folder is gone while the server runs are said once', async () => {
    const own = newFolder('gone');
    const server = await start(own);
    rmSync(own, { recursive: true });
    writeFileSync(own, 'a file in its place');
    await use(server, 'sound.jpg');
    await server.waitFor(/pyramids cannot be kept/);
    for (const name of ['sound.jpg', 'other.jpg']) await use(server, name);
    await stop(server);
    assert.equal(count(server, /cannot be kept/), 1);
    unlinkSync(own);
  });
});
