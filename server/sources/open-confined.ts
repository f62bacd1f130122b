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
  /** Below its root, links followed: one file has one such name, whatever it was asked for as. Latin-1, one char a byte. */
  readonly canonicalName: string;
}

/** A folder of images: its real path, as bytes, and the first segment of the names in it; empty for none. */
export interface Root {
  readonly name: string;
  readonly directory: Buffer;
}

/** Where images may lie: in the one folder without a name, or in several that have one. */
export interface ImageRoots {
  readonly roots: readonly Root[];
  /** Put after every name, as bytes. */
  readonly suffix: Buffer;
  /** What stands between stem and angles in the names of a sequence's files, as bytes; empty for no sequences. */
  readonly sequencePattern?: Buffer;
}

/**
 * Opens the image of that name, wherever links lead, as long as it is a regular file inside a root.
 *
 * Missing, forbidden, outside and not a regular file are all the same to the caller.
 *
 * @throws SourceNotFound, and Overloaded when this process has no descriptor left
 */
export async function openConfined(images: ImageRoots, identifier: Identifier): Promise<ConfinedFile> {
  let failure: unknown;
  for (const path of candidates(images, identifier)) {
    try {
      return await openInside(images, path);
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

/** Roots in existing folders, given by their paths. */
export function findRoots(folders: readonly { readonly name: string; readonly folder: string }[]): Promise<Root[]> {
  return Promise.all(folders.map(async ({ name, folder }) => ({ name, directory: await realPathOf(folder) })));
}

/** The absolute path without links, as bytes. */
export function realPathOf(path: string | Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The other realpath makes text of the bytes.
    realpath.native(path, 'buffer', (error, real) => (error ? reject(error) : resolve(real)));
  });
}

/**
 * Where the file or folder of that name would be; undefined where no root has the name of its first segment.
 *
 * @param name - Latin-1, one char a byte
 */
export function pathBelow({ roots }: ImageRoots, name: string): Buffer | undefined {
  const root = roots.find((candidate) => candidate.name === '' || isWithin(name, candidate.name));
  const rest = root?.name === '' ? `/${name}` : name.slice(root?.name.length);
  return root && Buffer.concat([root.directory, Buffer.from(rest, 'latin1')]);
}

function isWithin(name: string, folder: string): boolean {
  return name.startsWith(folder) && (name.length === folder.length || name[folder.length] === '/');
}

/** Below its root; a name with a leading slash may also be the whole path of a file in a root, as old links have it. */
function candidates(images: ImageRoots, identifier: Identifier): Buffer[] {
  const hasNames = images.roots.some(({ name }) => name !== '');
  const below = pathBelow(images, hasNames ? identifier.replace(/^\/+/, '') : identifier);
  const paths = [...(below ? [below] : []), ...(identifier.startsWith('/') ? [identifierBytes(identifier)] : [])];
  return paths.map((path) => Buffer.concat([path, images.suffix]));
}

/** Opens the file at a path if it is a regular one inside a root. @throws anything where it is not */
export async function openInside(images: ImageRoots, path: Buffer): Promise<ConfinedFile> {
  const expected = await realPathOf(path);
  nameInside(images, expected); // before opening: opening a device may have effects
  // Non-blocking, or opening a FIFO would hold an I/O thread for ever.
  const descriptor = await openFile(expected, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const stats = await statOf(descriptor);
    if (!stats.isFile()) throw new Error('not a regular file');
    // A directory on the way may have been exchanged for a link since: what counts is where the descriptor leads.
    const canonicalName = nameInside(images, await pathOfDescriptor(descriptor, expected));
    return { descriptor, stats, path, canonicalName };
  } catch (error) {
    await closeFile(descriptor);
    throw error;
  }
}

/**
 * The name of a real path below the first root that it lies in: that root's own, empty where it has none, for the root
 * itself, and undefined outside. Compared by whole segments: `/data/images-secret` is not inside `/data/images`.
 */
export function nameBelow({ roots }: ImageRoots, path: Buffer): string | undefined {
  const text = path.toString('latin1');
  for (const { name, directory } of roots) {
    const folder = directory.toString('latin1');
    if (text === folder) return name;
    const prefix = folder.endsWith('/') ? folder : `${folder}/`;
    if (text.startsWith(prefix)) return `${name === '' ? '' : `${name}/`}${text.slice(prefix.length)}`;
  }
  return undefined;
}

function nameInside(images: ImageRoots, path: Buffer): string {
  const name = nameBelow(images, path);
  if (name === undefined) throw new Error('outside the roots');
  return name;
}

async function pathOfDescriptor(descriptor: number, fallback: Buffer): Promise<Buffer> {
  if (process.platform === 'linux') return readLink(`/proc/self/fd/${descriptor}`, { encoding: 'buffer' });
  return realPathOf(fallback);
}

function isExhausted(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE');
}
