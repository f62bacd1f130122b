import sharp from 'sharp';
import { CorruptSource } from '../../image/errors.ts';
import type { BufferPool } from '../buffer-pool.ts';
import type { ExpectedPixels, JpegDecoder } from '../decode-tools.ts';
import { asBuffer, LARGEST_SYNCHRONOUS_PIXELS, loadTurbo, type Turbo } from './turbo.ts';

const COLOURSPACES = { 1: 'b-w', 3: 'srgb', 4: 'cmyk' } as const;

/** libjpeg-turbo where its optional binding loads, else sharp. */
export function createJpegDecoder(pool: BufferPool): JpegDecoder {
  const turbo = loadTurbo();
  const sharpDecoder = createSharpDecoder();
  if (!turbo) return sharpDecoder;
  const turboDecoder = createTurboDecoder(turbo, pool);
  // The binding gives no CMYK.
  return { decode: (jpeg, expected) => (expected.bands === 4 ? sharpDecoder : turboDecoder).decode(jpeg, expected) };
}

/** Grey and RGB, decoded straight into pooled memory; small pictures on the calling thread. */
function createTurboDecoder(turbo: Turbo, pool: BufferPool): JpegDecoder {
  return {
    async decode(jpeg, expected) {
      const { width, height, bands } = expected;
      const pixels = pool.take(width * height * bands);
      try {
        const options = { format: bands === 1 ? turbo.FORMAT_GRAY : turbo.FORMAT_RGB };
        const isSmall = width * height <= LARGEST_SYNCHRONOUS_PIXELS;
        const decoded = isSmall
          ? turbo.decompressSync(asBuffer(jpeg), asBuffer(pixels), options)
          : await turbo.decompress(asBuffer(jpeg), asBuffer(pixels), options);
        if (decoded.width !== width || decoded.height !== height)
          throw new Error(`${decoded.width} x ${decoded.height}`);
        return pixels;
      } catch (cause) {
        pool.give(pixels);
        throw new CorruptSource('JPEG stream cannot be decoded', { cause });
      }
    },
  };
}

/** The same through sharp, about ten times slower. */
export function createSharpDecoder(): JpegDecoder {
  return {
    async decode(jpeg, expected) {
      const { data, info } = await decodeWithSharp(jpeg, expected).catch((cause: unknown) => {
        throw new CorruptSource('JPEG stream cannot be decoded', { cause });
      });
      const { width, height, bands } = expected;
      if (info.width !== width || info.height !== height || info.channels !== bands) {
        throw new CorruptSource(`JPEG stream is ${info.width} x ${info.height} with ${info.channels} components`);
      }
      return bands === 4 ? invert(data) : data;
    },
  };
}

/** libvips takes four components for inks as Adobe's JPEG files have them, 0 for all of it, and turns them round. */
function invert(data: Uint8Array): Uint8Array {
  for (let index = 0; index < data.length; index++) data[index] = 255 - Number(data[index]);
  return data;
}

function decodeWithSharp(jpeg: Uint8Array, { width, height, bands }: ExpectedPixels) {
  const picture = sharp(jpeg, { failOn: 'warning', ignoreIcc: true, limitInputPixels: width * height });
  // Else inks would go through sRGB, by a profile of sharp's own.
  return (bands === 4 ? picture.pipelineColourspace('cmyk') : picture)
    .toColourspace(COLOURSPACES[bands])
    .raw()
    .toBuffer({ resolveWithObject: true });
}
