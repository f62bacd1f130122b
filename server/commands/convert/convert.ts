import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { createBufferPool } from '../../../codecs/buffer-pool.ts';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { allowPictureFiles } from '../../../codecs/flat/stage-picture.ts';
import { loadTurbo } from '../../../codecs/jpeg/turbo.ts';
import { prepareSharp } from '../../../codecs/prepare-sharp.ts';
import type { SourceFormat } from '../../../codecs/source-format.ts';
import { type BytePath, shownPath, toBytePath } from '../byte-path.ts';
import { fileProblem } from '../file-problem.ts';
import { loadFormats } from '../load-formats.ts';
import { readableBytes } from '../readable-bytes.ts';
import { UsageProblem } from '../usage-problem.ts';
import { type Converted, type ConvertNeeds, type ConvertTools, convertFile } from './convert-file.ts';
import { CONVERT_HELP, type ConvertOptions, parseConvertOptions } from './options.ts';
import { prepareFolder } from './output-file.ts';
import { type Job, type Plan, planJobs } from './plan.ts';
import { type ConvertProgress, createConvertProgress } from './progress.ts';

/** What processes are said to end with that a signal has ended. */
const SIGNAL_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** `mezzotint convert IN... OUT_DIR`: 0 where every pyramid is there afterwards, 1 where one is not. */
export async function convert(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  try {
    const options = parseConvertOptions(argv);
    if (!options) {
      process.stdout.write(CONVERT_HELP);
      return 0;
    }
    const formats = await loadFormats(env);
    return await convertAll(await planJobs(options, formats), options, createTools(formats));
  } catch (error) {
    if (!(error instanceof UsageProblem)) throw error;
    process.stderr.write(`${error.message}\nmezzotint convert --help shows what there is.\n`);
    return 1;
  }
}

async function convertAll(plan: Plan, options: ConvertOptions, tools: ConvertTools): Promise<number> {
  const abort = new AbortController();
  let signalled: keyof typeof SIGNAL_CODES | undefined;
  const stop = (signal: keyof typeof SIGNAL_CODES) => {
    signalled = signal;
    abort.abort();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const run = startRun(plan, { options, tools, signal: abort.signal });
  for (const { input, reason } of plan.failures) run.fail(input, reason);
  for (const job of plan.jobs) {
    if (abort.signal.aborted) break;
    await run.take(job);
  }
  run.end(signalled !== undefined);
  return signalled ? SIGNAL_CODES[signalled] : run.hasFailed() ? 1 : 0;
}

/** Files one after the other. */
interface Run {
  take(job: Job): Promise<void>;
  fail(input: BytePath, reason: string): void;
  /** Says what has become of all. */
  end(isStopped: boolean): void;
  hasFailed(): boolean;
}

function startRun({ jobs }: Plan, needs: Omit<ConvertNeeds, 'onProgress'>): Run {
  const counts = { converted: 0, current: 0, failed: 0 };
  const amount = createAmount(jobs);
  const prepared = new Set<BytePath>();
  const progress = createConvertProgress({ output: process.stderr, now: () => performance.now() });

  async function perform(job: Job): Promise<void> {
    const started = performance.now();
    const name = shownPath(job.input);
    const output = shownPath(job.output);
    const onProgress = (fraction: number) => progress.show(amount.partDone(job, fraction), name);
    const made = await convertPrepared(job, { ...needs, onProgress }, prepared);
    if (made) amount.finish(job);
    else amount.leave(job);
    counts[made ? 'converted' : 'current']++;
    const facts = made && describe(made, needs.options, performance.now() - started);
    say(progress, facts ? `${name} → ${output}: ${facts}` : `${name}: ${output} is there and current`);
  }

  function fail(input: BytePath, reason: string): void {
    counts.failed++;
    progress.clear();
    process.stderr.write(`${shownPath(input)}: ${reason}\n`);
  }

  return {
    fail,
    hasFailed: () => counts.failed > 0,
    async take(job) {
      try {
        await perform(job);
      } catch (error) {
        amount.leave(job);
        if (!needs.signal.aborted) fail(job.input, fileProblem(error));
      }
    },
    end: (isStopped) => say(progress, summary(counts, isStopped)),
  };
}

/** How much of all is done, by the size of the files. */
interface Amount {
  /** @param fraction - of a job that is under way @returns from 0 to 1 */
  partDone(job: Job, fraction: number): number;
  finish(job: Job): void;
  /** There is nothing to do, or it cannot be done: all the others are all. */
  leave(job: Job): void;
}

function createAmount(jobs: readonly Job[]): Amount {
  let total = jobs.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  return {
    partDone: ({ size }, fraction) => (done + size * fraction) / total,
    finish: ({ size }) => {
      done += size;
    },
    leave: ({ size }) => {
      total -= size;
    },
  };
}

/** Makes folders that the pyramid goes to, those in `prepared` but once. */
async function convertPrepared(job: Job, needs: ConvertNeeds, prepared: Set<BytePath>): Promise<Converted | undefined> {
  for (const folder of [toBytePath(needs.options.folder), dirname(job.output)]) {
    if (!prepared.has(folder)) await prepareFolder(folder);
    prepared.add(folder);
  }
  return convertFile(job, needs);
}

function createTools(formats: readonly SourceFormat[]): ConvertTools {
  prepareSharp();
  allowPictureFiles();
  const pool = createBufferPool();
  return {
    decode: createDecodeTools(pool, availableParallelism()),
    encode: { turbo: loadTurbo(), pool },
    formats,
  };
}

function say(progress: ConvertProgress, line: string): void {
  progress.clear();
  process.stdout.write(`${line}\n`);
}

function describe({ size, compression, byteLength, pages }: Converted, options: ConvertOptions, ms: number): string {
  const { page, quality } = options;
  const isIgnored = quality !== undefined && options.compression === 'auto' && compression !== 'jpeg';
  const written = isIgnored ? `${compression} (without a quality)` : compression;
  const facts = `${size.width} x ${size.height}, ${written}, ${readableBytes(byteLength)} in ${(ms / 1000).toFixed(1)} s`;
  return pages === 1 ? facts : `page ${page} of ${pages}, ${facts}`;
}

function summary(
  { converted, current, failed }: Record<'converted' | 'current' | 'failed', number>,
  isStopped: boolean,
): string {
  return `${isStopped ? 'stopped: ' : ''}${converted} converted, ${current} there already, ${failed} failed`;
}
