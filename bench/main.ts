/** `npm run bench`: drives our server, and another in turns with it, and prints one table. */
import { writeFileSync } from 'node:fs';
import { measureRow } from './measure.ts';
import { HELP, type Options, parseOptions } from './options.ts';
import { machineFactor, type Result, report, verdictOf } from './report.ts';
import { ROWS, type Row, rowsFor } from './rows.ts';
import { attachPeer, startOurs, type Target } from './target.ts';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(HELP);
  else process.exitCode = await bench(options);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

/** @returns the exit code: 1 when a row could not be measured on our server */
async function bench(options: Options): Promise<number> {
  const { corpus } = options;
  if (corpus === undefined)
    throw new Error('No corpus: make one with bench/make-corpus.sh and name it with --corpus DIR.');
  const rows = chosenRows(corpus, options.rows);
  // A cache of one megabyte: some files have fewer tiles than a row asks for, and the second time must not be a hit.
  const targets = [await startOurs(corpus, { ...options, cacheMegabytes: 1 })];
  try {
    if (options.against) targets.push(attachPeer(options.against, options.connections));
    const results = await measureRows(rows, targets, options);
    process.stdout.write(`\n${report(results)}\n`);
    if (options.json !== undefined) writeFileSync(options.json, json(results, options));
    return results.some(({ ours }) => ours instanceof Error) ? 1 : 0;
  } finally {
    await Promise.all(targets.map((target) => target.stop()));
  }
}

function chosenRows(corpus: string, names: readonly string[]): Row[] {
  const unknown = names.filter((name) => !ROWS.some((row) => row.name === name));
  if (unknown.length > 0)
    throw new Error(`No row ${unknown.join(', ')}; there are ${ROWS.map(({ name }) => name).join(', ')}`);
  const wanted = ROWS.filter(({ name }) => names.length === 0 || names.includes(name));
  const there = rowsFor(corpus).filter(({ name }) => wanted.some((row) => row.name === name));
  if (there.length === 0) throw new Error(`None of the files of these rows is in ${corpus}; see bench/README.md`);
  for (const { name, file } of wanted) {
    if (!there.some((row) => row.name === name)) process.stdout.write(`skipped: ${name}, there is no ${file}\n`);
  }
  return there;
}

async function measureRows(rows: readonly Row[], targets: readonly Target[], options: Options): Promise<Result[]> {
  const results: Result[] = [];
  for (const row of rows) {
    process.stdout.write(`${row.name} ...\n`);
    const [ours = new Error('not measured'), peer] = await measureRow(row, targets, options);
    results.push({ row, ours, peer });
  }
  return results;
}

function json(results: readonly Result[], options: Options): string {
  const factor = machineFactor(results);
  const rows = results.map((result) => {
    const { row, ours, peer } = result;
    return { row: row.name, file: row.file, ours: plain(ours), peer: plain(peer), verdict: verdictOf(result, factor) };
  });
  return `${JSON.stringify({ options, machineFactor: factor, rows }, null, 2)}\n`;
}

function plain(value: unknown): unknown {
  return value instanceof Error ? { error: value.message } : value;
}
