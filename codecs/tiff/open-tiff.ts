import { isInside } from '../../image/geometry.ts';
import { pyramidOf } from '../../image/pyramid.ts';
import type { ByteSource, ImageSource, Level, SampleRange } from '../../image/source.ts';
import type { DecodeTools } from '../decode-tools.ts';
import { readChain } from './chain.ts';
import { createChunkReader } from './chunk-reader.ts';
import type { TiffFile } from './directory.ts';
import { type DirectoryWalk, walkDirectories } from './directory-walk.ts';
import { parseHeader } from './header.ts';
import { readPageLevels, type TiffPyramid } from './levels.ts';
import { createMetadataReader } from './metadata.ts';
import { readOrientation } from './orientation.ts';
import { createPageStore, type PageStore } from './page-store.ts';
import { createPages } from './pages.ts';
import { readEncodedTile } from './read-encoded-tile.ts';
import { readPlanes } from './read-planes.ts';
import { readRanges } from './samples/read-ranges.ts';
import { createToPixels, layoutOf, type ToPixels } from './samples/to-pixels.ts';
import { storedLevelOf } from './stored-level.ts';
import { createTileAccess, type TileAccess } from './tile-access.ts';
import type { DecodeContext, TiledImage } from './tiled-image.ts';

/** That of a BigTIFF; a classic TIFF's header has half the length. */
const HEADER_LENGTH = 16;

/** The tiles that images stored in strips are taken to have. */
const TILE_OF_STRIPS = { width: 256, height: 256 };

/** How one level is read. */
interface LevelAccess {
  /** One for each plane. */
  readonly planes: readonly [TileAccess, ...TileAccess[]];
  readonly toPixels: ToPixels;
}

/**
 * Opens a TIFF. Only directories are read: how much depends on their number, not on that of the tiles.
 *
 * @param head - the first bytes of the file, at least 16
 * @throws CorruptSource, UnsupportedSource
 */
export async function openTiff(bytes: ByteSource, tools: DecodeTools, head: Uint8Array): Promise<ImageSource> {
  const { firstDirectory, ...layout } = parseHeader(head);
  const startWalk = (known: Uint8Array): DirectoryWalk =>
    walkDirectories({ layout, chunks: createChunkReader(bytes, known) }, head.subarray(0, HEADER_LENGTH));
  const walk = startWalk(head);
  const { pyramid, pages } = await readChain(walk, firstDirectory);
  const shared = {
    digest: walk.digest(),
    tables: createPageStore(bytes),
    context: { bytes, tools, prefix: `${tools.keptTiles.nextNumber()}:` },
  };
  const openPage = async (index: number): Promise<ImageSource> => {
    const own = startWalk(NOTHING);
    return createTiffSource(await readPageLevels(own, pages[index] ?? NO_PAGE), own.file, shared);
  };
  const isFirstStoredFirst = pages[0]?.offset === firstDirectory;
  const first = isFirstStoredFirst ? await createTiffSource(pyramid, walk.file, shared) : await openPage(0);
  if (pages.length === 1) return first;
  const labels = pages.map(({ label }) => label);
  const open = async (index: number) => (index === 0 ? source : { ...(await openPage(index)), close: closeNothing });
  const source: ImageSource = { ...first, pages: createPages(labels, open) };
  return source;
}

const NOTHING = new Uint8Array(0);
const NO_PAGE = { offset: 0, copies: [] };

/** What all pages of a file share. */
interface SharedFile {
  readonly digest: string;
  readonly tables: PageStore;
  readonly context: DecodeContext;
}

async function createTiffSource(pyramid: TiffPyramid, file: TiffFile, shared: SharedFile): Promise<ImageSource> {
  const { first, images } = pyramid;
  const ranges = await readRanges(file, first, images[0].samples);
  const pixels = createTiffPixels(images, ranges, shared);
  const source = { layout: file.layout, bytes: shared.context.bytes };
  const { profile, metadata } = createMetadataReader(first, source, pixels.layout.photometric);
  return { ...pixels, orientation: readOrientation(first), profile, metadata };
}

/** The part of a source that is about pixels. */
type TiffPixels = Omit<ImageSource, 'orientation' | 'profile' | 'metadata'>;

function createTiffPixels(
  images: TiffPyramid['images'],
  ranges: readonly SampleRange[] | undefined,
  { digest, tables, context }: SharedFile,
): TiffPixels {
  const levels = pyramidOf(withTiles(images));
  const needs = { pages: tables, context };
  const accesses = new Map(images.map((image, index) => [levels[index], createLevelAccess(image, needs)]));
  let closing: Promise<void> | undefined;
  return {
    format: 'tiff',
    digest,
    levels,
    layout: layoutOf(images[0].samples),
    storage: images.map(storedLevelOf),
    ranges,
    async read(level, window, signal) {
      const { planes, toPixels } = accessOf(level, accesses);
      if (!isInside(window, level)) throw new RangeError('window outside its level');
      return toPixels(await readPlanes(planes, window, { context, signal }), window);
    },
    async encodedTile(level, column, row, signal) {
      const { planes } = accessOf(level, accesses);
      const [tiles, second] = planes;
      if (second || tiles.image.isStriped) return undefined;
      return readEncodedTile(tiles, { column, row }, { context, signal });
    },
    close() {
      context.tools.keptTiles.forget(context.prefix);
      closing ??= context.bytes.close();
      return closing;
    },
  };
}

/** The file is closed with the source that the page comes from. */
async function closeNothing(): Promise<void> {}

function withTiles([full, ...reduced]: TiffPyramid['images']): Parameters<typeof pyramidOf>[0] {
  const sizeOf = ({ width, height, tile, isStriped }: TiledImage) => ({
    width,
    height,
    tile: isStriped ? TILE_OF_STRIPS : tile,
  });
  return [sizeOf(full), ...reduced.map(sizeOf)];
}

function createLevelAccess(image: TiledImage, needs: Parameters<typeof createTileAccess>[2]): LevelAccess {
  const { samples } = image;
  const count = samples.isPlanar ? samples.count : 1;
  const others = Array.from({ length: count - 1 }, (_, index) => createTileAccess(image, index + 1, needs));
  return {
    planes: [createTileAccess(image, 0, needs), ...others],
    toPixels: createToPixels(samples, needs.context.tools.pool),
  };
}

function accessOf(level: Level, accesses: ReadonlyMap<Level | undefined, LevelAccess>): LevelAccess {
  const access = accesses.get(level);
  if (!access) throw new RangeError('level of another source');
  return access;
}
