import type { PixelBuffer } from '../source.ts';

/** Pixels of bytes. */
export type BytePixels = PixelBuffer & { readonly sample: 'uint8' };

/** Pixels of 8 or 16 bits a sample: black is 0, white the largest value of the type. */
export type IntegerPixels = PixelBuffer & { readonly sample: 'uint8' | 'uint16' };

/** 16-bit samples without their lower byte; bytes come back as they are. */
export function toEightBits(pixels: IntegerPixels): BytePixels {
  if (pixels.sample === 'uint8') return pixels;
  const { data } = pixels;
  const bytes = new Uint8Array(data.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = Number(data[index]) >> 8;
  return { ...pixels, sample: 'uint8', data: bytes };
}
