import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { keepAlive } from './load.ts';
import type { Options, Peer } from './options.ts';

/** A server that is driven. */
export interface Target {
  /** Where it answers iipsrv's query forms, without the question mark. */
  readonly base: string;
  readonly pids: readonly number[];
  readonly agent: Agent;
  /** Whether it builds pyramids of flat images, of which none is there when it starts. */
  readonly buildsPyramids: boolean;
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../server/main.js', import.meta.url));
const START_GUARD_MS = 30_000;

/** How our own server is started. */
type Start = Pick<Options, 'workers' | 'connections'> & { readonly cacheMegabytes: number };

/** Starts our own server on the corpus, on a port of its choice. */
export async function startOurs(corpus: string, { workers, connections, cacheMegabytes }: Start): Promise<Target> {
  const derivatives = await mkdtemp(join(tmpdir(), 'mezzotint-bench-'));
  const settings = {
    WORKERS: String(workers),
    MAX_IMAGE_CACHE_SIZE: String(cacheMegabytes),
    MEZZOTINT_SAMPLES: 'off',
    DERIVATIVES: derivatives,
  };
  const env = { ...process.env, ...settings };
  const child = spawn(process.execPath, [MAIN, corpus, '--port', '0'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const agent = keepAlive(connections);
  const stop = async () => {
    agent.destroy();
    if (child.exitCode === null && child.kill()) await once(child, 'close');
    await rm(derivatives, { recursive: true, force: true });
  };
  try {
    const origin = await announcedOrigin(child);
    return { base: `${origin}/fcgi-bin/iipsrv.fcgi`, pids: [child.pid ?? 0], agent, buildsPyramids: true, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A server that runs already and goes on running. */
export function attachPeer({ url, pids }: Peer, connections: number): Target {
  const agent = keepAlive(connections);
  return { base: url, pids, agent, buildsPyramids: false, stop: async () => agent.destroy() };
}

/** Reads the server's output up to the line that says where it listens; what follows is read and dropped. */
async function announcedOrigin(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new TypeError('the output of the server is not piped');
  const guard = setTimeout(() => child.kill('SIGKILL'), START_GUARD_MS);
  child.on('error', () => undefined); // one that cannot be started has no output either
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const origin = /Mezzotint serves .* at (?<origin>http:\/\/\S+:\d+)\//.exec(line)?.groups?.origin;
      if (origin !== undefined) return origin;
    }
  } finally {
    clearTimeout(guard);
    child.stdout.resume();
  }
  throw new Error('the server ended without saying where it listens');
}
