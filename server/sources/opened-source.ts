import { stat } from 'node:fs';
import { promisify } from 'node:util';
import type { DecodeTools } from '../../codecs/decode-tools.ts';
import { openSource } from '../../codecs/open-source.ts';
import { turnUpright } from '../../codecs/oriented-source.ts';
import type { Identifier } from '../../image/identifier.ts';
import type { ImageSource } from '../../image/source.ts';
import { shareNext } from '../share-next.ts';
import { createFileBytes, identityOf, statOf } from './file-bytes.ts';
import { openConfined, type Root } from './open-confined.ts';

const statPath = promisify(stat);

/** An open image and who it is. It stays open until everybody who retained it has released it. */
export interface OpenedSource {
  readonly source: ImageSource;
  /** This state of this file on this machine: device, inode, size and times. */
  readonly identity: string;
  /** This state of this image on every machine that has a copy: name, size, modification time and digest. */
  readonly sharedIdentity: string;
  readonly lastModified: Date;
  /** Whether the opened file is still as it was when its header was read. */
  isUnchanged(): Promise<boolean>;
  /** Whether the name still leads to that file, as it was. */
  isCurrent(): Promise<boolean>;
  retain(): void;
  release(): void;
}

/** Where images are and how they are opened. */
export interface Opening {
  readonly root: Root;
  readonly tools: DecodeTools;
  /** Whether images are turned upright as their files say. */
  readonly orientation: 'apply' | 'ignore';
}

/** Opens the file of that name below the root; the caller has retained it once. */
export async function openImage(identifier: Identifier, { root, tools, orientation }: Opening): Promise<OpenedSource> {
  const { descriptor, stats, canonicalName, path } = await openConfined(root, identifier);
  const identity = identityOf(stats);
  const bytes = createFileBytes(descriptor, Number(stats.size), tools.pool);
  const stored = await openOrClose(bytes, tools);
  const source = orientation === 'apply' ? turnUpright(stored) : stored;
  let holders = 1;
  return {
    source,
    identity,
    sharedIdentity: `${canonicalName}\n${stats.size}\n${stats.mtimeNs}\n${source.digest}`,
    lastModified: stats.mtime,
    isUnchanged: shareNext(async () => identityOf(await statOf(descriptor)) === identity),
    isCurrent: async () => {
      const now = await statPath(path, { bigint: true }).catch(() => undefined);
      return now !== undefined && identityOf(now) === identity;
    },
    retain: () => void holders++,
    release: () => {
      holders--;
      // A descriptor that cannot be closed is gone all the same; nobody waits for it.
      if (holders === 0) source.close().catch(() => undefined);
    },
  };
}

async function openOrClose(bytes: ReturnType<typeof createFileBytes>, tools: DecodeTools): Promise<ImageSource> {
  try {
    return await openSource(bytes, tools);
  } catch (error) {
    await bytes.close();
    throw error;
  }
}
