/** `npm run soak`: asks one worker for mixed tiles for ten minutes and prints how much memory it takes. */
import { type ImageFacts, imageFacts } from './image-facts.ts';
import { drive } from './load.ts';
import { parseOptions } from './options.ts';
import { usageOf } from './process-tree.ts';
import { type Row, rowsFor } from './rows.ts';
import { startOurs, type Target } from './target.ts';

/** The cache that the bar for memory is set with. */
const CACHE_MEGABYTES = 64;

/** Ten minutes, unless the command line says otherwise after it. */
const DEFAULTS = ['--seconds', '600'];

/** How often memory is looked at. */
const LOOKS = 20;

/** Rows that are no tiles, always the same one, or whole pictures until there is a pyramid. */
const LEFT_OUT: readonly string[] = [
  'hot',
  'full-1000',
  'full-1000-deflate',
  'half-4000',
  'cvt-2000',
  'info-json',
  'flat',
];

try {
  await soak(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function soak(args: readonly string[]): Promise<void> {
  const options = parseOptions([...DEFAULTS, ...args]);
  if (options === 'help' || options.corpus === undefined) {
    throw new Error('Usage: npm run soak -- --corpus DIR [--seconds N] [--connections N] [--rows NAME,...]');
  }
  const { corpus, rows, seconds, connections } = options;
  const wanted = ({ name }: Row) => (rows.length === 0 ? !LEFT_OUT.includes(name) : rows.includes(name));
  const chosen = rowsFor(corpus).filter(wanted);
  if (chosen.length === 0) throw new Error(`None of the files of these rows is in ${corpus}`);
  const target = await startOurs(corpus, { connections, workers: 1, cacheMegabytes: CACHE_MEGABYTES });
  try {
    const next = await mixed(chosen, target);
    process.stdout.write(`${chosen.map(({ name }) => name).join(', ')}\n seconds   requests  worker MB\n`);
    for (let look = 1, requests = 0; look <= LOOKS; look++) {
      const { agent, pids } = target;
      const spell = await drive({ agent, connections, seconds: seconds / LOOKS, next, check: checkAnswer });
      requests += spell.latencies.length;
      const columns = [((look * seconds) / LOOKS).toFixed(0).padStart(8), String(requests).padStart(10)];
      process.stdout.write(`${columns.join(' ')} ${usageOf(pids).largestMb.toFixed(0).padStart(10)}\n`);
    }
  } finally {
    await target.stop();
  }
}

/** One request of each row after the other. */
async function mixed(rows: readonly Row[], { base }: Target): Promise<() => string> {
  const facts = new Map<string, ImageFacts>();
  for (const { file } of rows) facts.set(file, facts.get(file) ?? (await imageFacts(base, file)));
  const sources = rows.flatMap(({ file, queries }) => {
    const image = facts.get(file);
    return image ? [queries(image)] : [];
  });
  let sent = 0;
  return () => `${base}?${sources[sent++ % sources.length]?.()}`;
}

function checkAnswer({ status, bytes }: { status: number; bytes: number }, url: string): void {
  if (status !== 200 || bytes === 0) throw new Error(`${url}: status ${status}, ${bytes} bytes`);
}
