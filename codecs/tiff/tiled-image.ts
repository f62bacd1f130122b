import type { Size } from '../../image/geometry.ts';
import type { ByteSource, EncodedTile } from '../../image/source.ts';
import type { DecodeTools } from '../decode-tools.ts';
import type { Entry } from './directory.ts';
import type { TileTable } from './tile-table.ts';

/** One directory's image: 8-bit grey or RGB in tiles. */
export interface TiledImage extends Size {
  readonly tile: Size;
  readonly bands: 1 | 3;
  readonly photometric: number;
  readonly compression: Compression;
  /** Whether each sample is stored as its difference from the one to its left. */
  readonly isDifferenced: boolean;
  /** Where each tile begins, row by row. */
  readonly offsets: TileTable;
  readonly byteCounts: TileTable;
  /** Unread and unchecked. */
  readonly jpegTables: Entry | undefined;
  readonly hasYcbcrSubsampling: boolean;
}

/** A way of storing tiles. */
export interface Compression {
  /** Whether the Predictor tag means anything with it. */
  readonly hasPredictor: boolean;
  /** Prepares what all tiles of an image share. @throws CorruptSource */
  open(image: TiledImage, context: DecodeContext): TileCodec | Promise<TileCodec>;
}

/** Decodes the tiles of one image. */
export interface TileCodec {
  /**
   * The samples of a whole tile, before prediction is undone. They may be `stored` itself.
   *
   * @throws CorruptSource, UnsupportedSource
   */
  decode(stored: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /**
   * The stored bytes as a complete file; undefined where no tile of the image may go out untouched.
   *
   * @throws CorruptSource, UnsupportedSource
   */
  readonly wrap?: (stored: Uint8Array) => EncodedTile;
}

/** Where a codec finds what it needs beside the tile. */
export interface DecodeContext {
  readonly bytes: ByteSource;
  readonly tools: DecodeTools;
}

/** Length in bytes of a decoded tile. */
export function tileByteLength({ tile, bands }: Pick<TiledImage, 'tile' | 'bands'>): number {
  return tile.width * tile.height * bands;
}
