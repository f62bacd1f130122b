import type { Colour } from '../../image/colour.ts';
import { blankPixels } from '../../image/operations/eight-bits.ts';
import { remake, type Turns } from '../parts.ts';
import type { EncodablePixels } from './encoder.ts';
import { withBands } from './with-bands.ts';

/** The colours alone, one band or three, with transparent pixels laid upon the matte. */
export async function opaque(pixels: EncodablePixels, matte: Colour, turns: Turns): Promise<EncodablePixels> {
  const bands = pixels.bands < 3 ? 1 : 3;
  const isTransparent = pixels.hasAlpha && pixels.bands === bands + 1;
  if (!isTransparent) return withBands(pixels, bands, turns);
  const below = bands === 1 ? [luminanceOf(matte)] : [matte.red, matte.green, matte.blue];
  const scaled = pixels.sample === 'uint8' ? below : below.map((value) => value * 257);
  return remake(pixels, blankPixels({ ...pixels, bands, hasAlpha: false }), turns, (from, to) => mix(from, scaled, to));
}

/** @param matte - on the scale of the samples */
function mix({ data, bands: stored, sample }: EncodablePixels, matte: readonly number[], to: EncodablePixels): void {
  const { data: mixed, bands } = to;
  const full = sample === 'uint8' ? 255 : 65_535;
  for (let source = 0, target = 0; target < mixed.length; source += stored, target += bands) {
    const alpha = Number(data[source + bands]);
    for (let band = 0; band < bands; band++) {
      const sum = Number(data[source + band]) * alpha + Number(matte[band]) * (full - alpha);
      mixed[target + band] = Math.round(sum / full);
    }
  }
}

function luminanceOf({ red, green, blue }: Colour): number {
  return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
}
