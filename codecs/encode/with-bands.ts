import type { EncodablePixels } from './encoder.ts';

/** The first `bands` bands of each pixel; the pixels themselves where that is all of them. */
export function withBands(pixels: EncodablePixels, bands: number): EncodablePixels {
  if (pixels.bands <= bands) return pixels;
  const { width, height, data, bands: stored } = pixels;
  const kept = new Uint8Array(width * height * bands);
  for (let pixel = 0, target = 0; target < kept.length; pixel += stored) {
    for (let band = 0; band < bands; band++) kept[target++] = Number(data[pixel + band]);
  }
  return { ...pixels, bands, hasAlpha: false, data: kept };
}
