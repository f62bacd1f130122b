import { colourBands } from './bands.ts';
import type { IntegerPixels } from './eight-bits.ts';
import type { White } from './quantise.ts';

/**
 * What each sample becomes when the counts of a histogram are to be spread evenly: as many pixels between any two samples as
 * between any other two as far apart.
 *
 * @param counts - 256 of them
 * @param white - the largest sample; between two counts those of 16 bits rise evenly
 */
export function equalisingTable(counts: Uint32Array, white: White): Uint8Array | Uint16Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const first = counts.find((count) => count > 0) ?? 0;
  const below = Float64Array.from(counts);
  for (let value = 1; value < below.length; value++) below[value] = Number(below[value]) + Number(below[value - 1]);
  const shareOf = (value: number) => (Number(below[value]) - first / total) / total;
  const table = white === 255 ? new Uint8Array(256) : new Uint16Array(65_536);
  for (let sample = 0; sample < table.length; sample++) {
    const place = (sample / white) * 255;
    const value = Math.floor(place);
    const share = shareOf(value) + (shareOf(Math.min(value + 1, 255)) - shareOf(value)) * (place - value);
    table[sample] = Math.round(Math.max(share, 0) * white);
  }
  return table;
}

/** Replaces each colour by what the table has for it, opacity left alone; in place. */
export function replaceSamples(pixels: IntegerPixels, table: Uint8Array | Uint16Array): void {
  const { data, bands } = pixels;
  const colours = colourBands(pixels);
  for (let band = 0; band < colours; band++) {
    for (let at = band; at < data.length; at += bands) data[at] = Number(table[Number(data[at])]);
  }
}
