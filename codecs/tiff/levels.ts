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

const MAX_SUBIFDS = 4096;

/** The first directory, and the images of all levels. */
export interface TiffPyramid {
  readonly first: Directory;
  readonly images: readonly [TiledImage, ...TiledImage[]];
}

/**
 * The images that make up the pyramid, finest first: the first directory and its reduced copies. These are its SubIFDs,
 * or else the directories that follow, where thumbnails, labels, masks and other pages may lie between them. SubIFDs of
 * SubIFDs are never levels, nor what a SubIFD's own chain leads to, so nothing deeper is visited.
 *
 * @throws CorruptSource, UnsupportedSource when the first directory cannot be read; others of such a kind are left out
 */
export async function readLevels(walk: DirectoryWalk, firstOffset: number): Promise<TiffPyramid> {
  const first = await walk.visit(firstOffset);
  const full = await readTiledImage(walk.file, first); // at once, while what lies near the directory is at hand
  const own = await readSubdirectories(walk, first, full);
  const reduced = own.length > 0 ? own : await readFollowing(walk, first.next, full);
  const distinct = reduced.filter((image, index) => reduced.findIndex((other) => isSameSize(other, image)) === index);
  return { first, images: [full, ...distinct.sort((a, b) => b.width * b.height - a.width * a.height)] };
}

async function readSubdirectories(walk: DirectoryWalk, first: Directory, full: TiledImage): Promise<TiledImage[]> {
  const images: TiledImage[] = [];
  for (const offset of await numbers(walk.file, first, TAG.subIfds, MAX_SUBIFDS)) {
    const directory = await walk.visit(offset);
    if (isReducedCopy(directory, full)) images.push(...(await readIfAlike(walk.file, directory, full)));
  }
  return images;
}

async function readFollowing(walk: DirectoryWalk, start: number, full: TiledImage): Promise<TiledImage[]> {
  const images: TiledImage[] = [];
  for (let offset = start; offset !== 0; ) {
    const directory = await walk.visit(offset);
    if (isSmallerVersion(directory, full)) images.push(...(await readIfAlike(walk.file, directory, full)));
    offset = directory.next;
  }
  return images;
}

function isReducedCopy(directory: Directory, full: TiledImage): boolean {
  const subfile = scalar(directory, TAG.newSubfileType, 0);
  return (
    subfile === SUBFILE.reducedResolution && isStoredLike(directory, full) && isSmaller(imageSize(directory), full)
  );
}

/** Many writers leave NewSubfileType out; then only the exact aspect tells a level from a smaller page. */
function isSmallerVersion(directory: Directory, full: TiledImage): boolean {
  const subfile = scalar(directory, TAG.newSubfileType, 0);
  const isMarked = (subfile & SUBFILE.reducedResolution) !== 0;
  if (!isStoredLike(directory, full) || (subfile & (SUBFILE.mask | SUBFILE.page)) !== 0) return false;
  if (full.isStriped && !isMarked) return false; // pages in strips are more common than levels
  const size = imageSize(directory);
  return isSmaller(size, full) && (isReduction(size, full) || (isMarked && hasSimilarAspect(size, full)));
}

/** What lies in strips beside tiles is a thumbnail or a label. */
function isStoredLike(directory: Directory, full: TiledImage): boolean {
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
    const image = await readTiledImage(file, directory);
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
