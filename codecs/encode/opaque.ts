import type { Colour } from '../../image/colour.ts';
import type { EncodablePixels } from './encoder.ts';
import { withBands } from './with-bands.ts';

/** The colours alone, one band or three, with transparent pixels laid upon the matte. */
export function opaque(pixels: EncodablePixels, matte: Colour): EncodablePixels {
  const bands = pixels.bands < 3 ? 1 : 3;
  const isTransparent = pixels.hasAlpha && pixels.bands === bands + 1;
  return isTransparent
    ? compose(pixels, bands === 1 ? [luminanceOf(matte)] : [matte.red, matte.green, matte.blue])
    : withBands(pixels, bands);
}

function compose(pixels: EncodablePixels, matte: readonly number[]): EncodablePixels {
  const { data: stored, bands: storedBands, width, height } = pixels;
  const bands = matte.length;
  const data = new Uint8Array(width * height * bands);
  for (let source = 0, target = 0; target < data.length; source += storedBands, target += bands) {
    const alpha = Number(stored[source + bands]);
    for (let band = 0; band < bands; band++) {
      const mixed = Number(stored[source + band]) * alpha + Number(matte[band]) * (255 - alpha);
      data[target + band] = Math.round(mixed / 255);
    }
  }
  return { ...pixels, bands, hasAlpha: false, data };
}

function luminanceOf({ red, green, blue }: Colour): number {
  return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
}
