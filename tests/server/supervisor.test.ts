import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { childrenOf, isAlive, type RunningServer, startListening, startServer, until } from './running-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-supervisor-'));
const SERVE = [folder, '--port', '0', '--host', '127.0.0.1', '--workers', '2'];
const PRELOAD = `--import=${new URL('./preload-faults.js', import.meta.url)}`;

after(() => rmSync(folder, { recursive: true }));

/** Ends the server the ordinary way and checks that nothing of it is left. */
async function stop(server: RunningServer): Promise<void> {
  const children = childrenOf(server.pid);
  server.child.kill('SIGTERM');
  assert.equal(await server.exit, 0, server.output());
  assert.deepEqual(children.filter(isAlive), []);
}

async function isServing(address: string): Promise<boolean> {
  const answer = await fetch(new URL('no-such-image', address)).catch(() => undefined);
  return answer?.status === 404;
}

async function twoWorkers(server: RunningServer): Promise<number[]> {
  await until(() => childrenOf(server.pid).length === 2, 'two workers run');
  return childrenOf(server.pid);
}

describe('a running server', () => {
  it('prints where it serves, serves, and ends with everything it started at SIGTERM', async () => {
    const server = await startListening({ args: SERVE });
    assert.match(server.address, /^http:\/\/127\.0\.0\.1:\d+\/$/);
    assert.ok(server.output().includes(folder));
    assert.equal((await twoWorkers(server)).length, 2);
    assert.ok(await isServing(server.address));
    await stop(server);
  });

  it('replaces workers that are killed, both at once included, and goes on serving on the same port', async () => {
    const server = await startListening({ args: SERVE });
    const first = await twoWorkers(server);
    for (const pid of first) process.kill(pid, 'SIGKILL');
    await until(() => childrenOf(server.pid).filter((pid) => !first.includes(pid)).length === 2, 'two new workers run');
    await until(() => isServing(server.address), 'it serves again');
    await stop(server);
  });

  it('finishes the requests under way when it is told to stop', async () => {
    const server = await startListening({ args: SERVE, env: { NODE_OPTIONS: PRELOAD, TEST_FAULT: 'hold-requests' } });
    const answer = fetch(new URL('held', server.address)).then((response) => response.text());
    await server.waitFor(/a request is held/);
    const workers = await twoWorkers(server);
    server.child.kill('SIGTERM');
    await server.waitFor(/"stopping"/);
    await until(() => workers.filter(isAlive).length === 1, 'the idle worker has ended');
    for (const pid of workers.filter(isAlive)) process.kill(pid, 'SIGUSR2');
    assert.equal(await answer, 'held');
    assert.equal(await server.exit, 0);
    assert.ok(!server.output().includes('did not finish in time'));
  });

  it('ends at once at the second signal, whatever is under way', async () => {
    const server = await startListening({ args: SERVE, env: { NODE_OPTIONS: PRELOAD, TEST_FAULT: 'hold-requests' } });
    const answer = fetch(new URL('held', server.address)).then(
      () => 'answered',
      () => 'cut off',
    );
    await server.waitFor(/a request is held/);
    server.child.kill('SIGINT');
    await server.waitFor(/"stopping"/);
    server.child.kill('SIGINT');
    assert.equal(await server.exit, 1);
    assert.equal(await answer, 'cut off');
  });

  for (const fault of ['throw-at-signal', 'reject-at-signal']) {
    it(`logs a defect once and replaces the worker (${fault})`, async () => {
      const server = await startListening({ args: SERVE, env: { NODE_OPTIONS: PRELOAD, TEST_FAULT: fault } });
      const [victim = 0, ...others] = await twoWorkers(server);
      await until(() => isServing(server.address), 'it serves');
      process.kill(victim, 'SIGUSR2');
      await server.waitFor(/"a defect ends this process"/);
      await server.waitFor(/"a worker died","reason":"exit code 1"/);
      await until(() => childrenOf(server.pid).filter((pid) => !others.includes(pid)).length === 1, 'another runs');
      assert.equal(server.output().match(/"a defect ends this process"/g)?.length, 1);
      await stop(server);
    });
  }

  it('empties its caches at SIGHUP and goes on', async () => {
    const server = await startListening({ args: SERVE });
    const workers = await twoWorkers(server);
    server.child.kill('SIGHUP');
    await server.waitFor(/emptying caches/);
    assert.ok(await isServing(server.address));
    assert.deepEqual(childrenOf(server.pid), workers);
    await stop(server);
  });

  it('ends its workers when it is killed itself', async () => {
    const server = await startListening({ args: SERVE });
    const workers = await twoWorkers(server);
    server.child.kill('SIGKILL');
    await until(() => !workers.some(isAlive), 'the workers have ended');
  });

  it('serves although its log goes to a full disk', async () => {
    const server = await startListening({ args: [...SERVE, '--verbosity', '2'], stderr: openSync('/dev/full', 'w') });
    for (let count = 0; count < 50; count++) assert.ok(await isServing(server.address));
    await stop(server);
  });

  it('serves although nobody reads its log any more', async () => {
    const server = await startListening({ args: [...SERVE, '--verbosity', '2'] });
    server.child.stderr?.destroy();
    server.child.stdout?.destroy();
    for (let count = 0; count < 50; count++) assert.ok(await isServing(server.address));
    await stop(server);
  });

  it('says once which settings have no effect', async () => {
    const server = await startListening({ args: SERVE, env: { OMP_NUM_THREADS: '2', KAKADU_READMODE: '1' } });
    await twoWorkers(server);
    await stop(server);
    for (const name of ['OMP_NUM_THREADS', 'KAKADU_READMODE'])
      assert.equal(server.output().split(name).length, 2, name);
  });
});

