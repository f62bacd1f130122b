import { once } from 'node:events';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareForPyramids, writePyramid } from '../../codecs/flat/write-pyramid.ts';
import { identityOf } from '../sources/file-bytes.ts';
import { BuildFailure, failureOfWords } from './build-failure.ts';
import type { BuilderMessage, BuildJob } from './build-order.ts';
import { trailerOf } from './pyramid-file.ts';

// A process of its own: whatever a file does to the decoder, no request is hurt. It ends with whoever started it.
process.once('disconnect', () => process.exit(1));
const [job]: BuildJob[] = await once(process, 'message');
if (job) await build(job).catch(reportFailure);
process.exit(0);

/** @throws anything */
async function build({ order, scratch, target }: BuildJob): Promise<void> {
  prepareForPyramids();
  const path = Buffer.from(order.path, 'latin1');
  const original = await open(path, 'r').catch((cause: Error) => {
    throw new BuildFailure('image', cause.message, { cause });
  });
  await checkState(original, order.identity);
  const part = join(scratch, 'pyramid.tif');
  const header = { size: order.size, layout: order.layout, orientation: 1, pages: 1, isProgressive: false } as const;
  await writePyramid(pathOf(original, path), part, { format: order.format, header });
  await checkState(original, order.identity);
  await complete(part, order.key);
  await rename(part, target);
}

async function reportFailure(error: unknown): Promise<never> {
  const said = error instanceof Error ? error.message : String(error);
  const { fault, message } = error instanceof BuildFailure ? error : failureOfWords(said);
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
