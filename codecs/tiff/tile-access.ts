import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import { gridOf } from '../../image/geometry.ts';
import { assertInside } from './chunk-reader.ts';
import type { PageStore } from './page-store.ts';
import { bytesInPixel, createRestoreTile } from './samples/restore-tile.ts';
import { reverseBits } from './samples/reverse-bits.ts';
import { tableValue } from './tile-table.ts';
import { type DecodeContext, packedLength, type TileCodec, type TiledImage } from './tiled-image.ts';

/** Where a tile is stored; undefined for one that was never written, which is all zeros (GDAL's sparse files). */
export type TileLocation = { readonly offset: number; readonly byteLength: number } | undefined;

/** The tiles of one image, or of one of its planes. */
export interface TileAccess {
  readonly image: TiledImage;
  /** Bytes of a pixel in a decoded tile. */
  readonly pixelLength: number;
  /** What the keys of its kept tiles begin with. */
  readonly prefix: string;
  /** Settles where a tile lies: inside the file, and not too long. @throws CorruptSource */
  locate(column: number, row: number): Promise<TileLocation>;
  /** The codec, prepared when it is first asked for. @throws CorruptSource */
  codec(): Promise<TileCodec>;
  /**
   * The samples of a tile of one row of the grid, which belong to the caller. They lie in memory of their own or in that of
   * `stored`.
   *
   * @throws CorruptSource, UnsupportedSource
   */
  decode(stored: Uint8Array | undefined, row: number): Promise<Uint8Array>;
}

const MAX_ENCODED_TILE = 32 * 2 ** 20;
const MAX_ENCODED_STRIP = 256 * 2 ** 20;

interface Needs {
  readonly pages: PageStore;
  readonly context: DecodeContext;
}

/**
 * Prepares access to an image's tiles; nothing is read before it is needed.
 *
 * @param plane - which of the planes that lie behind each other; 0 where there is one
 */
export function createTileAccess(image: TiledImage, plane: number, { pages, context }: Needs): TileAccess {
  const { columns, rows } = gridOf(image, image.tile);
  const codec = createLazyCodec(image, context);
  const { pool } = context.tools;
  const restore = createRestoreTile(image, context.tools);
  const isReversed = image.samples.isReversed && !image.compression.ordersBits;
  const longest = image.isStriped ? MAX_ENCODED_STRIP : MAX_ENCODED_TILE;

  return {
    image,
    pixelLength: bytesInPixel(image),
    prefix: `${context.prefix}${context.tools.keptTiles.nextNumber()}/`,
    codec,
    async locate(column, row) {
      const index = (plane * rows + row) * columns + column;
      const offset = tableValue(image.offsets, index, pages);
      const byteLength = tableValue(image.byteCounts, index, pages);
      const isKnown = typeof offset === 'number' && typeof byteLength === 'number';
      const place = isKnown ? [offset, byteLength] : await Promise.all([offset, byteLength]);
      return checkLocation({ offset: place[0] ?? 0, byteLength: place[1] ?? 0 }, context.bytes.size, longest);
    },
    async decode(stored, row) {
      const tileRows = image.isStriped
        ? Math.min(image.tile.height, image.height - row * image.tile.height)
        : image.tile.height;
      if (!stored) return restore(pool.take(packedLength(image, tileRows)).fill(0), tileRows);
      const packed = await (await codec()).decode(isReversed ? reverseBits(stored) : stored, tileRows);
      return restore(packed, tileRows);
    },
  };
}

function checkLocation(
  location: { offset: number; byteLength: number },
  fileSize: number,
  longest: number,
): TileLocation {
  const { offset, byteLength } = location;
  if (offset === 0 && byteLength === 0) return undefined;
  assertInside(offset, byteLength, fileSize);
  if (offset === 0 || byteLength === 0) throw new CorruptSource(`tile of ${byteLength} bytes at ${offset}`);
  if (byteLength > longest) throw new UnsupportedSource(`tiles of ${byteLength} bytes`);
  return location;
}

/** Opens the codec once; after a failure the next caller tries again. */
function createLazyCodec(image: TiledImage, context: DecodeContext): () => Promise<TileCodec> {
  let opening: Promise<TileCodec> | undefined;
  async function open(): Promise<TileCodec> {
    try {
      return await image.compression.open(image, context);
    } catch (error) {
      opening = undefined;
      throw error;
    }
  }
  return () => {
    opening ??= open();
    return opening;
  };
}
