import type { PixelBuffer } from '../source.ts';

/** Fixed-point weights of 0.299, 0.587 and 0.114 on a scale of 2^22, so that equal samples keep their value. */
const RED = 1_254_097;
const GREEN = 2_462_056;
const BLUE = 478_151;

/**
 * Luma of 8-bit RGB pixels, gamma left as it is; alpha is dropped and grey pixels pass unchanged.
 *
 * @see ITU-R BT.601 for the weights
 */
export function toGrayscale(pixels: PixelBuffer & { sample: 'uint8' }): PixelBuffer & { sample: 'uint8' } {
  const { data, bands, width, height } = pixels;
  if (bands < 3) return bands === 1 ? pixels : grayOf(pixels, firstBand(data, bands));
  const gray = new Uint8Array(width * height);
  for (let index = 0, at = 0; index < gray.length; index++, at += bands) {
    // A band index inside the buffer is never undefined; `?? 0` would cost a branch a sample.
    gray[index] = (RED * Number(data[at]) + GREEN * Number(data[at + 1]) + BLUE * Number(data[at + 2])) >>> 22;
  }
  return grayOf(pixels, gray);
}

function firstBand(data: Uint8Array, bands: number): Uint8Array {
  const band = new Uint8Array(data.length / bands);
  for (let index = 0; index < band.length; index++) band[index] = Number(data[index * bands]);
  return band;
}

function grayOf({ width, height }: PixelBuffer, data: Uint8Array): PixelBuffer & { sample: 'uint8' } {
  return { width, height, bands: 1, photometric: 'gray', hasAlpha: false, sample: 'uint8', data };
}
