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
  readonly encode: TileEncoder;
}

const COMPRESSION = { none: 1, jpeg: 7, deflate: 8 };
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

/** Tiles that are the samples as they stand. */
export function rawTiles(bands: 1 | 3): TileFormat {
  const photometric = bands === 1 ? PHOTOMETRIC.gray : PHOTOMETRIC.rgb;
  return { compression: COMPRESSION.none, photometric, encode: (pixels) => pixels };
}

/**
 * Deflate after a predictor: differences of whole numbers, differences of the bytes of reals.
 *
 * CIELAB comes with a and b counted from 128, so that they can be averaged, and is stored with them signed.
 */
export function deflateTiles(photometric: 'gray' | 'rgb' | 'cielab', kind: SampleKind): TileFormat {
  const bands = photometric === 'gray' ? 1 : 3;
  const layout = { bands, bytes: SAMPLE_KINDS[kind].bytes };
  const predict = kind === 'float32' ? predictReals : predictHorizontally;
  return {
    compression: COMPRESSION.deflate,
    photometric: PHOTOMETRIC[photometric],
    predictor: kind === 'float32' ? 3 : 2,
    encode(pixels, { width }) {
      if (photometric === 'cielab') signChroma(pixels);
      return compress(predict(pixels, { ...layout, width }));
    },
  };
}

function signChroma(pixels: Uint8Array): void {
  for (let index = 0; index < pixels.length; index++) if (index % 3 !== 0) pixels[index] = (pixels[index] ?? 0) ^ 0x80;
}
