import type { Colour } from '../../image/colour.ts';
import { clamp } from '../../image/geometry.ts';
import { type BytePixels, toEightBits } from '../../image/operations/eight-bits.ts';
import type { BufferPool } from '../buffer-pool.ts';
import { asBuffer, LARGEST_SYNCHRONOUS_PIXELS, type Turbo } from '../jpeg/turbo.ts';
import { rawSharp } from '../raw-sharp.ts';
import type { Chroma } from '../tiff-writer/tile-format.ts';
import type { Encoder } from './encoder.ts';
import { opaque } from './opaque.ts';

/** What the JPEG encoder works with; without the binding sharp does the same, slower. */
interface JpegTools {
  readonly turbo: Turbo | undefined;
  readonly pool: BufferPool;
  readonly defaultQuality: number;
  readonly matte: Colour;
  /** 4:2:0 where nothing is said. */
  readonly chroma?: Chroma;
}

/** Baseline JPEG, grey or RGB; transparent pixels show the matte. Quality 0 counts as 1, the lowest the library knows. */
export function createJpegEncoder({ turbo, pool, defaultQuality, matte, chroma = '4:2:0' }: JpegTools): Encoder {
  return (pixels, format) => {
    const quality = clamp(format.quality ?? defaultQuality, 1, 100);
    const flat = toEightBits(opaque(pixels, matte));
    return turbo ? encodeWithTurbo(flat, quality, { turbo, pool, chroma }) : encodeWithSharp(flat, quality, chroma);
  };
}

async function encodeWithTurbo(
  pixels: BytePixels,
  quality: number,
  { turbo, pool, chroma }: { turbo: Turbo; pool: BufferPool; chroma: Chroma },
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
  const encoded = await encode(asBuffer(pixels.data), asBuffer(target), options);
  const copy = Uint8Array.prototype.slice.call(encoded); // Buffer's own slice would share the pooled memory
  pool.give(target);
  return copy;
}

function encodeWithSharp(pixels: BytePixels, quality: number, chroma: Chroma): Promise<Uint8Array> {
  return rawSharp(pixels).jpeg({ quality, chromaSubsampling: chroma, optimiseCoding: false }).toBuffer();
}
