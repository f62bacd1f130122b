import { clamp } from '../../image/geometry.ts';
import { toEightBits } from '../../image/operations/eight-bits.ts';
import { rawSharp } from '../raw-sharp.ts';
import type { EncodablePixels, EncodedForm, Encoder, EncodingDefaults } from './encoder.ts';
import { withBands } from './with-bands.ts';

/** WebP at its fastest effort; a quality below 0 is lossless. */
export function createWebpEncoder({ webpQuality }: Pick<EncodingDefaults, 'webpQuality'>): Encoder {
  return (pixels, format) => {
    const quality = format.quality ?? webpQuality;
    const settings = quality < 0 ? { lossless: true } : { quality: clamp(quality, 1, 100) };
    return rawSharp(toEightBits(withBands(pixels, 4)))
      .webp({ ...settings, effort: 0 })
      .toBuffer();
  };
}

/** AVIF at its fastest effort, 4:2:0; a quality below 0 is lossless. sharp's encoder is aom, whatever is asked for. */
export function createAvifEncoder({ avifQuality }: Pick<EncodingDefaults, 'avifQuality'>): Encoder {
  return (pixels, format) => {
    const quality = format.quality ?? avifQuality;
    const settings =
      quality < 0
        ? { lossless: true, chromaSubsampling: '4:4:4' }
        : { quality: clamp(quality, 1, 100), chromaSubsampling: '4:2:0' };
    return rawSharp(withBands(pixels, 4))
      .avif({ ...settings, effort: 0, bitdepth: bitsOf(pixels, format) })
      .toBuffer();
  };
}

/** 10 where they hold all there is: many decoders know no profile of AV1 with 12. */
function bitsOf({ sample }: EncodablePixels, { significantBits = 16 }: EncodedForm): 8 | 10 | 12 {
  if (sample === 'uint8') return 8;
  return significantBits <= 10 ? 10 : 12;
}

/** GIF of up to 256 colours, dithered; pixels are opaque or not there at all. */
export function encodeGif(pixels: EncodablePixels): Promise<Uint8Array> {
  return rawSharp(toEightBits(withBands(pixels, 4)))
    .gif({ effort: 4 })
    .toBuffer();
}
