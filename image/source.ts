import type { Rect, Size } from './geometry.ts';
import type { Metadata, Orientation } from './metadata.ts';

/**
 * One resolution of a pyramid. `scaleFactor` is full-resolution width ÷ this width as the writer meant it: an integer
 * wherever the level is the full size divided by one and rounded either way.
 */
export type Level = Size & { readonly scaleFactor: number; readonly tile: Size };

/** All levels of an image, finest first. */
export type Pyramid = readonly [Level, ...Level[]];

export type Photometric = 'bilevel' | 'gray' | 'rgb' | 'cielab' | 'cmyk';

/** What the samples of an image are, once palettes and YCbCr are expanded. */
export interface PixelLayout {
  /** Channels per pixel, 1 or more, alpha included. */
  readonly bands: number;
  readonly photometric: Photometric;
  /** Whether the band after the colours is opacity. */
  readonly hasAlpha: boolean;
  /** As stored: 1 to 64. */
  readonly bitsPerSample: number;
  /** What the samples are once they are read; bytes where nothing is said. */
  readonly sample?: SampleType;
}

/** The number types of samples. Unsigned integers are widened to the next of them, all others become real numbers. */
export type SampleType = PixelBuffer['sample'];

/** The values shown as black and as white. */
export interface SampleRange {
  readonly min: number;
  readonly max: number;
}

/**
 * Row-major, bands interleaved, rows unpadded: `data.length === width * height * bands`. CIELAB integers are encoded as in
 * TIFF: lightness over the whole range of the type, the other two as two's complement of 8 bits and, in 16, 8 more after
 * the point. Ink of CMYK grows with the value.
 */
export type PixelBuffer = Size &
  Pick<PixelLayout, 'bands' | 'photometric' | 'hasAlpha'> &
  (
    | { readonly sample: 'uint8'; readonly data: Uint8Array }
    | { readonly sample: 'uint16'; readonly data: Uint16Array }
    | { readonly sample: 'uint32'; readonly data: Uint32Array }
    | { readonly sample: 'float32'; readonly data: Float32Array }
  );

/** A stored tile as a complete file of its format, byte for byte what the writer encoded. */
export interface EncodedTile {
  readonly type: 'jpeg' | 'webp';
  readonly bytes: Uint8Array;
}

/** What a file says of one of its pages. */
export interface PageLabel {
  /** Empty where it has none. */
  readonly name: string;
  /** What a sample has to be multiplied by to give the quantity it stands for, 1 where nothing is said. */
  readonly scale: number;
}

/** The pages of a file, in order. */
export interface Pages {
  readonly labels: readonly PageLabel[];
  /**
   * Opens one page as an image of its own. It lives as long as the source it comes from, and is closed with it.
   *
   * @param index - below the number of labels; 0 gives the source itself
   * @throws CorruptSource, UnsupportedSource when that page cannot be read
   */
  open(index: number): Promise<ImageSource>;
}

/** How the pixels of a level lie in the file. */
export interface StoredLevel {
  /** Tiles, strips and blocks of a codestream are parts that are decoded each by itself; a whole is decoded together. */
  readonly kind: 'tiles' | 'strips' | 'blocks' | 'whole';
  /** What is decoded together, in pixels of the level; at the edges less. */
  readonly part: Size;
  /** Parts that lie in each place: one for each band where bands are stored apart. */
  readonly planes: number;
  /** Pixels that are decoded for each pixel of the level: 1 where the level itself is stored. */
  readonly decodedPixels: number;
  /** How it is compressed, in the words of its format. */
  readonly compression: string;
  /** Whether pixels may have been changed by compressing them. */
  readonly isLossy: boolean;
}

/** How a JPEG 2000 codestream is laid out. */
export interface Codestream {
  /** Undefined where the image is one tile. */
  readonly tile?: Size;
  /** Of the finest resolution; undefined where precincts are not limited. */
  readonly precinct?: Size;
  readonly progression: string;
  /** How often the image is halved. */
  readonly decompositions: number;
  /** Whether it says where packets lie (PLT), of its first tile-part. */
  readonly hasPacketLengths: boolean;
}

/** An opened image. Only what differs between file formats belongs here. */
export interface ImageSource {
  /** The file format's name in lower case, for logs and metrics. */
  readonly format: string;
  /** Digest of the header and directories: the same bytes give the same digest on every machine. */
  readonly digest: string;
  readonly levels: Pyramid;
  readonly layout: PixelLayout;
  /** How each of the levels is stored, where the format tells. */
  readonly storage?: readonly StoredLevel[];
  /** Of JPEG 2000, how the codestream is laid out. @throws CorruptSource */
  codestream?(): Promise<Codestream>;
  /** Of a file that has more than one page, all of them; the source itself is the first. */
  readonly pages?: Pages;
  /** Quality layers the pixels are stored in, where there is more than one. */
  readonly layers?: number;
  /** What the file says is black and white, for each band; undefined where it does not. */
  readonly ranges?: readonly SampleRange[] | undefined;
  /**
   * Decodes one window of one level. The buffer belongs to the caller, who may hand its memory back to the pool.
   *
   * @param window - in the level's own pixels, inside the level
   * @param layers - the first so many quality layers; undefined for all
   * @throws CorruptSource when the stored bytes cannot be decoded
   */
  read(level: Level, window: Rect, signal: AbortSignal, layers?: number): Promise<PixelBuffer>;
  /**
   * The stored tile when it can go out untouched: never a cropped edge tile, only 8-bit grey or RGB, and only when a
   * viewer's decoder would show it as this server's own would.
   *
   * @throws CorruptSource when the stored bytes are not what the directory says
   */
  encodedTile(level: Level, column: number, row: number, signal: AbortSignal): Promise<EncodedTile | undefined>;
  /** How levels, windows and pixels have yet to be turned to stand upright. */
  readonly orientation: Orientation;
  /** The colour profile of `metadata`, without reading the rest; read once. */
  profile(): Promise<Uint8Array | undefined>;
  /** What the file says beside pixels; read when first asked for, and once. */
  metadata(): Promise<Metadata>;
  close(): Promise<void>;
}

/** One state of a file: when it is written or replaced it is in another. */
export interface FileState {
  /** Each character one byte. */
  readonly name: string;
  /** Of this state on this machine. */
  readonly identity: string;
}

/** Bytes at offsets: a file, later an HTTP range or an object in a store. */
export interface ByteSource {
  /** Which file of the server's it is, where it is one. */
  readonly file?: FileState;
  /** Length in bytes. */
  readonly size: number;
  /**
   * Reads exactly `length` bytes, which belong to the caller, who may hand their memory to the pool.
   *
   * @throws CorruptSource when the range does not lie inside the file
   */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
  close(): Promise<void>;
}
