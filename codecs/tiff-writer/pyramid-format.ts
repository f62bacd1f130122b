import { MalformedRequest } from '../../image/errors.ts';
import { clamp } from '../../image/geometry.ts';
import type { PixelLayout } from '../../image/source.ts';
import type { BufferPool } from '../buffer-pool.ts';
import { WRITABLE_TIFF_COMPRESSIONS } from '../encode/encode-tiff.ts';
import { webpSettings } from '../encode/encode-with-sharp.ts';
import type { Turbo } from '../jpeg/turbo.ts';
import { rawSharp } from '../raw-sharp.ts';
import { createJpegTileEncoder } from './encode-jpeg-tile.ts';
import { encodeLzw } from './lzw.ts';
import {
  deflateTiles,
  jpegTiles,
  lzwTiles,
  rawTiles,
  type TileFormat,
  type TileShape,
  webpTiles,
} from './tile-format.ts';

/** The compressions a pyramid can have. */
export const PYRAMID_COMPRESSIONS = WRITABLE_TIFF_COMPRESSIONS;

export type PyramidCompression = (typeof PYRAMID_COMPRESSIONS)[number];

/** How tiles are to be compressed; quality is that of JPEG and WebP, 1 to 100, or the level of Deflate, 0 to 9. */
export interface PyramidCoding {
  readonly compression: PyramidCompression;
  readonly quality?: number | undefined;
}

/** What encodes the tiles of pyramids. */
export interface PyramidTools {
  readonly turbo: Turbo | undefined;
  readonly pool: BufferPool;
}

/** The least that cannot be told from the original: mean differences stay below one level. */
export const PYRAMID_QUALITY = 90;

/** From here on colours keep their resolution, as libvips has it: halved, they alone would show. */
const FULL_CHROMA_QUALITY = 90;

/** Pixels whose bands are only colours and opacity, as pictures have them. */
const PICTURE_BANDS = { gray: 1, bilevel: 1, rgb: 3 } as const;

/**
 * How the tiles of a pyramid of such pixels are written.
 *
 * @throws MalformedRequest where the compression has no place for them
 */
export function pyramidFormat(layout: PixelLayout, coding: PyramidCoding, tools: PyramidTools): TileFormat {
  const problem = problemOf(layout, coding.compression);
  if (problem) throw new MalformedRequest('compression', coding.compression, problem);
  const shape = shapeOf(layout);
  switch (coding.compression) {
    case 'none':
      return rawTiles(shape);
    case 'lzw':
      return lzwTiles(shape, encodeLzw);
    case 'deflate':
      return deflateTiles(shape, coding.quality && clamp(coding.quality, 0, 9));
    case 'jpeg':
      return jpegFormat(layout.bands === 1 ? 1 : 3, coding.quality ?? PYRAMID_QUALITY, tools);
    case 'webp':
      return webpFormat(layout, coding.quality ?? PYRAMID_QUALITY);
  }
}

/** JPEG where nothing more is lost by it than the file has lost already, else Deflate. */
export function suitableCompression(layout: PixelLayout, isLossy: boolean): PyramidCompression {
  return isLossy && problemOf(layout, 'jpeg') === undefined ? 'jpeg' : 'deflate';
}

/** Why a compression cannot hold pixels, as the end of a sentence; undefined where it can. */
function problemOf(layout: PixelLayout, compression: PyramidCompression): string | undefined {
  if (compression !== 'jpeg' && compression !== 'webp') return undefined;
  const { bands, photometric, hasAlpha, sample = 'uint8' } = layout;
  const lossless = 'deflate, lzw or none';
  if (sample !== 'uint8') return `${lossless} for samples of type ${sample}`;
  if (photometric === 'cielab' || photometric === 'cmyk') return `${lossless} for ${photometric.toUpperCase()}`;
  const extra = bands - PICTURE_BANDS[photometric] - (hasAlpha ? 1 : 0);
  if (extra > 0) return `${lossless} for ${bands} bands`;
  return compression === 'jpeg' && hasAlpha ? `webp, ${lossless} for pictures with opacity` : undefined;
}

function shapeOf({ photometric, bands, sample = 'uint8' }: PixelLayout): TileShape {
  return { photometric: photometric === 'bilevel' ? 'gray' : photometric, bands, kind: sample };
}

function jpegFormat(bands: 1 | 3, quality: number, tools: PyramidTools): TileFormat {
  const chroma = quality >= FULL_CHROMA_QUALITY ? '4:4:4' : '4:2:0';
  return jpegTiles(bands, createJpegTileEncoder(bands, quality, { ...tools, chroma }), chroma);
}

function webpFormat({ bands, hasAlpha }: PixelLayout, quality: number): TileFormat {
  const photometric = bands < 3 ? 'gray' : 'rgb';
  return webpTiles(hasAlpha, (data, size) =>
    rawSharp({ ...size, bands, photometric, hasAlpha, sample: 'uint8', data })
      .webp(webpSettings(quality))
      .toBuffer(),
  );
}
