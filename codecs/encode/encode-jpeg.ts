import type { Colour } from '../../image/colour.ts';
import { clamp } from '../../image/geometry.ts';
import type { BytePixels } from '../../image/operations/eight-bits.ts';
import type { BufferPool } from '../buffer-pool.ts';
import { joinBytes } from '../join-bytes.ts';
import { asBuffer, LARGEST_SYNCHRONOUS_PIXELS, type Turbo } from '../jpeg/turbo.ts';
import type { Turns } from '../parts.ts';
import { rawSharp } from '../raw-sharp.ts';
import type { Chroma } from '../tiff-writer/tile-format.ts';
import type { TakeTurn } from '../turns.ts';
import { inEightBits } from './eight-bits.ts';
import type { Encoder } from './encoder.ts';
import { opaque } from './opaque.ts';

/** What the JPEG encoder works with; without the binding sharp does the same, slower. */
interface JpegTools {
  readonly turbo: Turbo | undefined;
  readonly pool: BufferPool;
  readonly takeTurn: TakeTurn;
  readonly defaultQuality: number;
  readonly matte: Colour;
  /** 4:2:0 where nothing is said. */
  readonly chroma?: Chroma;
}

/** Baseline JPEG, grey or RGB; transparent pixels show the matte. Quality 0 counts as 1, the lowest the library knows. */
export function createJpegEncoder({ turbo, pool, takeTurn, matte, chroma = '4:2:0', ...rest }: JpegTools): Encoder {
  return async (pixels, format, signal) => {
    const turns = { takeTurn, signal };
    const quality = clamp(format.quality ?? rest.defaultQuality, 1, 100);
    const flat = await inEightBits(await opaque(pixels, matte, turns), turns);
    return turbo
      ? encodeWithTurbo(flat, quality, { turbo, pool, chroma, turns })
      : encodeWithSharp(flat, quality, chroma);
  };
}

async function encodeWithTurbo(
  pixels: BytePixels,
  quality: number,
  { turbo, pool, chroma, turns }: { turbo: Turbo; pool: BufferPool; chroma: Chroma; turns: Turns },
): Promise<Uint8Array> {
  const { width, height, bands } = pixels;
  const options = {
    width,
    height,
    quality,
    format: bands === 1 ? turbo.FORMAT_GRAY : turbo.FORMAT_RGB,
    subsampling: bands === 1 ? turbo.SAMP_GRAY : chroma === '4:2:0' ? turbo.SAMP_420 : turbo.SAMP_444,
  };
  const target = pool.take(turbo.bufferSize(options));
  const encode = width * height <= LARGEST_SYNCHRONOUS_PIXELS ? turbo.compressSync : turbo.compress;
  try {
    const encoded = await encode(asBuffer(pixels.data), asBuffer(target), options);
    return await joinBytes([encoded], turns);
  } finally {
    pool.give(target);
  }
}

function encodeWithSharp(pixels: BytePixels, quality: number, chroma: Chroma): Promise<Uint8Array> {
  return rawSharp(pixels).jpeg({ quality, chromaSubsampling: chroma, optimiseCoding: false }).toBuffer();
}
