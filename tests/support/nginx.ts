import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

/** A real nginx on loopback with the configuration that is delivered. */
export interface Nginx {
  readonly port: number;
  stop(): Promise<void>;
}

const DELIVERED = fileURLToPath(new URL('../../../deploy/nginx.conf', import.meta.url));

/** How long it may take to listen before the test counts as hanging. */
const HANG_MS = 30_000;

/**
 * Starts it before a server that listens on that port of loopback.
 *
 * @param prefix - the path below which it shows the server, without a slash at its end
 */
export async function startNginx(upstreamPort: number, prefix = ''): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'mezzotint-nginx-'));
  const port = await freePort();
  const delivered = replaced(readFileSync(DELIVERED, 'utf8'), [
    ['server 127.0.0.1:8080;', `server 127.0.0.1:${upstreamPort};`],
    ['listen 80;', `listen 127.0.0.1:${port};`],
    ['/var/cache/nginx/mezzotint', join(folder, 'cache')],
    ...(prefix === '' ? [] : below(prefix)),
  ]);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const main = [
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    ...['worker_processes 1;', 'daemon off;', 'error_log stderr warn;', `pid ${join(folder, 'pid')};`, 'events {}'],
    ...['http {', 'access_log off;', ...temporary.map((name) => `${name}_temp_path ${join(folder, name)};`)],
    ...[delivered, '}'],
  ];
  writeFileSync(join(folder, 'nginx.conf'), main.join('\n'));
  const child = spawn('nginx', ['-p', folder, '-c', 'nginx.conf'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  await untilListening(port, () => child.exitCode === null);
  return {
    port,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}

/** What the documentation says to change for a server below a path. */
function below(prefix: string): (readonly [from: string, to: string])[] {
  return [
    ['upstream mezzotint {', `map $request_uri $below { "~^${prefix}(?<rest>/.*)$" $rest; }\nupstream mezzotint {`],
    ['location / {', `location ${prefix}/ {`],
    ['proxy_pass http://mezzotint;', 'proxy_pass http://mezzotint$below;'],
    ['X-Forwarded-Prefix "";', `X-Forwarded-Prefix ${prefix};`],
  ];
}

function replaced(text: string, pairs: readonly (readonly [from: string, to: string])[]): string {
  return pairs.reduce((changed, [from, to]) => {
    assert.ok(changed.includes(from), `deploy/nginx.conf has no "${from}"`);
    return changed.replace(from, to);
  }, text);
}

async function untilListening(port: number, isRunning: () => boolean): Promise<void> {
  const end = Date.now() + HANG_MS;
  while (!(await accepts(port))) {
    assert.ok(isRunning(), 'nginx ended');
    assert.ok(Date.now() < end, 'nginx does not listen');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
