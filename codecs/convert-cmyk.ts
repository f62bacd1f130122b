import sharp from 'sharp';
import type { BytePixels } from '../image/operations/eight-bits.ts';
import { wrapStrip } from './tiff/mini-tiff.ts';

/**
 * CMYK bytes as sRGB through their colour profile, as many bands as there are without black. Undefined where the profile is
 * damaged or not one of CMYK.
 */
export async function convertCmyk(pixels: BytePixels, profile: Uint8Array): Promise<Uint8Array | undefined> {
  const { width, height } = pixels;
  if (!isCmykProfile(profile)) return undefined;
  try {
    const file = wrapStrip(fourInks(pixels), tagsOf(pixels, profile));
    const options = { failOn: 'error', limitInputPixels: false } as const;
    const { data, info } = await sharp(file, options).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
    return info.channels === 3 && data.byteLength === width * height * 3 ? spaced(data, pixels.bands - 1) : undefined;
  } catch {
    return undefined;
  }
}

/** @see ICC.1 §7.2: the data colour space is at offset 16, the signature at 36 */
function isCmykProfile(profile: Uint8Array): boolean {
  const text = (start: number) => String.fromCharCode(...profile.subarray(start, start + 4));
  return profile.byteLength > 128 && text(16) === 'CMYK' && text(36) === 'acsp';
}

function tagsOf({ width, height }: BytePixels, profile: Uint8Array): Map<number, number | Uint8Array> {
  return new Map<number, number | Uint8Array>([
    [256, width],
    [257, height],
    [258, new Uint8Array(Uint16Array.of(8, 8, 8, 8).buffer)],
    [259, 1],
    [262, 5],
    [277, 4],
    [278, height],
    [34675, profile],
  ]);
}

function fourInks({ data, bands, width, height }: BytePixels): Uint8Array {
  if (bands === 4) return data;
  const inks = new Uint8Array(width * height * 4);
  for (let from = 0, to = 0; to < inks.length; from += bands, to += 4) inks.set(data.subarray(from, from + 4), to);
  return inks;
}

/** RGB with room for opacity where `bands` has it. */
function spaced(rgb: Uint8Array, bands: number): Uint8Array {
  if (bands === 3) return rgb;
  const output = new Uint8Array((rgb.length / 3) * bands);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += bands) output.set(rgb.subarray(from, from + 3), to);
  return output;
}
