import type { BufferPool } from '../buffer-pool.ts';
import type { Turbo } from '../jpeg/turbo.ts';
import type { Jpeg2000Codec } from '../jpeg2000/codec-pool.ts';
import type { Kernels } from '../kernels/load-kernels.ts';
import type { TakeTurn } from '../turns.ts';
import { createJp2Encoder } from './encode-jp2.ts';
import { createJpegEncoder } from './encode-jpeg.ts';
import { createPdfEncoder } from './encode-pdf.ts';
import { createPngEncoder } from './encode-png.ts';
import { createTiffEncoder } from './encode-tiff.ts';
import { createAvifEncoder, createGifEncoder, createWebpEncoder } from './encode-with-sharp.ts';
import type { Encoders, EncodingDefaults } from './encoder.ts';

/** What encoders work with. */
export interface EncodeTools {
  readonly turbo: Turbo | undefined;
  readonly pool: BufferPool;
  readonly kernels: Kernels;
  readonly takeTurn: TakeTurn;
  readonly jpeg2000: Jpeg2000Codec;
}

/** One encoder for each format name. */
export function createEncoders(defaults: EncodingDefaults, tools: EncodeTools): Encoders {
  const jpeg = createJpegEncoder({ ...tools, defaultQuality: defaults.jpegQuality, matte: defaults.matte });
  return {
    jpeg,
    png: createPngEncoder(defaults, tools),
    webp: createWebpEncoder(defaults, tools),
    avif: createAvifEncoder(defaults, tools),
    tiff: createTiffEncoder(defaults, tools),
    gif: createGifEncoder(tools),
    pdf: createPdfEncoder(jpeg, defaults, tools),
    jp2: createJp2Encoder(defaults, tools),
  };
}
