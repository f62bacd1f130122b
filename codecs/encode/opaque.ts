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
  const bands = matte.length;
  const length = pixels.width * pixels.height * bands;
  const mixed = { ...pixels, bands, hasAlpha: false };
  if (pixels.sample === 'uint8') {
    return { ...mixed, sample: 'uint8', data: mix(pixels, matte, new Uint8Array(length)) };
  }
  const deepMatte = matte.map((value) => value * 257);
  return { ...mixed, sample: 'uint16', data: mix(pixels, deepMatte, new Uint16Array(length)) };
}

/** @param matte - on the scale of the samples */
function mix<Samples extends Uint8Array | Uint16Array>(
  { data, bands: storedBands, sample }: EncodablePixels,
  matte: readonly number[],
  mixed: Samples,
): Samples {
  const bands = matte.length;
  const full = sample === 'uint8' ? 255 : 65_535;
  for (let source = 0, target = 0; target < mixed.length; source += storedBands, target += bands) {
    const alpha = Number(data[source + bands]);
    for (let band = 0; band < bands; band++) {
      const sum = Number(data[source + band]) * alpha + Number(matte[band]) * (full - alpha);
      mixed[target + band] = Math.round(sum / full);
    }
  }
  return mixed;
}

function luminanceOf({ red, green, blue }: Colour): number {
  return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
}
