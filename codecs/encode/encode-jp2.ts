import { clamp } from '../../image/geometry.ts';
import type { Jpeg2000Codec } from '../jpeg2000/codec-pool.ts';
import type { Encoder, EncodingDefaults } from './encoder.ts';
import { withBands } from './with-bands.ts';

/** Signal to noise of the lowest and of the highest quality, in decibels. */
const DECIBELS = { lowest: 25, highest: 50 } as const;

/** JP2 with 1 to 4 bands of 8 or 16 bits; a quality below 0 is lossless, others have the default of JPEG. */
export function createJp2Encoder(
  codec: Jpeg2000Codec,
  { jpegQuality }: Pick<EncodingDefaults, 'jpegQuality'>,
): Encoder {
  return (pixels, { quality = jpegQuality }) => {
    const { width, height, bands, hasAlpha, data } = withBands(pixels, 4);
    const { signal } = new AbortController(); // encoding goes on to its end, as in every other format
    const job = {
      kind: 'encode',
      size: { width, height },
      bands,
      bits: data instanceof Uint8Array ? 8 : 16,
      hasAlpha,
      decibels: quality < 0 ? undefined : decibelsOf(quality),
      pixels: new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(), // goes over to a thread
    } as const;
    return codec.encode(job, signal);
  };
}

function decibelsOf(quality: number): number {
  return DECIBELS.lowest + (clamp(quality, 0, 100) / 100) * (DECIBELS.highest - DECIBELS.lowest);
}
