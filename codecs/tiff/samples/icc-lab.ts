import type { SampleType } from '../../../image/source.ts';
import type { Recolour } from './to-pixels.ts';

/**
 * Turns ICC's encoding of CIELAB into TIFF's: the second and third band are offset there instead of signed, and in 16 bits
 * a lightness of 100 is 0xff00.
 *
 * @see Adobe Photoshop TIFF technical notes, "ICC L*a*b*"
 */
export function iccLabToCielab(bands: number, sample: SampleType): Recolour {
  const signBit = sample === 'uint8' ? 0x80 : 0x8000;
  const lightness = sample === 'uint8' ? 1 : 65_535 / 65_280;
  return (pixels) => {
    for (let start = 0; start < pixels.length; start += bands) {
      pixels[start] = Math.min(65_535, Math.round(Number(pixels[start]) * lightness));
      pixels[start + 1] = Number(pixels[start + 1]) ^ signBit;
      pixels[start + 2] = Number(pixels[start + 2]) ^ signBit;
    }
  };
}
