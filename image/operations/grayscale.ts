import { blankPixels, type IntegerPixels } from './eight-bits.ts';

/** Fixed-point weights of 0.299, 0.587 and 0.114 on a scale of 2^22, so that equal samples keep their value. */
const RED = 1_254_097;
const GREEN = 2_462_056;
const BLUE = 478_151;
const SCALE = 2 ** 22;

/** Grey pixels of the same size and depth, with a band for opacity where there is one, that are yet to be written. */
export function unfilledGray({ width, height, sample, hasAlpha }: IntegerPixels): IntegerPixels {
  return blankPixels({ width, height, bands: hasAlpha ? 2 : 1, photometric: 'gray', hasAlpha, sample });
}

/**
 * Writes the luma of pixels of the same size and depth, gamma left as it is, and their opacity.
 *
 * @see ITU-R BT.601 for the weights
 */
export function fillGray(pixels: IntegerPixels, gray: IntegerPixels): void {
  fillLuma(pixels, gray);
  if (!gray.hasAlpha) return;
  const { data, bands } = pixels;
  for (let index = 1, at = bands - 1; index < gray.data.length; index += 2, at += bands)
    gray.data[index] = Number(data[at]);
}

function fillLuma({ data, bands }: IntegerPixels, { data: gray, bands: step }: IntegerPixels): void {
  if (bands < 3) {
    for (let index = 0, at = 0; index < gray.length; index += step, at += bands) gray[index] = Number(data[at]);
    return;
  }
  for (let index = 0, at = 0; index < gray.length; index += step, at += bands) {
    // A band index inside the buffer is never undefined; `?? 0` would cost a branch a sample.
    const luma = RED * Number(data[at]) + GREEN * Number(data[at + 1]) + BLUE * Number(data[at + 2]);
    gray[index] = luma / SCALE; // storing cuts; shifting would cut the sums of 16 bits to 32
  }
}
