#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseCommandLine } from '../config/command-line.ts';
import { helpText } from '../config/help.ts';
import { loadConfig } from '../config/load-config.ts';
import { ConfigError } from '../config/problems.ts';
import { findCommand } from './commands/commands.ts';
import { runServer } from './start.ts';
import { StartFailure } from './start-failure.ts';

/** Where package.json is; this file runs as dist/server/main.js. */
const PACKAGE = new URL('../../', import.meta.url);

await main(process.argv.slice(2), process.env);

/** The entry point: everything the server learns from its surroundings, it learns here. */
async function main(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const command = findCommand(argv);
  if (command) process.exit(await (await command.load())(argv.slice(1), env));
  const { asksFor } = parseCommandLine(argv);
  if (asksFor === 'help') return print(helpText());
  if (asksFor === 'version') return print(`${packageVersion()}\n`);
  try {
    const readFile = (path: string) => readFileSync(path, 'utf8');
    const config = loadConfig({ argv, env, readFile, cores: availableParallelism() });
    const cache = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mezzotint');
    process.exit(await runServer(config, { samples: fileURLToPath(new URL('samples', PACKAGE)), cache }));
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof StartFailure)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

function print(text: string): void {
  process.stdout.write(text);
}

function packageVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(new URL('package.json', PACKAGE), 'utf8'));
  return version;
}
