import { MalformedRequest } from '../../image/errors.ts';
import { clamp } from '../../image/geometry.ts';
import { toEightBits } from '../../image/operations/eight-bits.ts';
import type { TiffCompression } from '../../image/request.ts';
import { rawSharp } from '../raw-sharp.ts';
import type { EncodablePixels, EncodedForm, Encoder, EncodingDefaults } from './encoder.ts';
import { opaque } from './opaque.ts';
import { withBands } from './with-bands.ts';

/** TIFF compressions that sharp's libtiff writes: it is built without Zstandard. */
export const WRITABLE_TIFF_COMPRESSIONS = [
  'none',
  'lzw',
  'deflate',
  'jpeg',
  'webp',
] as const satisfies readonly TiffCompression[];

/** PNG with 1 to 4 bands; fixed filters, so that the level alone decides speed and size. */
export function createPngEncoder({ pngLevel }: Pick<EncodingDefaults, 'pngLevel'>): Encoder {
  return (pixels, format) => {
    const compressionLevel = clamp(format.quality ?? pngLevel, 0, 9);
    return rawSharp(withBands(pixels, 4)).png({ compressionLevel, adaptiveFiltering: false }).toBuffer();
  };
}

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

/**
 * TIFF, one image in strips. The quality counts for JPEG and WebP; sharp leaves the levels of the others at their
 * defaults.
 */
export function createTiffEncoder(
  defaults: Pick<EncodingDefaults, 'tiffCompression' | 'tiffQuality' | 'matte'>,
): Encoder {
  return async (pixels, format) => {
    const compression = writableCompression(format.compression ?? defaults.tiffCompression);
    const quality = clamp(format.quality ?? defaults.tiffQuality, 1, 100);
    const isOpaque = compression === 'jpeg' || pixels.bands === 2; // sharp writes no alpha beside grey
    const flat = isOpaque ? opaque(pixels, defaults.matte) : withBands(pixels, 4);
    const pipeline = rawSharp(compression === 'jpeg' || compression === 'webp' ? toEightBits(flat) : flat);
    if (compression === 'webp') pipeline.toColourspace('srgb'); // WebP in TIFF has no grey
    return pipeline.tiff({ compression, quality, predictor: 'horizontal' }).toBuffer();
  };
}

function writableCompression(compression: TiffCompression): (typeof WRITABLE_TIFF_COMPRESSIONS)[number] {
  const writable = WRITABLE_TIFF_COMPRESSIONS.find((name) => name === compression);
  if (!writable) {
    throw new MalformedRequest('TIFF compression', compression, `one of ${WRITABLE_TIFF_COMPRESSIONS.join(', ')}`);
  }
  return writable;
}
