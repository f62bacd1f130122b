import sharp from 'sharp';
import type { EncodablePixels } from './encode/encoder.ts';
import { withBands } from './encode/with-bands.ts';
import { wrapStrip } from './tiff/mini-tiff.ts';

/**
 * RGB as sRGB through its colour profile, alpha as it was; grey comes back as it is, and so do pixels whose profile
 * cannot be applied.
 */
export async function convertToSrgb(pixels: EncodablePixels, profile: Uint8Array): Promise<EncodablePixels> {
  const { width, height, bands } = pixels;
  if (bands < 3) return pixels;
  try {
    const file = wrapStrip(withBands(pixels, 3).data, tagsOf(pixels, profile));
    const options = { failOn: 'error', limitInputPixels: false } as const;
    const { data, info } = await sharp(file, options).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
    if (info.channels !== 3 || data.byteLength !== width * height * 3) return pixels;
    return { ...pixels, data: bands === 3 ? data : withColours(pixels, data) };
  } catch {
    return pixels;
  }
}

function tagsOf({ width, height }: EncodablePixels, profile: Uint8Array): Map<number, number | Uint8Array> {
  return new Map<number, number | Uint8Array>([
    [256, width],
    [257, height],
    [258, new Uint8Array(Uint16Array.of(8, 8, 8).buffer)],
    [259, 1],
    [262, 2],
    [277, 3],
    [278, height],
    [34675, profile],
  ]);
}

/** The pixels with other colours. */
function withColours({ data, bands }: EncodablePixels, rgb: Uint8Array): Uint8Array {
  const output = Uint8Array.from(data);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += bands) output.set(rgb.subarray(from, from + 3), to);
  return output;
}
