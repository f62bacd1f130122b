import type { BufferPool } from '../buffer-pool.ts';
import type { Turbo } from '../jpeg/turbo.ts';
import { createJpegEncoder } from './encode-jpeg.ts';
import { createAvifEncoder, createPngEncoder, createTiffEncoder, createWebpEncoder } from './encode-with-sharp.ts';
import type { Encoders, EncodingDefaults } from './encoder.ts';

/** One encoder for each format name. */
export function createEncoders(
  defaults: EncodingDefaults,
  { turbo, pool }: { readonly turbo: Turbo | undefined; readonly pool: BufferPool },
): Encoders {
  return {
    jpeg: createJpegEncoder({ turbo, pool, defaultQuality: defaults.jpegQuality, matte: defaults.matte }),
    png: createPngEncoder(defaults),
    webp: createWebpEncoder(defaults),
    avif: createAvifEncoder(defaults),
    tiff: createTiffEncoder(defaults),
  };
}
