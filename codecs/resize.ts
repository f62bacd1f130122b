import { isSameSize, type Size } from '../image/geometry.ts';
import type { Interpolation } from '../image/request.ts';
import type { EncodablePixels } from './encode/encoder.ts';
import { rawSharp } from './raw-sharp.ts';

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
  const data = await rawSharp(pixels).resize({ width, height, fit: 'fill', kernel }).raw().toBuffer();
  return { ...pixels, width, height, data };
}
