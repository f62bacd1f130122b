import type { Size } from '../image/geometry.ts';
import { type BufferPool, createBufferPool } from './buffer-pool.ts';
import { createJpegDecoder } from './jpeg/decode-jpeg.ts';
import { createTurns, type TakeTurn } from './turns.ts';
import { createWebpDecoder } from './webp/decode-webp.ts';
import { createZstandardDecoder } from './zstandard/decode-zstandard.ts';

/** What an encoded picture has to decode to: 8-bit grey or RGB. */
export type ExpectedPixels = Size & { readonly bands: 1 | 3 };

export interface JpegDecoder {
  /**
   * Decodes one complete JPEG stream, the size being what its frame header must declare.
   *
   * @returns interleaved samples, `width * height * bands` bytes; they belong to the caller, who may hand them to the pool
   * @throws CorruptSource on any warning, and when the stream is of another size
   */
  decode(jpeg: Uint8Array, expected: ExpectedPixels): Promise<Uint8Array>;
}

export interface WebpDecoder {
  /**
   * Decodes one WebP file; transparency is dropped.
   *
   * @returns interleaved samples, `width * height * bands` bytes, which belong to the caller
   * @throws CorruptSource on any warning, and when the picture is of another size
   */
  decode(webp: Uint8Array, expected: ExpectedPixels): Promise<Uint8Array>;
}

export interface ZstandardDecoder {
  /**
   * Decompresses one frame.
   *
   * @throws CorruptSource when it does not give exactly `byteLength` bytes
   */
  decode(frame: Uint8Array, byteLength: number): Promise<Uint8Array>;
}

/** What the readers of all formats share; made once per process. */
export interface DecodeTools {
  readonly pool: BufferPool;
  readonly jpeg: JpegDecoder;
  readonly webp: WebpDecoder;
  readonly zstandard: ZstandardDecoder;
  readonly takeTurn: TakeTurn;
}

/** The tools this machine has: libjpeg-turbo where its binding loads, else sharp. */
export function createDecodeTools(pool: BufferPool = createBufferPool()): DecodeTools {
  return {
    pool,
    jpeg: createJpegDecoder(pool),
    webp: createWebpDecoder(),
    zstandard: createZstandardDecoder(),
    takeTurn: createTurns(),
  };
}
