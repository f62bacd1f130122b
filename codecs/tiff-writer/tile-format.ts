import type { Size } from '../../image/geometry.ts';

/**
 * Encodes one whole tile.
 *
 * @param pixels - 8-bit samples, bands interleaved, rows unpadded; belongs to the encoder
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
  readonly encode: TileEncoder;
}

const COMPRESSION = { none: 1, jpeg: 7 };
const PHOTOMETRIC = { gray: 1, rgb: 2, ycbcr: 6 };

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
