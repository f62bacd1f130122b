import type { PixelBuffer } from '../source.ts';

/** Pixels of bytes. */
export type BytePixels = PixelBuffer & { readonly sample: 'uint8' };

/** Pixels of 8 or 16 bits a sample: black is 0, white the largest value of the type. */
export type IntegerPixels = PixelBuffer & { readonly sample: 'uint8' | 'uint16' };

/** Pixels of a shape whose samples are all 0, yet to be written. */
export function blankPixels(shape: Omit<BytePixels, 'data'>): BytePixels;
export function blankPixels(shape: Omit<IntegerPixels, 'data'>): IntegerPixels;
export function blankPixels(blank: Omit<IntegerPixels, 'data'>): IntegerPixels {
  const { width, height, bands, photometric, hasAlpha, sample } = blank;
  const shape = { width, height, bands, photometric, hasAlpha };
  const length = width * height * bands;
  return sample === 'uint8'
    ? { ...shape, sample, data: new Uint8Array(length) }
    : { ...shape, sample, data: new Uint16Array(length) };
}

/** Writes samples of 16 bits without their lower byte. */
export function fillUpperBytes({ data }: IntegerPixels, { data: bytes }: BytePixels): void {
  for (let index = 0; index < bytes.length; index++) bytes[index] = Number(data[index]) >> 8;
}
