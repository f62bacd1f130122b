import { read, stat } from 'node:fs';
import { promisify } from 'node:util';
import { type InfoMembers, parseInfoMembers } from '../../image/info-members.ts';
import { identityOf } from './file-bytes.ts';
import { type ConfinedFile, closeConfined, type ImageRoots, openInside } from './open-confined.ts';

const statPath = promisify(stat);
const readFile = promisify(read);

/** What a file beside an image adds to the description of the image, as it was when it was read. */
export interface Sidecar {
  readonly members: InfoMembers;
  /** Undefined where there is no such file. */
  readonly lastModified: Date | undefined;
  /** Why nothing of it is used. */
  readonly problem?: string;
  /** Whether there is still that file, or still none. */
  isCurrent(): Promise<boolean>;
}

/** Put after the name of an image's file. */
const ENDING = Buffer.from('.info.json');

/** Longest file that is read, in bytes. */
const LONGEST = 64 * 1024;

/** Reads the file beside an image; one that is damaged or may not be read adds nothing. */
export async function readSidecar(images: ImageRoots, imagePath: Buffer): Promise<Sidecar> {
  const path = Buffer.concat([imagePath, ENDING]);
  const before = await identityAt(path);
  const isCurrent = async () => (await identityAt(path)) === before;
  const file = before === undefined ? undefined : await openInside(images, path).catch(() => undefined);
  if (!file) return { members: {}, lastModified: undefined, isCurrent };
  try {
    return { members: parseInfoMembers(await textOf(file)), lastModified: file.stats.mtime, isCurrent };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { members: {}, lastModified: file.stats.mtime, problem, isCurrent };
  } finally {
    await closeConfined(file);
  }
}

async function textOf({ descriptor, stats }: ConfinedFile): Promise<string> {
  if (stats.size > LONGEST) throw new Error(`it is longer than ${LONGEST} bytes`);
  const bytes = Buffer.alloc(Number(stats.size));
  const { bytesRead } = await readFile(descriptor, bytes, 0, bytes.length, 0);
  return bytes.toString('utf8', 0, bytesRead);
}

async function identityAt(path: Buffer): Promise<string | undefined> {
  const stats = await statPath(path, { bigint: true }).catch(() => undefined);
  return stats && identityOf(stats);
}