describe('a Unix socket', () => {
  const path = join(folder, 'server.sock');
  const serve = [folder, '--workers', '2', '--bind', `unix:${path}`];

  function statusOnSocket(): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      get({ socketPath: path, path: '/no-such-image' }, (response) => resolve(response.resume().statusCode)).on(
        'error',
        reject,
      );
    });
  }

  it('is served, and removed at the end', async () => {
    const server = await startListening({ args: serve });
    assert.equal(server.address, `unix:${path}`);
    assert.equal(await statusOnSocket(), 404);
    await stop(server);
    assert.ok(!existsSync(path));
  });

  it('is taken over from a server that was killed, but not from one that lives', async () => {
    const killed = await startListening({ args: serve });
    const workers = await twoWorkers(killed);
    killed.child.kill('SIGKILL');
    await until(() => !workers.some(isAlive), 'its workers have ended');
    assert.ok(existsSync(path));
    const server = await startListening({ args: serve });
    const second = startServer({ args: serve });
    assert.equal(await second.exit, 1);
    assert.match(second.output(), /^Mezzotint cannot listen on unix:.*another server listens there.*\n$/);
    assert.equal(await statusOnSocket(), 404);
    await stop(server);
  });

  it('is refused where a file or no folder is', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'precious');
    for (const wrong of [file, join(folder, 'none', 'x.sock'), join(file, 'x.sock')]) {
      const server = startServer({ args: [folder, '--workers', '2', '--bind', `unix:${wrong}`] });
      assert.equal(await server.exit, 1);
      assert.match(server.output(), /^Mezzotint cannot listen on unix:.*\n$/);
    }
    assert.ok(existsSync(file));
  });
});

describe('a start that cannot succeed', () => {
  it('is one clear line when the port is in use', async () => {
    const other = await startListening({ args: SERVE });
    const { port } = new URL(other.address);
    const server = startServer({ args: [folder, '--host', '127.0.0.1', '--port', port, '--workers', '2'] });
    assert.equal(await server.exit, 1);
    assert.match(
      server.output(),
      /^Mezzotint cannot listen on 127\.0\.0\.1:\d+: another program uses this port\..*\n$/,
    );
    await stop(other);
  });

  it('is one clear line when the address, the folder or the log is wrong', async () => {
    const starts = [
      [folder, '--host', '203.0.113.1', '--port', '8080'],
      [join(folder, 'none')],
      [folder, '--port', '0', '--logfile', join(folder, 'none', 'log')],
    ];
    for (const args of starts) {
      const server = startServer({ args: [...args, '--workers', '2'] });
      assert.equal(await server.exit, 1);
      assert.match(server.output(), /^Mezzotint cannot [^\n]*\n$/);
    }
  });

  it('lists every setting that is wrong and shows no stack', async () => {
    const server = startServer({ args: ['--port', '99999'], env: { MAX_CVT: 'x', REDIS_URL: 'http://u:hunter2@h' } });
    assert.equal(await server.exit, 1);
    assert.match(server.output(), /^Mezzotint cannot start, 3 settings are not valid:\n( {2}[^\n]+\n){3}$/);
    assert.ok(!server.output().includes('hunter2'));
  });

  it('answers --help and --version before anything else', async () => {
    const help = startServer({ args: ['--help', '--port', 'x'] });
    assert.equal(await help.exit, 0);
    assert.match(help.output(), /^Mezzotint .*\n\nUsage: /);
    const version = startServer({ args: ['--version'] });
    assert.equal(await version.exit, 0);
    assert.match(version.output(), /^\d+\.\d+\.\d+\n$/);
  });
});
