import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writePositionPyramid } from '../support/position-picture.ts';
import { HANG_MS, type RunningServer, startServer } from './running-server.ts';

const IMAGES = 300;
const CLIENTS = 200;
const folder = mkdtempSync(join(tmpdir(), 'mezzotint-overload-'));

before(() => {
  writePositionPyramid(join(folder, 'big.tif'), { width: 3000, height: 3000 }, ['--compression', 'deflate']);
  writePositionPyramid(join(folder, 'a0.tif'), { width: 300, height: 200 }, ['--compression', 'lzw']);
  for (let index = 1; index < IMAGES; index++) copyFileSync(join(folder, 'a0.tif'), join(folder, `a${index}.tif`));
});

after(() => rmSync(folder, { recursive: true }));

async function start(options: readonly string[], launcher: readonly string[] = []) {
  const args = [folder, '--port', '0', '--host', '127.0.0.1', '--workers', '1', ...options];
  const server = startServer({ args, launcher });
  const [, port] = await server.waitFor(/at http:\/\/\S*?:(\d+)\//);
  return { server, port: Number(port) };
}

async function stop(server: RunningServer): Promise<void> {
  server.child.kill('SIGTERM');
  await server.exit;
}

/** Milliseconds of processor time the workers have used. */
function workerTime(supervisor: number): number {
  const workers = execFileSync('pgrep', ['-P', `${supervisor}`], { encoding: 'utf8' })
    .trim()
    .split('\n');
  const times = workers.map((pid) => execFileSync('cat', [`/proc/${pid}/stat`], { encoding: 'utf8' }).split(' '));
  return times.reduce((sum, fields) => sum + (Number(fields[13]) + Number(fields[14])) * 10, 0);
}

const exportUrl = (index: number) => `/iiif/3/big.tif/${index},0,2800,2800/1400,/0/default.jpg`;

describe('clients who leave at once', () => {
  it('cost next to nothing, and the next one is served', { timeout: HANG_MS }, async () => {
    const { server, port } = await start(['--verbosity', '2']);
    const origin = `http://127.0.0.1:${port}`;
    const begun = workerTime(server.pid);
    await (await fetch(origin + exportUrl(0))).arrayBuffer();
    const oneExport = workerTime(server.pid) - begun;
    for (let index = 1; index <= CLIENTS; index++) {
      const client = connect(port, '127.0.0.1').on('error', () => undefined);
      client.end(`GET ${exportUrl(index)} HTTP/1.1\r\nHost: x\r\n\r\n`, () => client.destroy());
    }
    const next = await fetch(`${origin}/iiif/3/a1.tif/full/max/0/default.jpg`);
    assert.equal(next.status, 200);
    await server.waitFor(/"aborted":true/);
    const spent = workerTime(server.pid) - begun - oneExport;
    assert.ok(
      spent < (CLIENTS / 4) * oneExport,
      `${spent} ms for ${CLIENTS} times nothing, one export takes ${oneExport}`,
    );
    await stop(server);
  });
});

describe('a process with few descriptors', () => {
  it('serves more images than it can keep open', { timeout: HANG_MS }, async () => {
    const { server, port } = await start([], ['prlimit', '--nofile=96']);
    const statuses = new Set<number>();
    const ask = async (from: number) => {
      for (let index = from; index < IMAGES; index += 8) {
        const answer = await fetch(`http://127.0.0.1:${port}/iiif/3/a${index}.tif/info.json`);
        await answer.arrayBuffer();
        statuses.add(answer.status);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, from) => ask(from)));
    assert.deepEqual([...statuses], [200]);
    await stop(server);
  });
});
