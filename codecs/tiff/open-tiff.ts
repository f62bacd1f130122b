import { isInside } from '../../image/geometry.ts';
import { pyramidOf } from '../../image/pyramid.ts';
import type { ByteSource, ImageSource, Level, PixelBuffer } from '../../image/source.ts';
import type { DecodeTools } from '../decode-tools.ts';
import { createChunkReader } from './chunk-reader.ts';
import { walkDirectories } from './directory-walk.ts';
import { parseHeader } from './header.ts';
import { readLevels } from './levels.ts';
import { createMetadataReader } from './metadata.ts';
import { readOrientation } from './orientation.ts';
import { createPageStore } from './page-store.ts';
import { readEncodedTile } from './read-encoded-tile.ts';
import { readWindow } from './read-window.ts';
import { createTileAccess, type TileAccess } from './tile-access.ts';
import type { DecodeContext, TiledImage } from './tiled-image.ts';

/** That of a BigTIFF; a classic TIFF's header has half the length. */
const HEADER_LENGTH = 16;

/**
 * Opens a tiled TIFF. Only directories are read: how much depends on their number, not on that of the tiles.
 *
 * @param head - the first bytes of the file, at least 16
 * @throws CorruptSource, UnsupportedSource
 */
export async function openTiff(bytes: ByteSource, tools: DecodeTools, head: Uint8Array): Promise<ImageSource> {
  const { firstDirectory, ...layout } = parseHeader(head);
  const chunks = createChunkReader(bytes, head);
  const walk = walkDirectories({ layout, chunks }, head.subarray(0, HEADER_LENGTH));
  const images = await readLevels(walk, firstDirectory);
  const pixels = createTiffSource(images, walk.digest(), { bytes, tools });
  const { profile, metadata } = createMetadataReader(walk.first(), { layout, bytes }, pixels.layout.photometric);
  return { ...pixels, orientation: readOrientation(walk.first()), profile, metadata };
}

/** The part of a source that is about pixels. */
type TiffPixels = Omit<ImageSource, 'orientation' | 'profile' | 'metadata'>;

function createTiffSource(
  images: readonly [TiledImage, ...TiledImage[]],
  digest: string,
  context: DecodeContext,
): TiffPixels {
  const pages = createPageStore(context.bytes);
  const levels = pyramidOf(images);
  const accesses = new Map(images.map((image, index) => [levels[index], createTileAccess(image, pages, context)]));
  const { bands } = images[0];
  const photometric = bands === 1 ? 'gray' : 'rgb';
  let closing: Promise<void> | undefined;
  return {
    format: 'tiff',
    digest,
    levels,
    layout: { bands, photometric, hasAlpha: false, bitsPerSample: 8 },
    async read(level, window, signal): Promise<PixelBuffer> {
      const tiles = accessOf(level, accesses);
      if (!isInside(window, level)) throw new RangeError('window outside its level');
      const data = await readWindow({ tiles, context, signal }, window);
      const { width, height } = window;
      return { width, height, bands, photometric, hasAlpha: false, sample: 'uint8', data };
    },
    encodedTile(level, column, row, signal) {
      return readEncodedTile(accessOf(level, accesses), { column, row }, { context, signal });
    },
    close() {
      closing ??= context.bytes.close();
      return closing;
    },
  };
}

function accessOf(level: Level, accesses: ReadonlyMap<Level | undefined, TileAccess>): TileAccess {
  const access = accesses.get(level);
  if (!access) throw new RangeError('level of another source');
  return access;
}
