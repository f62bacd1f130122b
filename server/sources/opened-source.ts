import { stat } from 'node:fs';
import { promisify } from 'node:util';
import type { DecodeTools } from '../../codecs/decode-tools.ts';
import { openSource } from '../../codecs/open-source.ts';
import { turnUpright } from '../../codecs/oriented-source.ts';
import type { SourceFormat } from '../../codecs/source-format.ts';
import type { Views } from '../../image/service.ts';
import type { ByteSource, ImageSource } from '../../image/source.ts';
import type { Derivatives } from '../derivatives/derivatives.ts';
import { createFileBytes, identityOf, isStill } from './file-bytes.ts';
import type { ImageRoots } from './open-confined.ts';
import { locate } from './sequence.ts';
import { readSidecar, type Sidecar } from './sidecar.ts';
import type { SourceAddress } from './source-address.ts';

const statPath = promisify(stat);

/** An open image and who it is. It stays open until everybody who retained it has released it. */
export interface OpenedSource {
  readonly source: ImageSource;
  /** Below its root, links followed; each character one byte. */
  readonly name: string;
  /** This state of this file on this machine: device, inode, size and times. */
  readonly identity: string;
  /** This state of this image on every machine that has a copy: name, size, modification time and digest. */
  readonly sharedIdentity: string;
  readonly lastModified: Date;
  /** Of a sequence of files, of which this is the usual one: where the others look from. */
  readonly views?: Views;
  /** What the file beside it adds to its description; read when first asked for. */
  sidecar(): Promise<Sidecar>;
  /** Whether the opened file is still as it was when its header was read; for right after something was read. */
  isUnchanged(): boolean;
  /** Whether the name still leads to that file, as it was, and what was read beside it is as it was, too. */
  isCurrent(): Promise<boolean>;
  retain(): void;
  release(): void;
}

/** Where images are and how they are opened. */
export interface Opening {
  readonly roots: ImageRoots;
  readonly tools: DecodeTools;
  /** The kinds of files there are; the built-in ones where nothing is said. */
  readonly formats?: readonly SourceFormat[];
  /** Pyramids of flat images, where they are kept. */
  readonly derivatives?: Derivatives | undefined;
  /** Whether images are turned upright as their files say. */
  readonly orientation: 'apply' | 'ignore';
}

/**
 * Opens the file of that name below a root, or the one of a sequence; the caller has retained it once.
 *
 * @throws SourceNotFound, PageNotFound, UnsupportedSource, CorruptSource, Overloaded
 */
export async function openImage(
  address: SourceAddress,
  { roots, tools, formats, derivatives, orientation }: Opening,
): Promise<OpenedSource> {
  const { file, sequence } = await locate(roots, address);
  const { descriptor, stats, canonicalName, path } = file;
  const identity = identityOf(stats);
  const bytes = createFileBytes(descriptor, Number(stats.size), tools.pool, { name: canonicalName, identity });
  const flat = await openOrClose(bytes, tools, formats);
  const derived = await derivatives?.find(flat, { name: canonicalName, path, stats, identity });
  const stored = derived?.source ?? flat;
  const edition = derived?.edition ?? '';
  const source = orientation === 'apply' ? turnUpright(stored) : stored;
  let holders = 1;
  let sidecar: Promise<Sidecar> | undefined;
  return {
    source,
    name: canonicalName,
    identity: identity + edition,
    sharedIdentity: `${canonicalName}\n${stats.size}\n${stats.mtimeNs}\n${source.digest}${edition}`,
    lastModified: stats.mtime,
    ...(sequence && { views: sequence.views }),
    sidecar: () => {
      sidecar ??= readSidecar(roots, path);
      return sidecar;
    },
    isUnchanged: () => isStill(descriptor, stats),
    isCurrent: async () => {
      const now = await statPath(path, { bigint: true }).catch(() => undefined);
      const isSame = now !== undefined && identityOf(now) === identity;
      if (derived && !(await derived.isCurrent())) return false;
      return isSame && (!sequence || (await sequence.isCurrent())) && (!sidecar || (await sidecar).isCurrent());
    },
    retain: () => void holders++,
    release: () => {
      holders--;
      // A descriptor that cannot be closed is gone all the same; nobody waits for it.
      if (holders === 0) source.close().catch(() => undefined);
    },
  };
}

async function openOrClose(
  bytes: ByteSource,
  tools: DecodeTools,
  formats: readonly SourceFormat[] | undefined,
): Promise<ImageSource> {
  try {
    return await openSource(bytes, tools, formats);
  } catch (error) {
    await bytes.close();
    throw error;
  }
}
