import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../server/main.js', import.meta.url));

/** How long anything may take before a test counts as hanging. */
export const HANG_MS = 30_000;

/** A real server in its own process tree. */
export interface RunningServer {
  readonly child: ChildProcess;
  /** Its main process. */
  readonly pid: number;
  /** Resolves with the first output that matches, from the beginning; fails when the server ends before. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  /** Everything printed so far, on both outputs. */
  output(): string;
  /** Ends when the outputs are closed, that is with the last process that holds them. */
  readonly exit: Promise<number | null>;
}

/** How to start it. */
export interface StartOptions {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The folder it runs in. */
  readonly cwd?: string;
  /** Instead of a pipe that the test reads. */
  readonly stderr?: number;
  /** A command that runs the server, such as one that sets limits, with its arguments. */
  readonly launcher?: readonly string[];
}

/** Starts the built server; nothing of the test's own environment but PATH reaches it. */
export function startServer({ args, env = {}, cwd, stderr, launcher = [] }: StartOptions): RunningServer {
  const [command = process.execPath, ...rest] = [...launcher, process.execPath, MAIN, ...args];
  const child = spawn(command, rest, {
    env: { PATH: process.env.PATH, ...env },
    cwd,
    stdio: ['ignore', 'pipe', stderr ?? 'pipe'],
  });
  let text = '';
  const take = (chunk: Buffer) => {
    text += chunk;
    child.emit('output');
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  const exit = once(child, 'close', { signal: AbortSignal.timeout(HANG_MS * 2) }).then(([code]) => code);
  exit.catch(() => child.kill('SIGKILL'));
  child.once('close', () => child.emit('output'));
  const waitFor = async (pattern: RegExp) => {
    const signal = AbortSignal.timeout(HANG_MS);
    for (;;) {
      const match = pattern.exec(text);
      if (match) return match;
      assert.equal(child.exitCode, null, `ended without ${pattern}:\n${text}`);
      await once(child, 'output', { signal });
    }
  };
  return { child, pid: child.pid ?? assert.fail('not started'), waitFor, output: () => text, exit };
}

/** Starts it and waits until it listens. */
export async function startListening(options: StartOptions): Promise<RunningServer & { readonly address: string }> {
  const server = startServer(options);
  const [, address = ''] = await server.waitFor(/Mezzotint serves .* at (\S+)\n/);
  return { ...server, address };
}

/** The processes that `pid` started and that are still there. */
export function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? [] : children.split(' ').map(Number);
}

/** Whether a process is there and not only waiting to be reaped. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Looks again and again until it holds: for what tells nobody when it happens. */
export async function until(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + HANG_MS;
  while (!(await isTrue())) {
    assert.ok(Date.now() < end, `waited too long until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
