import { clamp } from '../../image/geometry.ts';
import { joinBytes } from '../join-bytes.ts';
import type { Jpeg2000Codec } from '../jpeg2000/codec-pool.ts';
import type { TakeTurn } from '../turns.ts';
import type { Encoder, EncodingDefaults } from './encoder.ts';
import { withBands } from './with-bands.ts';

/** Signal to noise of the lowest and of the highest quality, in decibels. */
const DECIBELS = { lowest: 25, highest: 50 } as const;

/** JP2 with 1 to 4 bands of 8 or 16 bits; a quality below 0 is lossless, others have the default of JPEG. */
export function createJp2Encoder(
  { jpegQuality }: Pick<EncodingDefaults, 'jpegQuality'>,
  { jpeg2000, takeTurn }: { readonly jpeg2000: Jpeg2000Codec; readonly takeTurn: TakeTurn },
): Encoder {
  return async (pixels, { quality = jpegQuality }, signal = new AbortController().signal) => {
    const turns = { takeTurn, signal };
    const { width, height, bands, hasAlpha, data } = await withBands(pixels, 4, turns);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const job = {
      kind: 'encode',
      size: { width, height },
      bands,
      bits: data instanceof Uint8Array ? 8 : 16,
      hasAlpha,
      decibels: quality < 0 ? undefined : decibelsOf(quality),
      pixels: await joinBytes([bytes], turns), // goes over to a thread
    } as const;
    return jpeg2000.encode(job, signal);
  };
}

function decibelsOf(quality: number): number {
  return DECIBELS.lowest + (clamp(quality, 0, 100) / 100) * (DECIBELS.highest - DECIBELS.lowest);
}
