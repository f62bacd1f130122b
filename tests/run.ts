/** `npm test` and `npm run gate`: sees to the Debian packages that tests need, then runs `node --test` on our files. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePackages } from './support/debian.ts';
import { TEST_PACKAGES } from './support/debian-packages.ts';

const SUITES = {
  test: { ending: '.test.ts', hangGuardMinutes: 10 },
  gate: { ending: '.gate.ts', hangGuardMinutes: 30 },
} as const;

const root = fileURLToPath(new URL('../..', import.meta.url));

process.exitCode = await main(process.argv.slice(2));

async function main([suite, ...patterns]: readonly string[]): Promise<number> {
  if (suite !== 'test' && suite !== 'gate') return fail('Usage: run.js test|gate [PART-OF-A-FILE-NAME...]');
  const { ending, hangGuardMinutes } = SUITES[suite];
  const files = testFiles(ending, patterns);
  if (files.length === 0) return fail(`No file tests/**/*${ending} matches: ${patterns.join(' ') || '(any)'}`);
  const problem = await ensurePackages(TEST_PACKAGES, join(root, 'tests/support/debian-install.sh'));
  if (problem) return fail(problem);
  return runTests(files, hangGuardMinutes);
}

/** Compiled test files in a fixed order, found by their sources: `dist` may hold leftovers of files long gone. */
function testFiles(ending: string, patterns: readonly string[]): string[] {
  return readdirSync(join(root, 'tests'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .filter((path) => patterns.length === 0 || patterns.some((pattern) => path.includes(pattern)))
    .sort()
    .map((path) => join(root, 'dist/tests', path.replace(/\.ts$/, '.js')));
}

function runTests(files: readonly string[], hangGuardMinutes: number): Promise<number> {
  const options = ['--test-concurrency=2', '--test-reporter=spec', `--test-timeout=${hangGuardMinutes * 60_000}`];
  const child = spawn(process.execPath, ['--test', ...options, ...files], { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((settle) => {
    child.on('error', (error) => settle(fail(error.message)));
    child.on('close', (code) => settle(code ?? 1));
  });
}

function fail(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}
