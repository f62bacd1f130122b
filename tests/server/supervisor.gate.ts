import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { childrenOf, startListening, startServer, until } from './running-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-supervisor-'));
const SERVE = [folder, '--port', '0', '--host', '127.0.0.1', '--workers', '2'];
const PRELOAD = `--import=${new URL('./preload-faults.js', import.meta.url)}`;

after(() => rmSync(folder, { recursive: true }));

describe('the supervisor', () => {
  it('gives up when workers die before they serve, again and again', async () => {
    const server = startServer({ args: SERVE, env: { NODE_OPTIONS: PRELOAD, TEST_FAULT: 'die-at-start' } });
    assert.equal(await server.exit, 1);
    assert.match(server.output(), /Mezzotint gives up/);
    const deaths = server.output().match(/"a worker died"/g)?.length ?? 0;
    assert.ok(deaths >= 5 && deaths <= 10, `${deaths} deaths`);
  });

  it('has its full strength again and serves after each of 20 crashes in a row', async () => {
    const server = await startListening({ args: SERVE });
    for (let count = 0; count < 20; count++) {
      await until(() => childrenOf(server.pid).length === 2, 'two workers run');
      const [victim = 0] = childrenOf(server.pid);
      process.kill(victim, 'SIGSEGV');
      await until(() => !childrenOf(server.pid).includes(victim), 'it is gone');
      const answer = () => fetch(new URL('no-such-image', server.address)).catch(() => undefined);
      await until(async () => (await answer())?.status === 404, 'it serves');
    }
    server.child.kill('SIGTERM');
    assert.equal(await server.exit, 0);
  });

  it('serves although the reader of its log stalls', async () => {
    const server = await startListening({ args: [...SERVE, '--verbosity', '2'], env: { OMP_NUM_THREADS: '1' } });
    server.child.stderr?.pause();
    const url = new URL(`no-such-image?${'x'.repeat(1000)}`, server.address);
    for (let count = 0; count < 3000; count++) assert.equal((await fetch(url)).status, 404);
    server.child.stderr?.resume();
    server.child.kill('SIGTERM');
    assert.equal(await server.exit, 0);
  });
});
