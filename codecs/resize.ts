import { isSameSize, type Size } from '../image/geometry.ts';
import type { Interpolation } from '../image/request.ts';
import type { EncodablePixels } from './encode/encoder.ts';
import { rawSharp, rawSixteenBits } from './raw-sharp.ts';

const KERNELS = {
  nearest: 'nearest',
  linear: 'linear',
  cubic: 'cubic',
  mitchell: 'mitchell',
  lanczos: 'lanczos3',
} as const satisfies Record<Interpolation, string>;

/** Scales to exactly `size`, centred, without aliasing; pixels of that size already come back as they are. */
export async function resize(
  pixels: EncodablePixels,
  size: Size,
  interpolation: Interpolation,
): Promise<EncodablePixels> {
  if (isSameSize(pixels, size)) return pixels;
  const { width, height } = size;
  const kernel = KERNELS[interpolation];
  const pipeline = rawSharp(pixels).resize({ width, height, fit: 'fill', kernel });
  if (pixels.sample === 'uint16') {
    return { ...pixels, width, height, data: await rawSixteenBits(pipeline) };
  }
  if (pixels.bands !== 2) return { ...pixels, width, height, data: await pipeline.raw().toBuffer() };
  const rgba = await pipeline.toColourspace('srgb').raw().toBuffer(); // raw grey loses its alpha
  return { ...pixels, width, height, data: grayAndAlpha(rgba) };
}

function grayAndAlpha(rgba: Uint8Array): Uint8Array {
  const data = new Uint8Array(rgba.length / 2);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 2) {
    data[to] = Number(rgba[from]);
    data[to + 1] = Number(rgba[from + 3]);
  }
  return data;
}
