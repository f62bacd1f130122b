import { type BytePixels, blankPixels, fillUpperBytes, type IntegerPixels } from '../../image/operations/eight-bits.ts';
import { remake, type Turns } from '../parts.ts';

/** Pixels with 16-bit samples without their lower byte; bytes come back as they are. */
export async function inEightBits(pixels: IntegerPixels, turns: Turns): Promise<BytePixels> {
  if (pixels.sample === 'uint8') return pixels;
  return remake(pixels, blankPixels({ ...pixels, sample: 'uint8' }), turns, fillUpperBytes);
}
