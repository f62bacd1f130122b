import type { Dirent, Stats } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, posix, resolve } from 'node:path';
import { knownKindOf } from '../../../codecs/known-kinds.ts';
import type { SourceFormat } from '../../../codecs/source-format.ts';
import { type BytePath, bytesOfPath, shownPath, toBytePath } from '../byte-path.ts';
import { fileProblem } from '../file-problem.ts';
import { UsageProblem } from '../usage-problem.ts';
import type { ConvertOptions } from './options.ts';

/** One image and where its pyramid goes. */
export interface Job {
  readonly input: BytePath;
  readonly output: BytePath;
  /** Of the file, in bytes. */
  readonly size: number;
}

/** What is to be done. */
export interface Plan {
  readonly jobs: readonly Job[];
  /** What was named and cannot be read. */
  readonly failures: readonly { readonly input: BytePath; readonly reason: string }[];
}

const HEAD_LENGTH = 64;
const SHORTEST_IMAGE = 16;

/**
 * Finds the images that are named and those in folders that are, whose other files are left alone, as hidden ones are.
 *
 * @throws UsageProblem before anything is written: where two images would get one name, or one lies in the output's folder
 */
export async function planJobs(
  { inputs, folder }: Pick<ConvertOptions, 'inputs' | 'folder'>,
  formats: readonly SourceFormat[],
): Promise<Plan> {
  const target = toBytePath(resolve(folder));
  const output = { path: toBytePath(folder), real: await realPathOf(target).catch(() => target) };
  const found: Job[] = [];
  const failures: Plan['failures'][number][] = [];
  const problems: string[] = [];
  for (const input of new Set(inputs.map(toBytePath))) {
    const stats = await stat(bytesOfPath(input)).catch((error: unknown) => {
      failures.push({ input, reason: fileProblem(error) });
    });
    if (!stats) continue;
    if (isWithin(await realPathOf(input), output.real)) {
      problems.push(`${shownPath(input)} lies in ${folder}, where the pyramids go: choose another folder for them`);
    } else found.push(...(await jobsOf(input, stats, { ...output, formats })));
  }
  const jobs = await withoutRepeated(found);
  problems.push(...conflictsOf(jobs));
  if (problems.length > 0) throw new UsageProblem(problems.join('\n'));
  return { jobs, failures };
}

/** Where pyramids go, and of what kinds of files. */
interface Search {
  readonly path: BytePath;
  readonly real: BytePath;
  readonly formats: readonly SourceFormat[];
}

async function jobsOf(input: BytePath, stats: Stats, search: Search): Promise<Job[]> {
  if (!stats.isDirectory()) return [{ input, output: outputPath(search.path, basename(input)), size: stats.size }];
  const jobs: Job[] = [];
  for await (const { path, size } of imagesBelow(input, search)) {
    jobs.push({ input: path, output: outputPath(search.path, posix.relative(input, path)), size });
  }
  return jobs;
}

/** Sorted by name, folders that links lead to left out: they may lead back. */
async function* imagesBelow(folder: BytePath, search: Search): AsyncGenerator<{ path: BytePath; size: number }> {
  const entries = await readdir(bytesOfPath(folder), { withFileTypes: true, encoding: 'latin1' });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.') || isWithin(await realPathOf(path).catch(() => path), search.real)) continue;
    if (entry.isDirectory()) yield* imagesBelow(path, search);
    else if (await isImageFile(path, entry, search.formats)) yield { path, size: (await stat(bytesOfPath(path))).size };
  }
}

/** By its first bytes; what cannot be opened is found out when it is converted. */
async function isImageFile(path: BytePath, entry: Dirent, formats: readonly SourceFormat[]): Promise<boolean> {
  const stats = await stat(bytesOfPath(path)).catch(() => undefined);
  if (!stats?.isFile() || !(entry.isFile() || entry.isSymbolicLink())) return false;
  const file = await open(bytesOfPath(path)).catch(() => undefined);
  if (!file) return true;
  const head = Buffer.alloc(HEAD_LENGTH);
  const { bytesRead } = await file.read(head, 0, HEAD_LENGTH, 0).finally(() => file.close());
  if (bytesRead < SHORTEST_IMAGE) return false;
  return formats.some((format) => format.recognises(head)) || knownKindOf(head) !== undefined;
}

/** A file that was named and found in a folder is converted once. */
async function withoutRepeated(jobs: readonly Job[]): Promise<Job[]> {
  const seen = new Map<string, Job>();
  for (const job of jobs) {
    const key = `${job.output}\0${await realPathOf(job.input).catch(() => job.input)}`;
    if (!seen.has(key)) seen.set(key, job);
  }
  return [...seen.values()];
}

function conflictsOf(jobs: readonly Job[]): string[] {
  const byOutput = new Map<BytePath, Job[]>();
  for (const job of jobs) byOutput.set(job.output, [...(byOutput.get(job.output) ?? []), job]);
  return [...byOutput].flatMap(([output, rivals]) => {
    const names = rivals.map(({ input }) => shownPath(input)).join(' and ');
    return rivals.length > 1
      ? [`${names} would all become ${shownPath(output)}: rename one, or convert them apart`]
      : [];
  });
}

/** The same name with another ending. */
function outputPath(folder: BytePath, name: BytePath): BytePath {
  const { dir, name: stem } = posix.parse(name);
  return join(folder, dir, `${stem}.tif`);
}

async function realPathOf(path: BytePath): Promise<BytePath> {
  return (await realpath(bytesOfPath(path), { encoding: 'buffer' })).toString('latin1');
}

function isWithin(path: BytePath, folder: BytePath): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
