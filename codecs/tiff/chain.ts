import type { PageLabel } from '../../image/source.ts';
import { type Directory, scalar, type TiffFile } from './directory.ts';
import type { DirectoryWalk } from './directory-walk.ts';
import { entryValues } from './entry-values.ts';
import {
  isReducedCopy,
  isStoredLike,
  readCopy,
  readSubdirectories,
  type StoredSize,
  sortLevels,
  type TiffPyramid,
} from './levels.ts';
import { decodeText, readReal } from './metadata.ts';
import { readOmePlanes } from './ome-planes.ts';
import { imageSize, isTiled, readTiledImage } from './read-tiled-image.ts';
import { SUBFILE, TAG } from './tags.ts';
import type { TiledImage } from './tiled-image.ts';

/** Where a page is stored, and what is known of it without reading more. */
export interface TiffPage {
  /** Of its directory. */
  readonly offset: number;
  readonly label: PageLabel;
  /** Offsets of the directories behind it that may be its levels. */
  readonly copies: readonly number[];
}

/** What the top-level directories of a file come to. */
export interface TiffChain {
  /** The first directory and its levels. */
  readonly pyramid: TiffPyramid;
  /** At least one. */
  readonly pages: readonly TiffPage[];
}

const LONGEST_NAME = 1024;
const LONGEST_OME_XML = 4 * 2 ** 20;

/** A top-level directory while the chain is read. */
interface Link {
  readonly offset: number;
  /** Undefined where it cannot be a page: stored in another way than the first. */
  readonly size: StoredSize | undefined;
  readonly role: 'page' | 'marked page' | 'copy' | 'other';
  readonly label: PageLabel;
}

interface Reading {
  readonly walk: DirectoryWalk;
  readonly first: Directory;
  readonly full: TiledImage;
  readonly links: Link[];
  /** Copies of the first directory found so far. */
  readonly copies: TiledImage[];
}

/**
 * Reads the first directory and tells, of each that follows, whether it is another page, a level or neither.
 *
 * - An OME-XML that names planes of equal size decides: they are the pages.
 * - Otherwise, directories marked as pages are the pages, the first directory with them.
 * - Where none is marked, pages are all unmarked directories that are stored as the first is, in tiles or not, and are no
 *   smaller versions of a page before them: equally large, or of another shape.
 *
 * Copies belong to the page they follow. Where none follows the first page directly, all are its own: writers that add
 * overviews later put them at the end.
 *
 * @throws CorruptSource, UnsupportedSource when the first directory cannot be read
 */
export async function readChain(walk: DirectoryWalk, firstOffset: number): Promise<TiffChain> {
  const first = await walk.visit(firstOffset);
  const full = await readTiledImage(walk.file, first); // at once, while what lies near the directory is at hand
  const own = await readSubdirectories(walk, first, full);
  const links: Link[] = [{ offset: firstOffset, size: full, role: 'page', label: await readLabel(walk.file, first) }];
  const reading = { walk, first, full, links, copies: [] };
  await followChain(reading, own.length > 0);
  const images = sortLevels(full, own.length > 0 ? own : reading.copies);
  const planes = links.length > 1 ? await omePages(reading) : [];
  return { pyramid: { first, images }, pages: planes.length > 0 ? planes : groupPages(links) };
}

async function followChain(reading: Reading, hasOwnLevels: boolean): Promise<void> {
  const { walk, first, full, links, copies } = reading;
  let page: StoredSize = full;
  let areCopiesBehindFirst = false;
  for (let offset = first.next; offset !== 0; ) {
    const directory = await walk.visit(offset);
    const link = await readLink(reading, { directory, offset }, page);
    const isOfFirst = page === full || !areCopiesBehindFirst;
    if (!hasOwnLevels && link.role === 'copy' && isOfFirst) {
      copies.push(...(await readCopy(walk.file, directory, full)));
      areCopiesBehindFirst ||= page === full;
    }
    links.push(link);
    if (link.size && link.role !== 'copy' && link.role !== 'other') page = link.size;
    offset = directory.next;
  }
}

