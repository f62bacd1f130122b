import { MalformedRequest, SizeOverLimit } from '../../image/errors.ts';
import { clamp } from '../../image/geometry.ts';
import type { BytePixels } from '../../image/operations/eight-bits.ts';
import type { TiffCompression } from '../../image/request.ts';
import type { BufferPool } from '../buffer-pool.ts';
import type { Turbo } from '../jpeg/turbo.ts';
import type { Turns } from '../parts.ts';
import { rawSharp } from '../raw-sharp.ts';
import { createJpegTileEncoder } from '../tiff-writer/encode-jpeg-tile.ts';
import { encodeLzw } from '../tiff-writer/lzw.ts';
import { writeStrips } from '../tiff-writer/strips.ts';
import {
  deflateTiles,
  jpegTiles,
  lzwTiles,
  rawTiles,
  type TileFormat,
  type TileShape,
  webpTiles,
  zstandardTiles,
} from '../tiff-writer/tile-format.ts';
import { zstandardEncoder } from '../tiff-writer/zstandard.ts';
import type { TakeTurn } from '../turns.ts';
import { inEightBits } from './eight-bits.ts';
import { webpSettings } from './encode-with-sharp.ts';
import type { EncodablePixels, Encoder, EncodingDefaults } from './encoder.ts';
import { opaque } from './opaque.ts';

/** Compressions that are written whatever the version of Node.js; Zstandard only from 22.15 on. */
export const WRITABLE_TIFF_COMPRESSIONS = [
  'none',
  'lzw',
  'deflate',
  'jpeg',
  'webp',
] as const satisfies readonly TiffCompression[];

interface TiffTools {
  readonly turbo: Turbo | undefined;
  readonly pool: BufferPool;
  readonly takeTurn: TakeTurn;
}

/** What becomes of pixels in one compression. */
interface Storage {
  readonly pixels: EncodablePixels;
  readonly format: TileFormat;
}

interface Coding {
  readonly compression: TiffCompression;
  readonly quality: number;
}

/** Longest rows of the files that strips are, in pixels. */
const WIDEST: Readonly<Partial<Record<TiffCompression, number>>> = { jpeg: 65_500, webp: 16_383 };

/**
 * TIFF, one image in strips: grey or RGB, with opacity but in JPEG, of 8 or 16 bits but in JPEG and WebP. Quality is the
 * level of Deflate, 0 to 9, or of Zstandard, 1 to 19, and that of JPEG and WebP up to 100; WebP below 0 is lossless.
 */
export function createTiffEncoder(
  defaults: Pick<EncodingDefaults, 'tiffCompression' | 'tiffQuality' | 'matte'>,
  tools: TiffTools,
): Encoder {
  const zstandard = zstandardEncoder();

  async function storageOf(pixels: EncodablePixels, coding: Coding, turns: Turns): Promise<Storage> {
    const { quality } = coding;
    switch (coding.compression) {
      case 'none':
        return { pixels, format: rawTiles(shapeOf(pixels)) };
      case 'lzw':
        return { pixels, format: lzwTiles(shapeOf(pixels), encodeLzw) };
      case 'deflate':
        return { pixels, format: deflateTiles(shapeOf(pixels), clamp(quality, 0, 9)) };
      case 'zstd':
        if (!zstandard) throw notWritable('zstd');
        return { pixels, format: zstandardTiles(shapeOf(pixels), (bytes) => zstandard(bytes, clamp(quality, 1, 19))) };
      case 'jpeg':
        return jpegStorage(await flatBytes(pixels, turns), clamp(quality, 1, 100), tools);
      case 'webp':
        return webpStorage(await inEightBits(pixels, turns), quality);
    }
  }

  async function flatBytes(pixels: EncodablePixels, turns: Turns): Promise<BytePixels> {
    return inEightBits(await opaque(pixels, defaults.matte, turns), turns);
  }

  return async (pixels, form, signal) => {
    const turns = { takeTurn: tools.takeTurn, signal };
    const compression = form.compression ?? defaults.tiffCompression;
    const widest = WIDEST[compression];
    if (widest && pixels.width > widest) throw new SizeOverLimit(pixels, `at most ${widest} pixels wide in this form`);
    const coding = { compression, quality: form.quality ?? defaults.tiffQuality };
    const storage = await storageOf(pixels, coding, turns);
    return writeStrips(storage.pixels, storage.format, turns);
  };
}

function shapeOf({ bands, sample }: EncodablePixels): TileShape {
  return { photometric: bands < 3 ? 'gray' : 'rgb', bands, kind: sample };
}

function jpegStorage(flat: BytePixels, quality: number, tools: TiffTools): Storage {
  const bands = flat.bands < 3 ? 1 : 3;
  return { pixels: flat, format: jpegTiles(bands, createJpegTileEncoder(bands, quality, tools)) };
}

function webpStorage(bytes: BytePixels, quality: number): Storage {
  const settings = webpSettings(quality);
  const format = webpTiles(bytes.hasAlpha, (data, size) =>
    rawSharp({ ...bytes, ...size, data })
      .webp(settings)
      .toBuffer(),
  );
  return { pixels: bytes, format };
}

function notWritable(compression: TiffCompression): MalformedRequest {
  const allowed = `one of ${WRITABLE_TIFF_COMPRESSIONS.join(', ')}; only Node.js from 22.15 on has an encoder for zstd`;
  return new MalformedRequest('TIFF compression', compression, allowed);
}
