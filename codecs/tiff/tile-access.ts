import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import { gridOf } from '../../image/geometry.ts';
import { nextTurn } from '../turns.ts';
import { assertInside } from './chunk-reader.ts';
import type { PageStore } from './page-store.ts';
import { PART_LENGTH } from './part-length.ts';
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
  const needsRestoring = image.isDifferenced || image.photometric === PHOTOMETRIC.minIsWhite;
  return {
    image,
    columns,
    codec,
    async locate(column, row) {
      const index = row * columns + column;
      const [offset, byteLength] = await Promise.all([
        tableValue(image.offsets, index, pages),
        tableValue(image.byteCounts, index, pages),
      ]);
      return checkLocation({ offset, byteLength }, context.bytes.size);
    },
    async decode(stored) {
      const samples = stored
        ? await (await codec()).decode(stored)
        : context.tools.pool.take(tileByteLength(image)).fill(0);
      if (needsRestoring) await restore(samples, image);
      return samples;
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

/** Turns the samples as they were stored into those of the image, in place. */
async function restore(samples: Uint8Array, { tile, bands, isDifferenced, photometric }: TiledImage): Promise<void> {
  const rowLength = tile.width * bands;
  const partLength = Math.max(1, Math.floor(PART_LENGTH / rowLength)) * rowLength;
  for (let start = 0; start < samples.length; start += partLength) {
    if (start > 0) await nextTurn();
    const rows = samples.subarray(start, start + partLength);
    if (isDifferenced) undoDifferencing(rows, rowLength, bands);
    if (photometric === PHOTOMETRIC.minIsWhite) invert(rows);
  }
}
