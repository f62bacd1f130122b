import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../server/main.js', import.meta.url));

/** Ten times what any of them takes. */
const HANG_MS = 120_000;

/** What a command has said, and how it ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is at work. */
export interface RunningCommand {
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<CommandResult>;
}

/** What is set beside PATH. */
type Environment = Readonly<Record<string, string>>;

/** Starts the built program in a folder, in a process of its own. */
export function startCommand(args: readonly string[], cwd: string, env: Environment = {}): RunningCommand {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: HANG_MS,
    killSignal: 'SIGKILL',
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }));
  return { kill: (signal) => void child.kill(signal), ended };
}

/** Runs the built program to its end. */
export function runCommand(args: readonly string[], cwd: string, env: Environment = {}): Promise<CommandResult> {
  return startCommand(args, cwd, env).ended;
}
