import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import type { Size } from '../../image/geometry.ts';
import { predictHorizontally, predictReals } from './predict.ts';
import { SAMPLE_KINDS, type SampleKind } from './samples.ts';

const compress = promisify(deflate);

/**
 * Encodes one whole tile.
 *
 * @param pixels - the bytes of the samples, least significant first, bands interleaved, rows unpadded; belongs to the
 *   encoder
 */
export type TileEncoder = (pixels: Uint8Array, size: Size) => Uint8Array | Promise<Uint8Array>;

/** How tiles are stored, in TIFF's own numbers. */
export interface TileFormat {
  /** @see TIFF 6.0 section 8, tag 259 */
  readonly compression: number;
  /** @see TIFF 6.0 section 8, tag 262 */
  readonly photometric: number;
  /** How many pixels share a chroma sample, across and down. */
  readonly chromaSubsampling?: readonly [number, number];
  /** @see TIFF 6.0 section 14, tag 317 */
  readonly predictor?: number;
  /** How many bands come out, where not as many as go in. */
  readonly bands?: number;
  readonly encode: TileEncoder;
}

const COMPRESSION = { none: 1, lzw: 5, jpeg: 7, deflate: 8, zstandard: 50_000, webp: 50_001 };
const PHOTOMETRIC = { gray: 1, rgb: 2, cmyk: 5, ycbcr: 6, cielab: 8 };

/** How colours are stored beside lightness: half as many in both directions, or all of them. */
export type Chroma = '4:2:0' | '4:4:4';

/**
 * Tiles that are JPEG streams complete in themselves: they carry their tables, so a reader needs no JPEGTables tag.
 *
 * @param encode - for three bands it writes YCbCr with that chroma
 */
export function jpegTiles(bands: 1 | 3, encode: TileEncoder, chroma: Chroma = '4:2:0'): TileFormat {
  const compression = COMPRESSION.jpeg;
  if (bands === 1) return { compression, photometric: PHOTOMETRIC.gray, encode };
  return {
    compression,
    photometric: PHOTOMETRIC.ycbcr,
    chromaSubsampling: chroma === '4:2:0' ? [2, 2] : [1, 1],
    encode,
  };
}

/** What the samples of tiles are. CIELAB comes with a and b counted from the middle, so that they can be averaged. */
export interface TileShape {
  readonly photometric: 'gray' | 'rgb' | 'cielab' | 'cmyk';
  readonly bands: number;
  readonly kind: SampleKind;
}

/** Tiles that are the samples as they stand. */
export function rawTiles(shape: TileShape): TileFormat {
  const encode: TileEncoder = (pixels) => storedSamples(pixels, shape);
  return { compression: COMPRESSION.none, photometric: PHOTOMETRIC[shape.photometric], encode };
}

/**
 * Deflate after a predictor: differences of whole numbers, differences of the bytes of reals.
 *
 * @param level - as zlib counts, 0 to 9
 */
export function deflateTiles(shape: TileShape, level?: number): TileFormat {
  const options = level === undefined ? {} : { level };
  return predictedTiles(COMPRESSION.deflate, shape, (bytes) => compress(bytes, options));
}

/** Zstandard after the same predictors. */
export function zstandardTiles(shape: TileShape, encode: (bytes: Uint8Array) => Promise<Uint8Array>): TileFormat {
  return predictedTiles(COMPRESSION.zstandard, shape, encode);
}

/** LZW after the same predictors. */
export function lzwTiles(shape: TileShape, encode: (bytes: Uint8Array) => Uint8Array): TileFormat {
  return predictedTiles(COMPRESSION.lzw, shape, encode);
}

function predictedTiles(
  compression: number,
  shape: TileShape,
  pack: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>,
): TileFormat {
  const layout = { bands: shape.bands, bytes: SAMPLE_KINDS[shape.kind].bytes };
  const predict = shape.kind === 'float32' ? predictReals : predictHorizontally;
  return {
    compression,
    photometric: PHOTOMETRIC[shape.photometric],
    predictor: shape.kind === 'float32' ? 3 : 2,
    encode: (pixels, { width }) => pack(predict(storedSamples(pixels, shape), { ...layout, width })),
  };
}

/**
 * Tiles that are WebP files, three bands or with opacity four, whatever they are made of.
 *
 * @param hasAlpha - whether `encode` is given opacity
 * @see libtiff's tag 50001
 */
export function webpTiles(hasAlpha: boolean, encode: TileEncoder): TileFormat {
  return { compression: COMPRESSION.webp, photometric: PHOTOMETRIC.rgb, bands: hasAlpha ? 4 : 3, encode };
}

/** The same bytes, changed where they lie to what TIFF has for them. */
function storedSamples(pixels: Uint8Array, { photometric, bands, kind }: TileShape): Uint8Array {
  if (photometric === 'cielab') signChroma(pixels, bands, SAMPLE_KINDS[kind].bytes);
  return pixels;
}

/**
 * Turns a and b of CIELAB from numbers counted from the middle into signed ones, or back; real numbers stay as they are.
 *
 * @param pixels - bytes, the least significant of a sample first
 * @param bytes - of each sample
 */
export function signChroma(pixels: Uint8Array, bands: number, bytes: number): void {
  if (bytes > 2) return;
  const pixelLength = bands * bytes;
  for (let at = bytes - 1; at < pixels.length; at += pixelLength) {
    pixels[at + bytes] = Number(pixels[at + bytes]) ^ 0x80;
    pixels[at + 2 * bytes] = Number(pixels[at + 2 * bytes]) ^ 0x80;
  }
}
