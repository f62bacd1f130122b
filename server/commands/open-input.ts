import { constants, type FileHandle, open } from 'node:fs/promises';
import type { DecodeTools } from '../../codecs/decode-tools.ts';
import { openSource } from '../../codecs/open-source.ts';
import type { SourceFormat } from '../../codecs/source-format.ts';
import type { ByteSource, ImageSource } from '../../image/source.ts';
import { createFileBytes, identityOf } from '../sources/file-bytes.ts';
import { type BytePath, bytesOfPath, shownPath } from './byte-path.ts';

/** An image file of the command line. */
export interface InputFile {
  /** Closes with `close`. */
  readonly source: ImageSource;
  readonly size: number;
  readonly mtimeNs: bigint;
  /** The file as a path that names lead to no other file of: for libraries that want one. */
  readonly path: string;
  /** Whether it is still as it was when it was opened. */
  isUnchanged(): Promise<boolean>;
  close(): Promise<void>;
}

/** What opening takes. */
export interface OpeningTools {
  readonly tools: DecodeTools;
  readonly formats: readonly SourceFormat[];
}

/**
 * Opens an image file.
 *
 * @throws ImageError, and what the file system says
 */
export async function openInput(path: BytePath, { tools, formats }: OpeningTools): Promise<InputFile> {
  // Non-blocking, or opening a FIFO would wait for a writer.
  const file = await open(bytesOfPath(path), constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await file.stat({ bigint: true });
    if (!stats.isFile()) throw new Error(stats.isDirectory() ? 'it is a folder' : 'it is no regular file');
    const source = await openSource(bytesOf(file, Number(stats.size), tools), tools, formats);
    return {
      source,
      size: Number(stats.size),
      mtimeNs: stats.mtimeNs,
      path: process.platform === 'linux' ? `/proc/self/fd/${file.fd}` : shownPath(path),
      isUnchanged: async () => identityOf(await file.stat({ bigint: true })) === identityOf(stats),
      close: () => source.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Bytes of the file, whose handle is closed with them: left to itself it would complain. */
function bytesOf(file: FileHandle, size: number, { pool }: DecodeTools): ByteSource {
  let closing: Promise<void> | undefined;
  return {
    ...createFileBytes(file.fd, size, pool),
    close() {
      closing ??= file.close();
      return closing;
    },
  };
}
