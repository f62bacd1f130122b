import { isInside } from '../../image/geometry.ts';
import { pyramidOf } from '../../image/pyramid.ts';
import type { ByteSource, ImageSource, Level, SampleRange } from '../../image/source.ts';
import type { DecodeTools } from '../decode-tools.ts';
import { createChunkReader } from './chunk-reader.ts';
import type { TiffFile } from './directory.ts';
import { walkDirectories } from './directory-walk.ts';
import { parseHeader } from './header.ts';
import { readLevels } from './levels.ts';
import { createMetadataReader } from './metadata.ts';
import { readOrientation } from './orientation.ts';
import { createPageStore } from './page-store.ts';
import { readEncodedTile } from './read-encoded-tile.ts';
import { readPlanes } from './read-planes.ts';
import { readRanges } from './samples/read-ranges.ts';
import { createToPixels, layoutOf, type ToPixels } from './samples/to-pixels.ts';
import { createTileAccess, type TileAccess } from './tile-access.ts';
import type { DecodeContext, TiledImage } from './tiled-image.ts';

/** That of a BigTIFF; a classic TIFF's header has half the length. */
const HEADER_LENGTH = 16;

/** The tiles that images stored in strips are taken to have. */
const TILE_OF_STRIPS = { width: 256, height: 256 };

/** What a source is made of. */
interface Opened {
  readonly images: readonly [TiledImage, ...TiledImage[]];
  readonly ranges: readonly SampleRange[] | undefined;
  readonly digest: string;
}

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
  const file: TiffFile = { layout, chunks: createChunkReader(bytes, head) };
  const walk = walkDirectories(file, head.subarray(0, HEADER_LENGTH));
  const { first, images } = await readLevels(walk, firstDirectory);
  const ranges = await readRanges(file, first, images[0].samples);
  const pixels = createTiffSource({ images, ranges, digest: walk.digest() }, { bytes, tools });
  const { profile, metadata } = createMetadataReader(first, { layout, bytes }, pixels.layout.photometric);
  return { ...pixels, orientation: readOrientation(first), profile, metadata };
}

/** The part of a source that is about pixels. */
type TiffPixels = Omit<ImageSource, 'orientation' | 'profile' | 'metadata'>;

function createTiffSource({ images, ranges, digest }: Opened, context: DecodeContext): TiffPixels {
  const levels = pyramidOf(withTiles(images));
  const pages = createPageStore(context.bytes);
  const accesses = new Map(images.map((image, index) => [levels[index], createLevelAccess(image, { pages, context })]));
  let closing: Promise<void> | undefined;
  return {
    format: 'tiff',
    digest,
    levels,
    layout: layoutOf(images[0].samples),
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
      closing ??= context.bytes.close();
      return closing;
    },
  };
}

function withTiles([full, ...reduced]: Opened['images']): Parameters<typeof pyramidOf>[0] {
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
