import { blankPixels } from '../../image/operations/eight-bits.ts';
import { remake, type Turns } from '../parts.ts';
import type { EncodablePixels } from './encoder.ts';

/** The first `bands` bands of each pixel; the pixels themselves where that is all of them. */
export async function withBands(pixels: EncodablePixels, bands: number, turns: Turns): Promise<EncodablePixels> {
  if (pixels.bands <= bands) return pixels;
  return remake(pixels, blankPixels({ ...pixels, bands, hasAlpha: false }), turns, copyFirstBands);
}

function copyFirstBands({ data, bands: stored }: EncodablePixels, { data: kept, bands }: EncodablePixels): void {
  for (let pixel = 0, target = 0; target < kept.length; pixel += stored) {
    for (let band = 0; band < bands; band++) kept[target++] = Number(data[pixel + band]);
  }
}