/** @param page - the size of the page before it */
async function readLink(
  { walk, first, full }: Reading,
  { directory, offset }: { directory: Directory; offset: number },
  page: StoredSize,
): Promise<Link> {
  const { isStriped } = full;
  const size = isStoredLike(directory, full) ? { ...imageSize(directory), isStriped } : undefined;
  const isCopy = size !== undefined && (isReducedCopy(directory, page) || isReducedCopy(directory, full));
  const role = roleOf(directory, isCopy, isTiled(directory) === isTiled(first));
  const isPage = role === 'page' || role === 'marked page';
  return { offset, size, role, label: isPage ? await readLabel(walk.file, directory) : NO_LABEL };
}

function roleOf(directory: Directory, isCopy: boolean, isAlike: boolean): Link['role'] {
  const subfile = scalar(directory, TAG.newSubfileType, 0);
  if (isCopy) return 'copy';
  if ((subfile & (SUBFILE.mask | SUBFILE.reducedResolution)) !== 0) return 'other';
  if ((subfile & SUBFILE.page) !== 0) return 'marked page';
  return isAlike ? 'page' : 'other';
}

const NO_LABEL: PageLabel = { name: '', scale: 1 };

/** The label of a layer as iipsrv's tools write it: DocumentName, and StoNits for the scale. */
async function readLabel(file: TiffFile, directory: Directory): Promise<PageLabel> {
  const values = entryValues(file.chunks, directory.isLittleEndian);
  const name = await readText(file, directory, { tag: TAG.documentName, limit: LONGEST_NAME });
  const scale = await readReal(directory.entries.get(TAG.stoNits), values);
  return name === undefined && scale === undefined ? NO_LABEL : { name: name ?? '', scale: scale ?? 1 };
}

/** Undefined where there is none that can be read: no text is worth refusing an image for. */
async function readText(
  file: TiffFile,
  directory: Directory,
  { tag, limit }: { readonly tag: number; readonly limit: number },
): Promise<string | undefined> {
  const entry = directory.entries.get(tag);
  if (entry?.type !== ASCII) return undefined;
  const stored = await entryValues(file.chunks, directory.isLittleEndian).bytes(entry, limit);
  return stored && decodeText(stored);
}

const ASCII = 2;

/** Hands the copies to the pages that they follow. */
function groupPages(links: readonly Link[]): TiffPage[] {
  const isMarked = links.some(({ role }) => role === 'marked page');
  const isPage = ({ role }: Link, index: number) => index === 0 || role === (isMarked ? 'marked page' : 'page');
  const places = links.flatMap((link, index) => (isPage(link, index) ? [index] : []));
  const copiesFrom = (start: number, end: number | undefined) =>
    links.slice(start, end).flatMap(({ role, offset }) => (role === 'copy' ? [offset] : []));
  const areGrouped = copiesFrom(0, places[1]).length > 0;
  return places.flatMap((place, index) => {
    const link = links[place];
    const copies = areGrouped ? copiesFrom(place, places[index + 1]) : [];
    return link ? [{ offset: link.offset, label: link.label, copies }] : [];
  });
}

/** The planes that an OME-XML names, if all of them are there and as large as the first; their levels are SubIFDs. */
async function omePages({ walk, first, links }: Reading): Promise<TiffPage[]> {
  const xml = await readText(walk.file, first, { tag: TAG.imageDescription, limit: LONGEST_OME_XML });
  const series = xml === undefined ? undefined : readOmePlanes(xml);
  if (!series || series.planes.length < 2) return [];
  const pages = series.planes.flatMap(({ directory, name }) => {
    const link = links[directory];
    const isThere = link?.size?.width === series.size.width && link.size.height === series.size.height;
    return isThere ? [{ offset: link.offset, label: { name, scale: 1 }, copies: [] }] : [];
  });
  return pages.length === series.planes.length ? pages : [];
}
