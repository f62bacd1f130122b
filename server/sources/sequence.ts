import { opendir, stat } from 'node:fs/promises';
import { PageNotFound, SourceNotFound } from '../../image/errors.ts';
import type { Identifier } from '../../image/identifier.ts';
import type { Views } from '../../image/service.ts';
import {
  type ConfinedFile,
  closeConfined,
  type ImageRoots,
  nameBelow,
  openConfined,
  realPathOf,
} from './open-confined.ts';
import { type SourceAddress, USUAL_VIEW, type View } from './source-address.ts';

/** A sequence of files, as its folder was when it was opened. */
export interface Sequence {
  readonly views: Views;
  /** Whether no file has come or gone since. */
  isCurrent(): Promise<boolean>;
}

/** The file that an address means; `sequence` where it stands for several. */
export interface Located {
  readonly file: ConfinedFile;
  readonly sequence?: Sequence;
}

/** Endings of the files that can be part of a sequence. */
const ENDINGS = ['tif', 'tiff', 'jp2', 'jpx', 'j2k'];

/** Files of a folder that are looked at for views. */
const MOST_ENTRIES = 100_000;

/**
 * Opens the file of an address: that of the name itself, or else `{name}{pattern}{xxx}_{yyy}.{ending}` beside it. Of the
 * endings only one may be there.
 *
 * @throws SourceNotFound, PageNotFound for a view that a sequence does not have, Overloaded
 */
export async function locate(images: ImageRoots, { identifier, view }: SourceAddress): Promise<Located> {
  if (view) {
    const found = await openView(images, identifier, view);
    if (!found) throw new PageNotFound(`view ${view.x},${view.y}`);
    return { file: found.file };
  }
  try {
    return { file: await openConfined(images, identifier) };
  } catch (error) {
    if (!(error instanceof SourceNotFound) || !images.sequencePattern?.length) throw error;
    const usual = await openView(images, identifier, USUAL_VIEW);
    if (!usual) throw error;
    return { file: usual.file, sequence: await openSequence(images, usual) };
  }
}

interface ViewFile {
  readonly file: ConfinedFile;
  readonly ending: string;
}

/** The one file of a view; undefined where there is none, or several. */
async function openView(images: ImageRoots, identifier: Identifier, view: View): Promise<ViewFile | undefined> {
  const found: ViewFile[] = [];
  for (const ending of ENDINGS) {
    const name = Buffer.from(`${viewName(view)}.${ending}`);
    const suffix = Buffer.concat([images.suffix, images.sequencePattern ?? NOTHING, name]);
    const file = await openConfined({ ...images, suffix }, identifier).catch(nothingIfMissing);
    if (file) found.push({ file, ending });
  }
  if (found.length === 1) return found[0];
  await Promise.all(found.map(({ file }) => closeConfined(file)));
  return undefined;
}

const NOTHING = Buffer.alloc(0);

function nothingIfMissing(error: unknown): undefined {
  if (!(error instanceof SourceNotFound)) throw error;
}

function viewName({ x, y }: View): string {
  return `${padded(x)}_${padded(y)}`;
}

function padded(angle: number): string {
  return String(angle).padStart(3, '0');
}

async function openSequence(images: ImageRoots, { file: { path }, ending }: ViewFile): Promise<Sequence> {
  const nameAt = path.lastIndexOf(SLASH) + 1;
  const folder = path.subarray(0, nameAt);
  const before = await mtimeOf(folder);
  const tail = `.${ending}`;
  const head = path
    .subarray(nameAt)
    .toString('latin1')
    .slice(0, -(viewName(USUAL_VIEW).length + tail.length));
  const names = await namesIn(images, folder);
  const views = names.flatMap((name) => viewOf(name, head, tail));
  return {
    views: {
      horizontal: ascending(views.filter(({ y }) => y === USUAL_VIEW.y).map(({ x }) => x)),
      vertical: ascending(views.filter(({ x }) => x === USUAL_VIEW.x).map(({ y }) => y)),
    },
    isCurrent: async () => (await mtimeOf(folder)) === before,
  };
}

const SLASH = '/'.charCodeAt(0);

async function mtimeOf(folder: Buffer): Promise<bigint | undefined> {
  return (await stat(folder, { bigint: true }).catch(() => undefined))?.mtimeNs;
}

/** The names in a folder, each character a byte; of one outside the roots, which a link may lead to, none. */
async function namesIn(images: ImageRoots, folder: Buffer): Promise<string[]> {
  const names: string[] = [];
  try {
    if (nameBelow(images, await realPathOf(folder)) === undefined) return [];
    for await (const { name } of await opendir(folder, { encoding: 'latin1' })) {
      if (names.push(name) === MOST_ENTRIES) break;
    }
  } catch {
    return [];
  }
  return names;
}

/** The view of a file's name, if it is written as we would: `1_90` and `0001_090` cannot be asked for. */
function viewOf(name: string, head: string, tail: string): View[] {
  if (!name.startsWith(head) || !name.endsWith(tail)) return [];
  const groups = /^(?<x>\d{3,9})_(?<y>\d{3,9})$/.exec(name.slice(head.length, -tail.length))?.groups;
  const view = { x: Number(groups?.x), y: Number(groups?.y) };
  return groups && `${groups.x}_${groups.y}` === viewName(view) ? [view] : [];
}

function ascending(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
