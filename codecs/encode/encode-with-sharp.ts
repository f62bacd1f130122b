import type { WebpOptions } from 'sharp';
import { clamp } from '../../image/geometry.ts';
import { rawSharp } from '../raw-sharp.ts';
import type { TakeTurn } from '../turns.ts';
import { inEightBits } from './eight-bits.ts';
import type { EncodablePixels, EncodedForm, Encoder, EncodingDefaults } from './encoder.ts';
import { withBands } from './with-bands.ts';

/** What an encoder around sharp works with itself. */
interface Tools {
  readonly takeTurn: TakeTurn;
}

/** WebP at its fastest effort; a quality below 0 is lossless. */
export function createWebpEncoder(
  { webpQuality }: Pick<EncodingDefaults, 'webpQuality'>,
  { takeTurn }: Tools,
): Encoder {
  return async (pixels, format, signal) => {
    const turns = { takeTurn, signal };
    return rawSharp(await inEightBits(await withBands(pixels, 4, turns), turns))
      .webp(webpSettings(format.quality ?? webpQuality))
      .toBuffer();
  };
}

/** What sharp is to be told for WebP of a quality as requests have it: below 0 nothing is lost. */
export function webpSettings(quality: number): WebpOptions {
  return { ...(quality < 0 ? { lossless: true } : { quality: clamp(quality, 1, 100) }), effort: 0 };
}

/** AVIF at its fastest effort, 4:2:0; a quality below 0 is lossless. sharp's encoder is aom, whatever is asked for. */
export function createAvifEncoder(
  { avifQuality }: Pick<EncodingDefaults, 'avifQuality'>,
  { takeTurn }: Tools,
): Encoder {
  return async (pixels, format, signal) => {
    const quality = format.quality ?? avifQuality;
    const settings =
      quality < 0
        ? { lossless: true, chromaSubsampling: '4:4:4' }
        : { quality: clamp(quality, 1, 100), chromaSubsampling: '4:2:0' };
    return rawSharp(await withBands(pixels, 4, { takeTurn, signal }))
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
export function createGifEncoder({ takeTurn }: Tools): Encoder {
  return async (pixels, _, signal) => {
    const turns = { takeTurn, signal };
    return rawSharp(await inEightBits(await withBands(pixels, 4, turns), turns))
      .gif({ effort: 4 })
      .toBuffer();
  };
}
