import sharp from 'sharp';
import { CorruptSource } from '../../image/errors.ts';
import type { BufferPool } from '../buffer-pool.ts';
import type { ExpectedPixels, WebpDecoder } from '../decode-tools.ts';
import type { Kernels } from '../kernels/load-kernels.ts';
import { readWebpHeader } from './webp-header.ts';

/** Up to here pictures are decoded at once: handing one to other threads through sharp costs more than twice as much. */
const LARGEST_SYNCHRONOUS_PIXELS = 512 * 512;

/** WebP as it is stored, without colour management. */
export function createWebpDecoder({ kernels, pool }: { kernels: Kernels; pool: BufferPool }): WebpDecoder {
  return {
    async decode(webp, expected) {
      const header = readWebpHeader(webp);
      if (header.width !== expected.width || header.height !== expected.height || header.isAnimated) {
        throw new CorruptSource(`WebP picture is ${header.width} x ${header.height}`);
      }
      const { width, height, bands } = expected;
      if (bands === 1 || width * height > LARGEST_SYNCHRONOUS_PIXELS) return decodeWithSharp(webp, expected);
      const pixels = pool.take(width * height * bands);
      const isWhole = kernels.run((kernel) => {
        const input = kernel.put(webp);
        const output = kernel.allocate(pixels.byteLength);
        const { byteLength } = pixels;
        const done = kernel.call('decode_webp', input, webp.byteLength, output, byteLength, width * bands, bands);
        kernel.get(output, pixels);
        return done === 1;
      });
      if (isWhole) return pixels;
      pool.give(pixels);
      throw new CorruptSource('WebP picture cannot be decoded');
    },
  };
}

async function decodeWithSharp(webp: Uint8Array, { width, height, bands }: ExpectedPixels): Promise<Uint8Array> {
  const picture = sharp(webp, { failOn: 'warning', ignoreIcc: true });
  const { data, info } = await (bands === 4 ? picture.ensureAlpha() : picture.removeAlpha())
    .toColourspace(bands === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw new CorruptSource('WebP picture cannot be decoded', { cause });
    });
  if (data.byteLength !== width * height * bands) {
    throw new CorruptSource(`WebP picture is ${info.width} x ${info.height} with ${info.channels} bands`);
  }
  return data;
}
