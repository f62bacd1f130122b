import type { BytePixels, IntegerPixels } from './eight-bits.ts';

/** Fixed-point weights of 0.299, 0.587 and 0.114 on a scale of 2^22, so that equal samples keep their value. */
const RED = 1_254_097;
const GREEN = 2_462_056;
const BLUE = 478_151;
const SCALE = 2 ** 22;

/**
 * Luma of RGB pixels of 8 or 16 bits, gamma left as it is; alpha is dropped and grey pixels pass unchanged.
 *
 * @see ITU-R BT.601 for the weights
 */
export function toGrayscale(pixels: BytePixels): BytePixels;
export function toGrayscale(pixels: IntegerPixels): IntegerPixels;
export function toGrayscale(pixels: IntegerPixels): IntegerPixels {
  const { width, height, bands } = pixels;
  if (bands === 1) return pixels;
  const gray = { width, height, bands: 1, photometric: 'gray', hasAlpha: false } as const;
  if (pixels.sample === 'uint8') {
    const data = new Uint8Array(width * height);
    fillGray(pixels.data, bands, data);
    return { ...gray, sample: 'uint8', data };
  }
  const data = new Uint16Array(width * height);
  fillGray(pixels.data, bands, data);
  return { ...gray, sample: 'uint16', data };
}

function fillGray<Samples extends Uint8Array | Uint16Array>(data: Samples, bands: number, gray: Samples): void {
  if (bands < 3) {
    for (let index = 0, at = 0; index < gray.length; index++, at += bands) gray[index] = Number(data[at]);
    return;
  }
  for (let index = 0, at = 0; index < gray.length; index++, at += bands) {
    // A band index inside the buffer is never undefined; `?? 0` would cost a branch a sample.
    const luma = RED * Number(data[at]) + GREEN * Number(data[at + 1]) + BLUE * Number(data[at + 2]);
    gray[index] = luma / SCALE; // storing cuts; shifting would cut the sums of 16 bits to 32
  }
}
