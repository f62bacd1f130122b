import { CorruptSource, ImageError, UnsupportedSource } from '../../image/errors.ts';
import { gridOf } from '../../image/geometry.ts';
import { assertInside } from './chunk-reader.ts';
import type { PageStore } from './page-store.ts';
import { invert, undoDifferencing } from './predictor.ts';
import { PHOTOMETRIC } from './tags.ts';
import { tableValue } from './tile-table.ts';
import { type DecodeContext, type TileCodec, type TiledImage, tileByteLength } from './tiled-image.ts';

/** Where a tile is stored; undefined for one that was never written, which is all zeros (GDAL's sparse files). */
export type TileLocation = { readonly offset: number; readonly byteLength: number } | undefined;

/** The tiles of one image. */
export interface TileAccess {
  readonly image: TiledImage;
  readonly columns: number;
  /** Settles where a tile lies: inside the file, and not too long. @throws CorruptSource */
  locate(column: number, row: number): Promise<TileLocation>;
  /** The codec, prepared when it is first asked for. @throws CorruptSource */
  codec(): Promise<TileCodec>;
  /** The samples of a whole tile, which belong to the caller. @throws CorruptSource, UnsupportedSource */
  decode(stored: Uint8Array | undefined): Promise<Uint8Array>;
}

const MAX_ENCODED_LENGTH = 32 * 2 ** 20;

/** Prepares access to an image's tiles; nothing is read before it is needed. */
export function createTileAccess(image: TiledImage, pages: PageStore, context: DecodeContext): TileAccess {
  const { columns } = gridOf(image, image.tile);
  const codec = createLazyCodec(image, context);
  return {
    image,
    columns,
    codec,
    async locate(column, row) {
      const index = row * columns + column;
      const offset = await tableValue(image.offsets, index, pages);
      const byteLength = await tableValue(image.byteCounts, index, pages);
      return checkLocation({ offset, byteLength }, context.bytes.size);
    },
    async decode(stored) {
      if (!stored) return finish(context.tools.pool.take(tileByteLength(image)).fill(0), image);
      const { decode } = await codec();
      const samples = await asDamage(decode, stored);
      return finish(image.isDifferenced ? undone(samples, image) : samples, image);
    },
  };
}

function checkLocation(location: { offset: number; byteLength: number }, fileSize: number): TileLocation {
  const { offset, byteLength } = location;
  if (offset === 0 && byteLength === 0) return undefined;
  assertInside(offset, byteLength, fileSize);
  if (offset === 0 || byteLength === 0) throw new CorruptSource(`tile of ${byteLength} bytes at ${offset}`);
  if (byteLength > MAX_ENCODED_LENGTH) throw new UnsupportedSource(`tiles of ${byteLength} bytes`);
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

/** Whatever a decoder fails with is damage, unless it says otherwise. */
async function asDamage(decode: TileCodec['decode'], stored: Uint8Array): Promise<Uint8Array> {
  try {
    return await decode(stored);
  } catch (cause) {
    throw cause instanceof ImageError ? cause : new CorruptSource('tile cannot be decoded', { cause });
  }
}

function undone(samples: Uint8Array, { tile, bands }: TiledImage): Uint8Array {
  undoDifferencing(samples, tile.width * bands, bands);
  return samples;
}

function finish(samples: Uint8Array, { photometric }: TiledImage): Uint8Array {
  if (photometric === PHOTOMETRIC.minIsWhite) invert(samples);
  return samples;
}
