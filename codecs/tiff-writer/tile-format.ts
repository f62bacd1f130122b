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

const COMPRESSION = { none: 1, lzw: 5, jpeg: 7, deflate: 8, webp: 50_001 };
const PHOTOMETRIC = { gray: 1, rgb: 2, ycbcr: 6, cielab: 8 };

/**
 * Tiles that are JPEG streams complete in themselves: they carry their tables, so a reader needs no JPEGTables tag.
 *
 * @param encode - for three bands it writes YCbCr with chroma halved in both directions (4:2:0)
 */
export function jpegTiles(bands: 1 | 3, encode: TileEncoder): TileFormat {
  const compression = COMPRESSION.jpeg;
  if (bands === 1) return { compression, photometric: PHOTOMETRIC.gray, encode };
  return { compression, photometric: PHOTOMETRIC.ycbcr, chromaSubsampling: [2, 2], encode };
}

/** Tiles that are the samples as they stand: grey with up to two bands, else RGB. */
export function rawTiles(bands: number): TileFormat {
  const photometric = bands < 3 ? PHOTOMETRIC.gray : PHOTOMETRIC.rgb;
  return { compression: COMPRESSION.none, photometric, encode: (pixels) => pixels };
}

/** What the samples of tiles are. */
export interface TileShape {
  readonly photometric: 'gray' | 'rgb' | 'cielab';
  readonly bands: number;
  readonly kind: SampleKind;
}

/**
 * Deflate after a predictor: differences of whole numbers, differences of the bytes of reals.
 *
 * CIELAB comes with a and b counted from 128, so that they can be averaged, and is stored with them signed.
 *
 * @param level - as zlib counts, 0 to 9
 */
export function deflateTiles(shape: TileShape, level?: number): TileFormat {
  const options = level === undefined ? {} : { level };
  return predictedTiles(COMPRESSION.deflate, shape, (bytes) => compress(bytes, options));
}

/** LZW after the same predictors. */
export function lzwTiles(shape: TileShape, encode: (bytes: Uint8Array) => Uint8Array): TileFormat {
  return predictedTiles(COMPRESSION.lzw, shape, encode);
}

function predictedTiles(
  compression: number,
  { photometric, bands, kind }: TileShape,
  pack: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>,
): TileFormat {
  const layout = { bands, bytes: SAMPLE_KINDS[kind].bytes };
  const predict = kind === 'float32' ? predictReals : predictHorizontally;
  return {
    compression,
    photometric: PHOTOMETRIC[photometric],
    predictor: kind === 'float32' ? 3 : 2,
    encode(pixels, { width }) {
      if (photometric === 'cielab') signChroma(pixels);
      return pack(predict(pixels, { ...layout, width }));
    },
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

function signChroma(pixels: Uint8Array): void {
  for (let index = 0; index < pixels.length; index++) if (index % 3 !== 0) pixels[index] = (pixels[index] ?? 0) ^ 0x80;
}
