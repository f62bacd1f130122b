import { type BigIntStats, close, constants, open, readlink, realpath } from 'node:fs';
import { promisify } from 'node:util';
import { Overloaded, SourceNotFound } from '../../image/errors.ts';
import { type Identifier, identifierBytes } from '../../image/identifier.ts';
import { statOf } from './file-bytes.ts';

const openFile = promisify(open);
const closeFile = promisify(close);
const readLink = promisify(readlink);

/** A regular file below the root, open for reading; whoever asked for it closes the descriptor. */
export interface ConfinedFile {
  readonly descriptor: number;
  readonly stats: BigIntStats;
  /** What was opened, links not followed. */
  readonly path: Buffer;
  /** Below the root, links followed: one file has one such name, whatever it was asked for as. Latin-1, one char a byte. */
  readonly canonicalName: string;
}

/** Where images may lie. `directory` is the real path of the root, as bytes. */
export interface Root {
  readonly directory: Buffer;
  /** Put after every name, as bytes. */
  readonly suffix: Buffer;
  /** What stands between stem and angles in the names of a sequence's files, as bytes; empty for no sequences. */
  readonly sequencePattern?: Buffer;
}

/**
 * Opens the image of that name, wherever links lead, as long as it is a regular file inside the root.
 *
 * Missing, forbidden, outside and not a regular file are all the same to the caller.
 *
 * @throws SourceNotFound, and Overloaded when this process has no descriptor left
 */
export async function openConfined(root: Root, identifier: Identifier): Promise<ConfinedFile> {
  let failure: unknown;
  for (const path of candidates(root, identifier)) {
    try {
      return await openInside(root, path);
    } catch (error) {
      if (isExhausted(error)) throw new Overloaded();
      failure = error;
    }
  }
  throw new SourceNotFound({ cause: failure });
}

/** Gives a file back that nobody wants to read. */
export function closeConfined({ descriptor }: ConfinedFile): Promise<void> {
  return closeFile(descriptor);
}

/** The absolute path without links, as bytes. */
export function realPathOf(path: string | Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The other realpath makes text of the bytes.
    realpath.native(path, 'buffer', (error, real) => (error ? reject(error) : resolve(real)));
  });
}

/** Below the root; a name with a leading slash may also be the whole path of a file in the root, as old links have it. */
function candidates(root: Root, identifier: Identifier): Buffer[] {
  const name = Buffer.concat([identifierBytes(identifier), root.suffix]);
  const below = Buffer.concat([root.directory, SLASH, name]);
  return identifier.startsWith('/') ? [below, name] : [below];
}

const SLASH = Buffer.from('/');

async function openInside(root: Root, path: Buffer): Promise<ConfinedFile> {
  const expected = await realPathOf(path);
  nameInside(root, expected); // before opening: opening a device may have effects
  // Non-blocking, or opening a FIFO would hold an I/O thread for ever.
  const descriptor = await openFile(expected, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const stats = await statOf(descriptor);
    if (!stats.isFile()) throw new Error('not a regular file');
    // A directory on the way may have been exchanged for a link since: what counts is where the descriptor leads.
    const canonicalName = nameInside(root, await pathOfDescriptor(descriptor, expected));
    return { descriptor, stats, path, canonicalName };
  } catch (error) {
    await closeFile(descriptor);
    throw error;
  }
}

/**
 * The name of a path below the root, empty for the root itself and undefined outside. Compared by whole segments:
 * `/data/images-secret` is not inside `/data/images`.
 */
export function nameBelow(root: Root, path: Buffer): string | undefined {
  const directory = root.directory.toString('latin1');
  const text = path.toString('latin1');
  if (text === directory) return '';
  const prefix = directory.endsWith('/') ? directory : `${directory}/`;
  return text.startsWith(prefix) ? text.slice(prefix.length) : undefined;
}

function nameInside(root: Root, path: Buffer): string {
  const name = nameBelow(root, path);
  if (name === undefined) throw new Error('outside the root');
  return name;
}

async function pathOfDescriptor(descriptor: number, fallback: Buffer): Promise<Buffer> {
  if (process.platform === 'linux') return readLink(`/proc/self/fd/${descriptor}`, { encoding: 'buffer' });
  return realPathOf(fallback);
}

function isExhausted(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE');
}
