import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ByteSink } from '../../../codecs/tiff-writer/appender.ts';
import { trailerOf } from '../../derivatives/pyramid-file.ts';
import { isProcessAlive } from '../../process-alive.ts';
import { writeFully } from '../../write-fully.ts';
import { type BytePath, bytesOfPath, shownPath } from '../byte-path.ts';

/** What lies where a pyramid is to go: the same one, an older one of ours, something else, or nothing. */
export type OutputState = 'current' | 'outdated' | 'foreign' | 'missing';

/** What every pyramid of ours ends with. */
const TRAILER = /^mezzotint:[0-9a-f]{40}\n$/;

/** Hidden, and never the ending of an image; the number is that of the process that writes it. */
const TEMPORARY_NAME = /^\.mezzotint-(?<pid>\d+)-\d+\.part$/;

/** @param key - of the pyramid that is wanted: 40 hexadecimal digits */
export async function outputState(path: BytePath, key: string): Promise<OutputState> {
  const file = await open(bytesOfPath(path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (!file) return 'missing';
  try {
    const wanted = trailerOf(key);
    const { size } = await file.stat();
    const end = await file.read(Buffer.alloc(wanted.length), 0, wanted.length, Math.max(0, size - wanted.length));
    if (end.buffer.equals(wanted)) return 'current';
    return TRAILER.test(end.buffer.toString('latin1')) ? 'outdated' : 'foreign';
  } finally {
    await file.close();
  }
}

/**
 * Puts a file in its place in one step once it is complete and on the disk; what has failed leaves nothing behind.
 *
 * @param temporary - in the folder of the file
 * @param write - what fills it
 * @returns its length in bytes
 */
export async function writeOutput(
  { path, temporary, key }: { readonly path: BytePath; readonly temporary: BytePath; readonly key: string },
  write: (sink: ByteSink) => Promise<void>,
): Promise<number> {
  try {
    const file = await open(bytesOfPath(temporary), 'wx');
    const size = await fill(file, key, write).finally(() => file.close());
    await rename(bytesOfPath(temporary), bytesOfPath(path));
    await syncFolder(dirname(path));
    return size;
  } finally {
    await rm(bytesOfPath(temporary), { force: true });
  }
}

async function fill(file: FileHandle, key: string, write: (sink: ByteSink) => Promise<void>): Promise<number> {
  let end = 0;
  const sink: ByteSink = {
    async write(bytes, offset) {
      await writeFully(file, bytes, offset);
      end = Math.max(end, offset + bytes.length);
    },
  };
  await write(sink);
  await sink.write(trailerOf(key), end);
  await file.sync();
  return end;
}

/** A new name is on the disk with its folder. */
async function syncFolder(folder: BytePath): Promise<void> {
  const handle = await open(bytesOfPath(folder));
  await handle.sync().finally(() => handle.close());
}

/** A name in a folder for what is not complete. */
export function temporaryPath(folder: BytePath, number: number): BytePath {
  return join(folder, `.mezzotint-${process.pid}-${number}.part`);
}

/** One after the other: with `recursive` Node.js never ends where the kernel says that there can be none, as in /proc. */
async function makeFolder(folder: BytePath): Promise<void> {
  const parent = dirname(folder);
  const isMissing = await stat(bytesOfPath(parent)).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
  if (isMissing && parent !== folder) await makeFolder(parent);
  await mkdir(bytesOfPath(folder)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST')
      throw new Error(`${shownPath(folder)} cannot be made: ${error.message}`, { cause: error });
  });
}

/** Makes a folder where it is missing, and removes what processes have left there that are gone. */
export async function prepareFolder(folder: BytePath): Promise<void> {
  await makeFolder(folder);
  for (const name of await readdir(bytesOfPath(folder), { encoding: 'latin1' })) {
    const pid = Number(TEMPORARY_NAME.exec(name)?.groups?.pid ?? Number.NaN);
    if (Number.isNaN(pid) || (pid !== process.pid && isProcessAlive(pid))) continue;
    await rm(bytesOfPath(join(folder, name)), { force: true });
  }
}
