import { UnsupportedSource } from '../../image/errors.ts';
import { isSameSize, type Size } from '../../image/geometry.ts';
import { type Directory, numbers, scalar, type TiffFile } from './directory.ts';
import type { DirectoryWalk } from './directory-walk.ts';
import { imageSize, isTiled, readTiledImage } from './read-tiled-image.ts';
import type { StoredSamples } from './samples/stored-samples.ts';
import { layoutOf } from './samples/to-pixels.ts';
import { SUBFILE, TAG } from './tags.ts';
import type { TiledImage } from './tiled-image.ts';

/** Writers that scale to whole tiles or round oddly stay within this share of the true aspect. */
const MARKED_ASPECT_TOLERANCE = 0.02;

/** An unmarked directory that is not this much smaller is a page that was scanned or cropped a little differently. */
const LEAST_UNMARKED_REDUCTION = 1.2;

const MAX_SUBIFDS = 4096;

/** The images of a page, finest first. */
type TiledLevels = readonly [TiledImage, ...TiledImage[]];

/** The directory of a page, and the images of all its levels. */
export interface TiffPyramid {
  readonly first: Directory;
  readonly images: TiledLevels;
}

/** The size of a page and whether it is stored in strips. */
export type StoredSize = Pick<TiledImage, 'width' | 'height' | 'isStriped'>;

/**
 * The levels of one page: the directory itself and its reduced copies. These are its SubIFDs, or else the directories
 * given. SubIFDs of SubIFDs are never levels, nor what a SubIFD's own chain leads to, so nothing deeper is visited.
 *
 * @param copies - offsets of the directories of the chain that may be its levels
 * @throws CorruptSource, UnsupportedSource when the directory itself cannot be read; others of such a kind are left out
 */
export async function readPageLevels(
  walk: DirectoryWalk,
  { offset, copies }: { readonly offset: number; readonly copies: readonly number[] },
): Promise<TiffPyramid> {
  const first = await walk.visit(offset);
  const full = await readTiledImage(walk.file, first);
  const own = await readSubdirectories(walk, first, full);
  if (own.length > 0) return { first, images: sortLevels(full, own) };
  const images: TiledImage[] = [];
  for (const copy of copies) images.push(...(await readCopy(walk.file, await walk.visit(copy), full)));
  return { first, images: sortLevels(full, images) };
}

/** Reduced copies among the SubIFDs of a directory. @throws CorruptSource */
export async function readSubdirectories(
  walk: DirectoryWalk,
  directory: Directory,
  full: TiledImage,
): Promise<TiledImage[]> {
  const images: TiledImage[] = [];
  for (const offset of await numbers(walk.file, directory, TAG.subIfds, MAX_SUBIFDS)) {
    const reduced = await walk.visit(offset);
    if (isReducedSubdirectory(reduced, full)) images.push(...(await readIfAlike(walk.file, reduced, full)));
  }
  return images;
}

/** The image of a directory of the chain where it is a reduced copy of `full`, else none. @throws CorruptSource */
export async function readCopy(file: TiffFile, directory: Directory, full: TiledImage): Promise<TiledImage[]> {
  return isReducedCopy(directory, full) ? readIfAlike(file, directory, full) : [];
}

/** Finest first, the first of several of the same size counting. */
export function sortLevels(full: TiledImage, copies: readonly TiledImage[]): TiledLevels {
  const distinct = copies.filter((image, index) => copies.findIndex((other) => isSameSize(other, image)) === index);
  return [full, ...distinct.sort((a, b) => b.width * b.height - a.width * a.height)];
}

/**
 * Whether a directory of the chain is a smaller version of a page. Many writers leave NewSubfileType out: then the size
 * tells, but not in strips, where pages are more common than levels.
 */
export function isReducedCopy(directory: Directory, full: StoredSize): boolean {
  const subfile = scalar(directory, TAG.newSubfileType, 0);
  if (!isStoredLike(directory, full) || (subfile & SUBFILE.mask) !== 0) return false;
  const size = imageSize(directory);
  if (!isSmaller(size, full)) return false;
  if ((subfile & SUBFILE.reducedResolution) !== 0) return isReduction(size, full) || hasSimilarAspect(size, full);
  if ((subfile & SUBFILE.page) !== 0 || full.isStriped) return false;
  const least = LEAST_UNMARKED_REDUCTION ** 2;
  return isReduction(size, full) && full.width * full.height >= least * size.width * size.height;
}

function isReducedSubdirectory(directory: Directory, full: TiledImage): boolean {
  const subfile = scalar(directory, TAG.newSubfileType, 0);
  return (
    subfile === SUBFILE.reducedResolution && isStoredLike(directory, full) && isSmaller(imageSize(directory), full)
  );
}

/** What lies in strips beside tiles is a thumbnail or a label. */
export function isStoredLike(directory: Directory, full: StoredSize): boolean {
  return full.isStriped || isTiled(directory);
}

function isSmaller(size: Size, full: Size): boolean {
  return size.width <= full.width && size.height <= full.height && !isSameSize(size, full);
}

/** Whether one factor gives both sides, each rounded by less than a pixel or by one. */
function isReduction(size: Size, full: Size): boolean {
  const smallest = Math.max(full.width / (size.width + 1), full.height / (size.height + 1));
  const largest = Math.min(full.width / (size.width - 1), full.height / (size.height - 1));
  return smallest <= largest;
}

function hasSimilarAspect(size: Size, full: Size): boolean {
  const ratio = (size.width * full.height) / (size.height * full.width);
  return Math.abs(ratio - 1) <= MARKED_ASPECT_TOLERANCE;
}

/** The image of a directory, or none where it is of a kind that is not read or not that of the full image. */
async function readIfAlike(file: TiffFile, directory: Directory, full: TiledImage): Promise<TiledImage[]> {
  try {
    const image = await readTiledImage(file, directory, full.samples.kind);
    return isAlike(image.samples, full.samples) ? [image] : [];
  } catch (error) {
    if (error instanceof UnsupportedSource) return [];
    throw error;
  }
}

/** Whether two images have pixels of one kind; how they are stored may differ. */
function isAlike(one: StoredSamples, other: StoredSamples): boolean {
  const a = layoutOf(one);
  const b = layoutOf(other);
  return a.bands === b.bands && a.photometric === b.photometric && a.sample === b.sample && a.hasAlpha === b.hasAlpha;
}
