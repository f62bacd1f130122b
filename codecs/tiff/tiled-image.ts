import type { Size } from '../../image/geometry.ts';
import type { ByteSource, EncodedTile } from '../../image/source.ts';
import type { DecodeTools } from '../decode-tools.ts';
import type { Entry } from './directory.ts';
import type { OldJpeg } from './old-jpeg.ts';
import type { StoredSamples } from './samples/stored-samples.ts';
import type { TileTable } from './tile-table.ts';

/** One directory's image, in tiles or in strips, which are tiles as wide as the image. */
export interface TiledImage extends Size {
  readonly tile: Size;
  /** The last strip has only the rows that are left; tiles are always whole. */
  readonly isStriped: boolean;
  readonly samples: StoredSamples;
  readonly compression: Compression;
  /** As in the Compression tag. */
  readonly compressionNumber: number;
  readonly predictor: Predictor;
  /** Where each tile begins, row by row, plane after plane. */
  readonly offsets: TileTable;
  readonly byteCounts: TileTable;
  /** Unread and unchecked. */
  readonly jpegTables: Entry | undefined;
  /** What its tiles share where they are old-style JPEG. */
  readonly oldJpeg: OldJpeg | undefined;
  readonly hasYcbcrSubsampling: boolean;
  /** T4Options or T6Options, whichever the compression has. */
  readonly faxOptions: number;
}

/** 1 none, 2 each sample as its difference from the one to its left, 3 the same for the bytes of real numbers. */
export type Predictor = 1 | 2 | 3;

/** A way of storing tiles. */
export interface Compression {
  /** Whether the Predictor tag means anything with it. */
  readonly hasPredictor: boolean;
  /** Whether decoding gives one byte for each sample, whatever the directory says, and RGB for YCbCr. */
  readonly givesBytes: boolean;
  /** Whether samples of more than 8 bits come out of it as 16, in this machine's order, instead. */
  readonly isDeep?: boolean;
  /** Whether planes that are stored apart come out of it interleaved. */
  readonly joinsPlanes?: boolean;
  /** Whether it sees to FillOrder itself. */
  readonly ordersBits: boolean;
  /** Prepares what all tiles of an image share. @throws CorruptSource, UnsupportedSource */
  open(image: TiledImage, context: DecodeContext): TileCodec | Promise<TileCodec>;
}

/** Decodes the tiles of one image. */
export interface TileCodec {
  /**
   * The samples of a whole tile as they are packed, before prediction is undone. They may be `stored` itself.
   *
   * @param rows - those of the tile, fewer than usual in the last strip
   * @throws CorruptSource, UnsupportedSource
   */
  decode(stored: Uint8Array, rows: number): Uint8Array | Promise<Uint8Array>;
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
  /** What the keys of the file's kept tiles begin with. */
  readonly prefix: string;
}

/** Bands of one tile: those of one plane where planes are stored apart. */
export function tileBands({ samples }: Pick<TiledImage, 'samples'>): number {
  return samples.isPlanar ? 1 : samples.count;
}

/** Length in bytes of so many rows of a tile as they are packed once decompressed. */
export function packedLength(image: Pick<TiledImage, 'tile' | 'samples'>, rows: number): number {
  const { tile, samples } = image;
  const { horizontal, vertical } = samples.subsampling;
  if (horizontal * vertical === 1) return rows * Math.ceil((tile.width * tileBands(image) * samples.bits) / 8);
  return Math.ceil(tile.width / horizontal) * Math.ceil(rows / vertical) * (horizontal * vertical + 2);
}
