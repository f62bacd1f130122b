import { type BigIntStats, close, fstat, fstatSync, read } from 'node:fs';
import { promisify } from 'node:util';
import type { BufferPool } from '../../codecs/buffer-pool.ts';
import { CorruptSource } from '../../image/errors.ts';
import type { ByteSource, FileState } from '../../image/source.ts';

const closeFile = promisify(close);

/** The bytes may be sound, but the system did not hand them over. */
export class ReadFailed extends CorruptSource {
  constructor(cause: Error) {
    super('the file cannot be read', { cause });
  }
}

/** What tells one state of a file from another on this machine: any write, rename or replacement changes it. */
export function identityOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
}

export function statOf(descriptor: number): Promise<BigIntStats> {
  return new Promise((resolve, reject) => {
    fstat(descriptor, { bigint: true }, (error, stats) => (error ? reject(error) : resolve(stats)));
  });
}

/**
 * Whether an opened file is still as it was. What has just been read has its attributes in the kernel's memory: asking for
 * them at once takes a microsecond, handing the question to another thread takes ten.
 */
export function isStill(descriptor: number, { dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): boolean {
  const now = fstatSync(descriptor, { bigint: true });
  const isSameFile = now.dev === dev && now.ino === ino;
  return isSameFile && now.size === size && now.mtimeNs === mtimeNs && now.ctimeNs === ctimeNs;
}

/**
 * The bytes of an opened regular file, read into memory of the pool; closing it closes the descriptor.
 *
 * @param file - whose decoders are watched over; none for files of our own
 */
export function createFileBytes(descriptor: number, size: number, pool: BufferPool, file?: FileState): ByteSource {
  return {
    ...(file && { file }),
    size,
    async read(offset, length, signal) {
      if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
        throw new CorruptSource(`bytes ${offset} to ${offset + length} lie outside the file of ${size}`);
      }
      const bytes = pool.take(length);
      for (let done = 0; done < length; ) {
        signal?.throwIfAborted();
        const count = await readOnce(descriptor, bytes, done, offset + done);
        if (count === 0) throw new CorruptSource(`the file ends before byte ${offset + length}`);
        done += count;
      }
      return bytes;
    },
    close: () => closeFile(descriptor),
  };
}

function readOnce(descriptor: number, target: Uint8Array, start: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, target, start, target.length - start, position, (error, count) => {
      if (error) reject(new ReadFailed(error));
      else resolve(count);
    });
  });
}
