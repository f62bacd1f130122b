import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { DebianPackage } from './debian-packages.ts';

/** Daemons live in the last two, which are not on every user's PATH. */
const SEARCHED = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];

/** The packages whose command is not to be found. */
function missingPackages(wanted: readonly DebianPackage[]): DebianPackage[] {
  return wanted.filter(({ command }) => !isInstalled(command));
}

/**
 * Sees to it that every package is there, installing what is missing where that needs no password.
 *
 * @param script - shell script that installs the packages given as arguments, as root
 * @returns what to tell the user when tests cannot run, undefined when all is well
 */
export async function ensurePackages(wanted: readonly DebianPackage[], script: string): Promise<string | undefined> {
  const missing = missingPackages(wanted);
  if (missing.length === 0) return undefined;
  if (!isInstalled('apt-get')) {
    return `The tests need these commands, and this system has no apt-get to install them: ${list(missing, 'command')}`;
  }
  const names = missing.map(({ name }) => name);
  const root = rootCommand();
  if (!root) return `The tests need Debian packages that are missing. Install them with\n\n${manualCommand(names)}\n`;
  process.stdout.write(`Installing for the tests: ${names.join(' ')}\n`);
  const failure = await install([...root, 'sh', script, ...names]);
  if (failure !== undefined) return `Installing failed:\n${failure}\nTry it by hand:\n\n${manualCommand(names)}\n`;
  const absent = missingPackages(missing);
  return absent.length > 0 ? `Installed, but still not found: ${list(absent, 'command')}` : undefined;
}

function manualCommand(names: readonly string[]): string {
  return `  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names.join(' ')}`;
}

function isInstalled(command: string): boolean {
  return SEARCHED.some((directory) => isExecutable(join(directory, command)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What to put before a command so that it runs as root; undefined where a password would be asked for. */
function rootCommand(): string[] | undefined {
  if (process.getuid?.() === 0) return [];
  const hasSudo = isInstalled('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  return hasSudo ? ['sudo', '-n'] : undefined;
}

/** Runs the command under one line of progress; gives back the end of its output when it fails. */
function install([command = 'sh', ...args]: readonly string[]): Promise<string | undefined> {
  const started = Date.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const take = (chunk: Buffer) => {
    output = `${output}${chunk.toString()}`.slice(-4000);
    showProgress(output.trimEnd().split('\n').at(-1) ?? '');
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return new Promise((settle) => {
    child.on('error', (error) => settle(error.message));
    child.on('close', (code) => {
      showProgress('');
      if (code === 0) process.stdout.write(`Installed in ${Math.round((Date.now() - started) / 1000)} s\n`);
      settle(code === 0 ? undefined : output);
    });
  });
}

/** Rewrites the current line on a terminal; a log file gets no progress. */
function showProgress(text: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${text.slice(0, (process.stdout.columns ?? 80) - 1)}`);
}

function list(packages: readonly DebianPackage[], key: keyof DebianPackage): string {
  return packages.map((each) => each[key]).join(' ');
}
