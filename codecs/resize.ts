import { isSameSize, type Size } from '../image/geometry.ts';
import type { EncodablePixels } from './encode/encoder.ts';
import { rawSharp } from './raw-sharp.ts';

/** How pixels between pixels are made up: `nearest` repeats one, `linear` averages all that fall into the new one. */
export type Interpolation = 'nearest' | 'linear';

/** Scales to exactly `size`, centred, without aliasing; pixels of that size already come back as they are. */
export async function resize(pixels: EncodablePixels, size: Size, kernel: Interpolation): Promise<EncodablePixels> {
  if (isSameSize(pixels, size)) return pixels;
  const { width, height } = size;
  const data = await rawSharp(pixels).resize({ width, height, fit: 'fill', kernel }).raw().toBuffer();
  return { ...pixels, width, height, data };
}
