import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../support/free-port.ts';
import { startListening, startServer } from './running-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-metrics-'));
const [images, pyramids] = [join(folder, 'images'), join(folder, 'pyramids')];

before(() => {
  mkdirSync(images);
  execFileSync('convert', ['-size', '2500x2000', 'plasma:', join(images, 'large.jpg')]);
});
after(() => rmSync(folder, { recursive: true }));

/** The values of an exposition, every line of which must be one of the format's. */
function parse(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const line of text.trimEnd().split('\n')) {
    if (/^# (HELP|TYPE) mezzotint_\w+ \S/.test(line)) continue;
    const [, name = '', value] = /^(mezzotint_[a-z_]+) ([0-9.]+)$/.exec(line) ?? assert.fail(line);
    values.set(name, Number(value));
  }
  return values;
}

describe('metrics', () => {
  it('tell of pyramids, on a port of their own', async () => {
    const port = await freePort();
    const env = { PORT: '0', HOST: '127.0.0.1', WORKERS: '1', DERIVATIVES: pyramids, METRICS_PORT: String(port) };
    const server = await startListening({ args: [images], env });
    const look = async (path = '/metrics', method = 'GET') =>
      fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { connection: 'close' } });
    const before = await look();
    assert.match(before.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    assert.equal(parse(await before.text()).get('mezzotint_builds_total'), 0);
    await (await fetch(new URL('/iiif/3/large.jpg/full/200,/0/default.jpg', server.address))).arrayBuffer();
    await server.waitFor(/a pyramid is built/);
    const values = parse(await (await look()).text());
    const [name = ''] = readdirSync(pyramids);
    assert.deepEqual(Object.fromEntries(values), {
      mezzotint_builds_running: values.get('mezzotint_builds_running'), // its process may not be gone yet
      mezzotint_builds_waiting: 0,
      mezzotint_builds_total: 1,
      mezzotint_builds_failed_total: 0,
      mezzotint_derivative_bytes: statSync(join(pyramids, name)).size,
      mezzotint_derivatives_evicted_total: 0,
      mezzotint_refused_files: 0,
    });
    assert.equal((await look('/')).status, 404);
    assert.equal((await look('/metrics', 'POST')).status, 405);
    assert.equal((await fetch(new URL('/metrics', server.address))).status, 404);
    server.child.kill('SIGTERM');
    assert.equal(await server.exit, 0);
  });

  it('have the start refused where their port is taken', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    const env = { PORT: '0', HOST: '127.0.0.1', METRICS_PORT: String(port) };
    const server = startServer({ args: [images], env });
    assert.equal(await server.exit, 1);
    assert.match(
      server.output(),
      /cannot listen on port \d+ for metrics: .*EADDRINUSE.* Choose another with METRICS_PORT/,
    );
    other.close();
  });
});
