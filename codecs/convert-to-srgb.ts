import sharp, { type Sharp } from 'sharp';
import type { EncodablePixels } from './encode/encoder.ts';
import { withBands } from './encode/with-bands.ts';
import { rawSixteenBits } from './raw-sharp.ts';
import { wrapStrip } from './tiff/mini-tiff.ts';

/**
 * RGB as sRGB through its colour profile, alpha as it was; grey comes back as it is, and so do pixels whose profile
 * cannot be applied.
 */
export async function convertToSrgb(pixels: EncodablePixels, profile: Uint8Array): Promise<EncodablePixels> {
  if (pixels.bands < 3) return pixels;
  try {
    const { data } = withBands(pixels, 3);
    const strip = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const file = wrapStrip(strip, tagsOf(pixels, profile));
    const pipeline = sharp(file, { failOn: 'error', limitInputPixels: false });
    if (pixels.sample === 'uint16') {
      return { ...pixels, data: withColours(pixels, await deepSrgb(pipeline), (length) => new Uint16Array(length)) };
    }
    const rgb: Uint8Array = await pipeline.toColourspace('srgb').raw().toBuffer();
    return { ...pixels, data: withColours(pixels, rgb, (length) => new Uint8Array(length)) };
  } catch {
    return pixels;
  }
}

/** Without a profile of its own sharp would leave 16 bits in Display P3. */
function deepSrgb(pipeline: Sharp): Promise<Uint16Array> {
  return rawSixteenBits(pipeline.toColourspace('rgb16').withIccProfile('srgb'));
}

function tagsOf({ width, height, sample }: EncodablePixels, profile: Uint8Array): Map<number, number | Uint8Array> {
  const bits = sample === 'uint8' ? 8 : 16;
  return new Map<number, number | Uint8Array>([
    [256, width],
    [257, height],
    [258, new Uint8Array(Uint16Array.of(bits, bits, bits).buffer)],
    [259, 1],
    [262, 2],
    [277, 3],
    [278, height],
    [34675, profile],
  ]);
}

/**
 * The samples of the pixels with other colours.
 *
 * @throws RangeError where these are not three for each pixel
 */
function withColours<Samples extends Uint8Array | Uint16Array>(
  { data, bands, width, height }: EncodablePixels,
  rgb: Samples,
  room: (length: number) => Samples,
): Samples {
  if (rgb.length !== width * height * 3) throw new RangeError('colours of another size');
  if (bands === 3) return rgb;
  const output = room(data.length);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += bands) {
    output.set(rgb.subarray(from, from + 3), to);
    output[to + 3] = Number(data[to + 3]);
  }
  return output;
}
