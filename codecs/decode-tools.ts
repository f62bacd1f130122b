import type { Size } from '../image/geometry.ts';
import { type BufferPool, createBufferPool } from './buffer-pool.ts';
import { createDecodeWatch, type DecodeWatch } from './decode-watch.ts';
import { createFaxDecoder } from './fax/decode-fax.ts';
import { createFlatTools, type FlatTools } from './flat/flat-tools.ts';
import { createJpegDecoder } from './jpeg/decode-jpeg.ts';
import { createJpeg2000Tools, type Jpeg2000Tools } from './jpeg2000/jpeg2000-tools.ts';
import { type Kernels, loadKernels } from './kernels/load-kernels.ts';
import { createKeptTiles, type KeptTiles } from './tiff/kept-tiles.ts';
import { createTurns, type TakeTurn } from './turns.ts';
import { createWebpDecoder } from './webp/decode-webp.ts';

/** What an encoded picture has to decode to: 8-bit grey, RGB, or four bands of CMYK or RGB with alpha. */
export type ExpectedPixels = Size & { readonly bands: 1 | 3 | 4 };

export interface JpegDecoder {
  /**
   * Decodes one complete JPEG stream, the size being what its frame header must declare. Four bands are what is coded.
   *
   * @returns interleaved samples, `width * height * bands` bytes; they belong to the caller, who may hand them to the pool
   * @throws CorruptSource on any warning, and when the stream is of another size
   */
  decode(jpeg: Uint8Array, expected: ExpectedPixels): Promise<Uint8Array>;
}

export interface WebpDecoder {
  /**
   * Decodes one WebP file; transparency is dropped unless four bands are expected.
   *
   * @returns interleaved samples, `width * height * bands` bytes, which belong to the caller
   * @throws CorruptSource on any warning, and when the picture is of another size
   */
  decode(webp: Uint8Array, expected: ExpectedPixels): Promise<Uint8Array>;
}

export interface FaxDecoder {
  /**
   * Decodes one strip of CCITT data.
   *
   * @returns a byte for each pixel, 0 or 255 as its bit is 0 or 1
   * @throws CorruptSource
   */
  decode(strip: Uint8Array, coding: FaxCoding): Promise<Uint8Array>;
}

/** How a strip of CCITT data is coded, in TIFF's numbers. */
export type FaxCoding = Size & {
  readonly compression: number;
  readonly options: number;
  readonly isReversed: boolean;
};

/** What the readers of all formats share; made once per process. */
export interface DecodeTools {
  readonly pool: BufferPool;
  readonly jpeg: JpegDecoder;
  readonly webp: WebpDecoder;
  readonly kernels: Kernels;
  readonly takeTurn: TakeTurn;
  readonly fax: FaxDecoder;
  readonly jpeg2000: Jpeg2000Tools;
  readonly flat: FlatTools;
  readonly watch: DecodeWatch;
  readonly keptTiles: KeptTiles;
}

/** Threads where nothing is said: tests decode no more at once. */
const THREADS = 2;
/** Decoded pixels of one picture where nothing is said. */
const MOST_DECODED_BYTES = 320 * 2 ** 20;
/** Decoded tiles that are kept for their neighbours: three rows of a view. */
const MOST_KEPT_BYTES = 8 * 2 ** 20;

/**
 * The tools this machine has: libjpeg-turbo where its binding loads, else sharp.
 *
 * @param threads - how many JPEG 2000 jobs run at once, and how many flat pictures are decoded
 * @param maxDecodedBytes - of one flat picture; as much is kept of all
 */
export function createDecodeTools(
  pool: BufferPool = createBufferPool(),
  threads = THREADS,
  maxDecodedBytes = MOST_DECODED_BYTES,
): DecodeTools {
  const kernels = loadKernels();
  const takeTurn = createTurns();
  return {
    pool,
    jpeg: createJpegDecoder({ kernels, pool, takeTurn }),
    webp: createWebpDecoder({ kernels, pool }),
    kernels,
    takeTurn,
    fax: createFaxDecoder(),
    jpeg2000: createJpeg2000Tools(threads),
    flat: createFlatTools({ threads, maxDecodedBytes }),
    watch: createDecodeWatch(),
    keptTiles: createKeptTiles(Math.min(MOST_KEPT_BYTES, maxDecodedBytes), pool),
  };
}
