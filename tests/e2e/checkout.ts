import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const run = promisify(execFile);

/** A folder for one test; `remove` it when done. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'mezzotint-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Clones what is committed, as a newcomer would get it. */
export async function cloneCommitted(into: string): Promise<void> {
  await run('git', ['clone', '--quiet', '--no-local', ROOT, into]);
}

/** The user's environment without what npm and the test runner set for their own children. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  const inherited =
    /^(npm_package_|npm_lifecycle_|npm_command$|npm_config_(local_)?prefix$|INIT_CWD$|NODE_TEST_CONTEXT$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !inherited.test(name)));
}

/**
 * Runs a shell command to its end.
 *
 * @throws with the end of its output when it fails or takes longer than `minutes`
 */
export async function shell(command: string, cwd: string, minutes = 10): Promise<void> {
  const options = { cwd, env: ownEnvironment(), timeout: minutes * 60_000, maxBuffer: 64 * 2 ** 20 };
  try {
    await run('sh', ['-c', command], options);
  } catch (error) {
    throw new Error(`${command} failed:\n${outputOf(error).slice(-4000)}`, { cause: error });
  }
}

/** What a failed command had printed. */
function outputOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('stdout' in error && 'stderr' in error)) return String(error);
  return `${error.stdout}${error.stderr}`;
}

/** A pyramid of one colour, drawn by libvips: 600 x 400 pixels in tiles of 256. */
export async function drawPyramid(path: string, [red, green, blue]: readonly [number, number, number]): Promise<void> {
  const plain = `${path}.v`;
  await run('vips', ['black', plain, '600', '400', '--bands', '3']);
  const tiled = `${path}[tile,pyramid,tile-width=256,tile-height=256,compression=jpeg]`;
  await run('vips', ['linear', plain, tiled, '1 1 1', `${red} ${green} ${blue}`, '--uchar']);
  await rm(plain);
}

/** A server that a test started. */
export interface RunningServer {
  /** Its address as it says itself, with a slash at the end. */
  readonly address: string;
  /** Asks it to end, and gives back how it did. */
  stop(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** How a server is started. */
export interface Start {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Number of the user and group it runs as; undefined for our own. */
  readonly user?: number;
  /** Hang guard. */
  readonly minutes: number;
}

/** Starts a server in a process group of its own and waits for the line that says where it listens. */
export async function startServer({ command, args, cwd, env, user, minutes }: Start): Promise<RunningServer> {
  const identity = user === undefined ? {} : { uid: user, gid: user };
  const child = spawn(command, args, { cwd, env, ...identity, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const guard = setTimeout(() => endGroup(child), minutes * 60_000);
  const stop = async () => {
    child.kill('SIGTERM');
    const last = setTimeout(() => endGroup(child), 60_000);
    const [code, signal] = await ended;
    clearTimeout(last);
    clearTimeout(guard);
    return { code, signal };
  };
  const address = await announcedAddress(child);
  if (address !== undefined) return { address, stop };
  endGroup(child);
  await stop();
  throw new Error(`${command} ${args.join(' ')} ended without saying where it listens`);
}

async function announcedAddress(child: ChildProcess): Promise<string | undefined> {
  if (!child.stdout) return undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /Mezzotint serves .* at (?<address>http:\/\/\S+:\d+\/)/.exec(line)?.groups?.address;
    if (address === undefined) continue;
    child.stdout.resume();
    return address;
  }
  return undefined;
}

/** Ends whatever is left of the group; it may be gone already. */
function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing is left of it.
  }
}
