import type { EncodablePixels } from './encoder.ts';

/** The first `bands` bands of each pixel; the pixels themselves where that is all of them. */
export function withBands(pixels: EncodablePixels, bands: number): EncodablePixels {
  if (pixels.bands <= bands) return pixels;
  const length = pixels.width * pixels.height * bands;
  const kept = { ...pixels, bands, hasAlpha: false };
  return pixels.sample === 'uint8'
    ? { ...kept, sample: 'uint8', data: firstBands(pixels, bands, new Uint8Array(length)) }
    : { ...kept, sample: 'uint16', data: firstBands(pixels, bands, new Uint16Array(length)) };
}

function firstBands<Samples extends Uint8Array | Uint16Array>(
  { data, bands: stored }: EncodablePixels,
  bands: number,
  kept: Samples,
): Samples {
  for (let pixel = 0, target = 0; target < kept.length; pixel += stored) {
    for (let band = 0; band < bands; band++) kept[target++] = Number(data[pixel + band]);
  }
  return kept;
}
