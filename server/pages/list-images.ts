import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { ImageError, SourceNotFound } from '../../image/errors.ts';
import type { FolderPage, ListedEntry, ListImages } from '../../image/folder.ts';
import { type Identifier, parseIdentifier } from '../../image/identifier.ts';
import type { ImageService } from '../../image/service.ts';
import { toReadable } from '../../protocols/byte-names.ts';
import type { BuildState } from '../derivatives/build-order.ts';
import { isBeingDrawn } from '../samples/sample-file.ts';
import { type ImageRoots, nameBelow, pathBelow, realPathOf } from '../sources/open-confined.ts';

export const ENTRIES_PER_PAGE = 60;

/** A folder with more entries than this shows only those found first: sorting them all would hold up other requests. */
const MOST_ENTRIES = 20_000;

/** How many images of a page are opened at the same time. */
const CONCURRENT_LOOKS = 8;

interface Needs {
  readonly roots: ImageRoots;
  readonly images: Pick<ImageService, 'describe'>;
  /** How the building of pyramids stands, where any are built. */
  readonly buildState?: () => BuildState | undefined;
}

/** A lister of the folders below the roots; roots with names are folders of their own. */
export function createListImages(needs: Needs): ListImages {
  return async (folder, page, signal) => {
    const directory = await openFolder(needs.roots, folder);
    if (!directory) return listRoots(needs.roots);
    const all = await readdir(directory, { withFileTypes: true, encoding: 'latin1' }).catch(() => []);
    const names = all.slice(0, MOST_ENTRIES);
    const candidates = [...sortedNames(names, true), ...sortedNames(names, false)];
    const pages = Math.max(1, Math.ceil(candidates.length / ENTRIES_PER_PAGE));
    const shown = Math.min(page, pages);
    const slice = candidates.slice((shown - 1) * ENTRIES_PER_PAGE, shown * ENTRIES_PER_PAGE);
    const prefix = folder === '' ? '' : `${folder}/`;
    const looked = await mapConcurrently(slice, (entry) => look(needs, { directory, prefix, entry, signal }));
    return {
      folder,
      entries: looked.filter((entry) => entry !== undefined),
      page: shown,
      pages,
      isCut: all.length > MOST_ENTRIES,
      isBeingDrawn: await isBeingDrawn(
        directory,
        all.map(({ name }) => name),
      ),
    };
  };
}

function listRoots({ roots }: ImageRoots): FolderPage {
  const entries = roots.map(({ name }) => ({ kind: 'folder' as const, path: name }));
  return { folder: '', entries, page: 1, pages: 1, isCut: false, isBeingDrawn: false };
}

/** The folder's real path, which lies inside a root; undefined for the one that the roots with names are in. */
async function openFolder(roots: ImageRoots, folder: string): Promise<Buffer | undefined> {
  if (folder === '') return roots.roots.find(({ name }) => name === '')?.directory;
  const name = parseIdentifier(folder);
  if (name.split('/').some((segment) => segment === '' || segment.startsWith('.'))) throw new SourceNotFound();
  const path = pathBelow(roots, name);
  if (!path) throw new SourceNotFound();
  return realFolder(roots, path);
}

async function realFolder(roots: ImageRoots, path: Buffer): Promise<Buffer> {
  try {
    const real = await realPathOf(path);
    if (nameBelow(roots, real) !== undefined && (await stat(real)).isDirectory()) return real;
  } catch (error) {
    throw new SourceNotFound({ cause: error });
  }
  throw new SourceNotFound();
}

/** Folders, or what may be an image; neither hidden entries nor devices, pipes and sockets. */
function sortedNames(entries: readonly Dirent[], areFolders: boolean): readonly Dirent[] {
  return entries
    .filter((entry) => !entry.name.startsWith('.') && !hasUnusableBytes(entry.name))
    .filter((entry) => (areFolders ? entry.isDirectory() : entry.isFile() || entry.isSymbolicLink()))
    .map((entry) => ({ entry, key: sortingKey(entry.name) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ entry }) => entry);
}

/** Names that `parseIdentifier` would refuse. */
function hasUnusableBytes(name: string): boolean {
  return name.includes('\\') || [...name].some((byte) => byte < ' ' || byte === '\x7f');
}

/** Puts `scan9` before `scan10` and `ä` next to `a`, whatever the case. Collators take ten times as long. */
function sortingKey(name: string): string {
  const text = toReadable(name).normalize('NFD').toLowerCase();
  return text.replace(/\d+/g, (digits) => digits.padStart(16, '0'));
}

interface Candidate {
  readonly directory: Buffer;
  readonly prefix: string;
  readonly entry: Dirent;
  readonly signal: AbortSignal;
}

/** Undefined for what is neither a folder nor an image, and for what may not be seen. */
async function look(needs: Needs, candidate: Candidate): Promise<ListedEntry | undefined> {
  const { roots } = needs;
  const { directory, prefix, entry, signal } = candidate;
  const path = `${prefix}${entry.name}`;
  if (entry.isDirectory()) return { kind: 'folder', path };
  if (entry.isSymbolicLink()) {
    const target = Buffer.concat([directory, Buffer.from(`/${entry.name}`, 'latin1')]);
    const isFolder = await realFolder(roots, target).then(
      () => true,
      () => false,
    );
    if (isFolder) return { kind: 'folder', path };
  }
  const suffix = roots.suffix.toString('latin1');
  if (!path.endsWith(suffix)) return undefined;
  const identifier = parseIdentifier(path.slice(0, path.length - suffix.length));
  const found = await describe(needs.images, identifier, signal);
  return found?.kind === 'image' ? { ...found, pyramid: pyramidOf(path, needs.buildState?.()) } : found;
}

function pyramidOf(path: string, builds: BuildState | undefined): number | 'begun' | 'waiting' | undefined {
  if (builds?.running?.name === path) return builds.running.fraction ?? 'begun';
  return builds?.waiting.includes(path) ? 'waiting' : undefined;
}

async function describe(
  images: Needs['images'],
  identifier: Identifier,
  signal: AbortSignal,
): Promise<ListedEntry | undefined> {
  try {
    const { width, height } = (await images.describe(identifier, { signal })).levels[0];
    return { kind: 'image', identifier, size: { width, height } };
  } catch (error) {
    if (error instanceof SourceNotFound || !(error instanceof ImageError)) return undefined;
    return { kind: 'problem', identifier, reason: error.message };
  }
}

async function mapConcurrently<T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await map(item);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_LOOKS }, work));
  return results;
}
