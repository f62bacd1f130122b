import { once } from 'node:events';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createDecodeTools } from '../../codecs/decode-tools.ts';
import { prepareForPyramids, writePyramid as writeFlatPyramid } from '../../codecs/flat/write-pyramid.ts';
import { loadTurbo } from '../../codecs/jpeg/turbo.ts';
import { openSource } from '../../codecs/open-source.ts';
import { prepareSharp } from '../../codecs/prepare-sharp.ts';
import { writePyramid } from '../../codecs/tiff-writer/write-pyramid.ts';
import type { Size } from '../../image/geometry.ts';
import { createFileBytes, identityOf, statOf } from '../sources/file-bytes.ts';
import { writeFully } from '../write-fully.ts';
import { BuildFailure, failureOfWords } from './build-failure.ts';
import type { BuilderMessage, BuildJob, BuildRecipe } from './build-order.ts';
import { trailerOf } from './pyramid-file.ts';

const REPORTED_STEP = 0.05;

// A process of its own: whatever a file does to the decoder, no request is hurt. It ends with whoever started it.
process.once('disconnect', () => process.exit(1));
const [job]: BuildJob[] = await once(process, 'message');
if (job) await build(job).catch((error) => reportFailure(error, dirname(job.target)));
process.exit(0);

/** @throws anything */
async function build({ order, scratch, target }: BuildJob): Promise<void> {
  const path = Buffer.from(order.path, 'latin1');
  const original = await open(path, 'r').catch((cause: Error) => {
    throw new BuildFailure('image', cause.message, { cause });
  });
  await checkState(original, order.identity);
  const part = join(scratch, 'pyramid.tif');
  if (order.recipe.kind === 'flat') await buildFromFlat(pathOf(original, path), part, order.size, order.recipe);
  else await buildFromWindows(original, part, order.recipe);
  await checkState(original, order.identity);
  await complete(part, order.key);
  await rename(part, target);
}

type Recipe<Kind> = BuildRecipe & { readonly kind: Kind };

async function buildFromFlat(from: string, to: string, size: Size, recipe: Recipe<'flat'>): Promise<void> {
  const { format, layout } = recipe;
  prepareForPyramids();
  const header = { size, layout, orientation: 1, pages: 1, isProgressive: false } as const;
  await writeFlatPyramid(from, to, { format, header });
}

async function buildFromWindows({ fd }: FileHandle, to: string, recipe: Recipe<'windows'>): Promise<void> {
  prepareSharp();
  const tools = createDecodeTools();
  const { size } = await statOf(fd);
  const source = await openSource(createFileBytes(fd, Number(size), tools.pool), tools);
  const file = await open(to, 'wx');
  const write = (bytes: Uint8Array, offset: number) => writeFully(file, bytes, offset);
  await writePyramid(
    source,
    { write },
    {
      order: { ...recipe, hasSubIfds: true },
      tools: { ...tools, turbo: loadTurbo() },
      signal: new AbortController().signal,
      onProgress: createReport(),
    },
  );
  await file.close();
}

/** Says how far it is, not more often than somebody would look. */
function createReport(): (fraction: number) => void {
  let said = 0;
  return (fraction) => {
    if (fraction - said < REPORTED_STEP) return;
    said = fraction;
    void tell({ kind: 'progress', fraction });
  };
}

async function reportFailure(error: unknown, folder: string): Promise<never> {
  const said = error instanceof Error ? error.message : String(error);
  const { fault, message } = error instanceof BuildFailure ? error : failureOfWords(said, folder);
  await tell({ kind: 'failed', fault, reason: message });
  return process.exit(1);
}

function tell(message: BuilderMessage): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}

/** @throws Error where the file is another, or not as it was */
async function checkState(file: FileHandle, identity: string): Promise<void> {
  if (identityOf(await file.stat({ bigint: true })) !== identity)
    throw new BuildFailure('image', 'it has been replaced meanwhile');
}

/** Of the opened file itself where the system has such paths: the name may lead to another one by now. */
function pathOf({ fd }: FileHandle, path: Buffer): string {
  return process.platform === 'linux' ? `/proc/self/fd/${fd}` : path.toString();
}

/** Only what is on the disk as a whole gets its end. */
async function complete(path: string, key: string): Promise<void> {
  const file = await open(path, 'a');
  await file.sync();
  await file.appendFile(trailerOf(key));
  await file.sync();
  await file.close();
}
