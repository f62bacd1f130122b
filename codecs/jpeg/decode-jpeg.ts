import sharp from 'sharp';
import { CorruptSource } from '../../image/errors.ts';
import type { BufferPool } from '../buffer-pool.ts';
import type { ExpectedPixels, JpegDecoder } from '../decode-tools.ts';
import type { Kernels } from '../kernels/load-kernels.ts';
import type { TakeTurn } from '../turns.ts';
import { colourTransform } from './colour-transform.ts';
import { readJpegHeader } from './jpeg-header.ts';
import { asBuffer, LARGEST_SYNCHRONOUS_PIXELS, loadTurbo, type Turbo } from './turbo.ts';

const COLOURSPACES = { 1: 'b-w', 3: 'srgb', 4: 'cmyk' } as const;

/** What decoding takes. */
interface JpegTools {
  readonly kernels: Kernels;
  readonly pool: BufferPool;
  readonly takeTurn: TakeTurn;
}

/** Samples that are corrected before other work may get its turn. */
const PART_LENGTH = 3 * LARGEST_SYNCHRONOUS_PIXELS;
/** The kernel may change so many bytes beyond the samples. */
const SLACK = 48;

/** libjpeg-turbo where its optional binding loads, else sharp. */
export function createJpegDecoder(tools: JpegTools): JpegDecoder {
  const turbo = loadTurbo();
  const sharpDecoder = createSharpDecoder();
  if (!turbo) return sharpDecoder;
  const turboDecoder = createTurboDecoder(turbo, tools);
  // The binding gives no CMYK.
  return { decode: (jpeg, expected) => (expected.bands === 4 ? sharpDecoder : turboDecoder).decode(jpeg, expected) };
}

/** Grey and RGB, decoded straight into pooled memory; small pictures on the calling thread. */
function createTurboDecoder(turbo: Turbo, tools: JpegTools): JpegDecoder {
  const { pool } = tools;
  return {
    async decode(jpeg, expected) {
      const { width, height, bands } = expected;
      const pixels = pool.take(width * height * bands);
      try {
        await decompress(turbo, { jpeg, pixels, expected });
        if (bands === 3 && colourTransform(readJpegHeader(jpeg)) !== 0) await liftColours(pixels, tools);
        return pixels;
      } catch (cause) {
        pool.give(pixels);
        throw new CorruptSource('JPEG stream cannot be decoded', { cause });
      }
    },
  };
}

/** @throws Error on any warning, and when the stream is of another size */
async function decompress(
  turbo: Turbo,
  { jpeg, pixels, expected }: { jpeg: Uint8Array; pixels: Uint8Array; expected: ExpectedPixels },
): Promise<void> {
  const { width, height, bands } = expected;
  const options = { format: bands === 1 ? turbo.FORMAT_GRAY : turbo.FORMAT_RGB };
  const isSmall = width * height <= LARGEST_SYNCHRONOUS_PIXELS;
  const decoded = isSmall
    ? turbo.decompressSync(asBuffer(jpeg), asBuffer(pixels), options)
    : await turbo.decompress(asBuffer(jpeg), asBuffer(pixels), options);
  if (decoded.width !== width || decoded.height !== height) throw new Error(`${decoded.width} x ${decoded.height}`);
}

/**
 * The binding's fast DCT rounds down, by half a level on average. From luma and chroma together that takes 1.2 levels of red, 1.3
 * of blue and none of green, at every quality, and one of them is given back; grey has lost its half level in all three.
 */
async function liftColours(pixels: Uint8Array, { kernels, takeTurn }: JpegTools): Promise<void> {
  for (let start = 0; start < pixels.length; start += PART_LENGTH) {
    if (start > 0) await takeTurn();
    const part = pixels.subarray(start, start + PART_LENGTH);
    kernels.run((kernel) => {
      const address = kernel.put(part);
      kernel.allocate(SLACK);
      kernel.call('lift_colours', address, part.length);
      kernel.get(address, part);
    });
  }
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
