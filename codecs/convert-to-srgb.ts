import sharp, { type Sharp } from 'sharp';
import { blankPixels } from '../image/operations/eight-bits.ts';
import type { EncodablePixels } from './encode/encoder.ts';
import { withBands } from './encode/with-bands.ts';
import { joinBytes } from './join-bytes.ts';
import { eachPart, rowsAtOnce, rowsOf, type Turns } from './parts.ts';
import { rawSixteenBits } from './raw-sharp.ts';
import { stripHeader } from './tiff/mini-tiff.ts';

/**
 * RGB as sRGB through its colour profile, alpha as it was; grey comes back as it is, and so do pixels whose profile
 * cannot be applied.
 */
export async function convertToSrgb(
  pixels: EncodablePixels,
  profile: Uint8Array,
  turns: Turns,
): Promise<EncodablePixels> {
  if (pixels.bands < 3) return pixels;
  try {
    const { data } = await withBands(pixels, 3, turns);
    const strip = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const file = await joinBytes([stripHeader(strip.length, tagsOf(pixels, profile)), strip], turns);
    return await withColours(pixels, await convert(file, pixels), turns);
  } catch {
    turns.signal?.throwIfAborted();
    return pixels;
  }
}

/** The colours alone. */
async function convert(file: Uint8Array, pixels: EncodablePixels): Promise<EncodablePixels> {
  const pipeline = sharp(file, { failOn: 'error', limitInputPixels: false });
  const shape = { ...pixels, bands: 3, hasAlpha: false } as const;
  if (pixels.sample === 'uint16') return { ...shape, sample: 'uint16', data: await deepSrgb(pipeline) };
  return { ...shape, sample: 'uint8', data: await pipeline.toColourspace('srgb').raw().toBuffer() };
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
 * Pixels with other colours and the opacity that they have.
 *
 * @throws RangeError where these are not three for each pixel
 */
async function withColours(pixels: EncodablePixels, rgb: EncodablePixels, turns: Turns): Promise<EncodablePixels> {
  const { width, height, bands } = pixels;
  if (rgb.data.length !== width * height * 3) throw new RangeError('colours of another size');
  if (bands === 3) return rgb;
  const output = blankPixels(pixels);
  await eachPart(height, { rows: rowsAtOnce(width), ...turns }, (rows) => {
    fillColours(rowsOf(rgb, rows), rowsOf(pixels, rows), rowsOf(output, rows));
  });
  return output;
}

function fillColours({ data: rgb }: EncodablePixels, { data, bands }: EncodablePixels, output: EncodablePixels): void {
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += bands) {
    output.data.set(rgb.subarray(from, from + 3), to);
    output.data[to + 3] = Number(data[to + 3]);
  }
}
