import type { PixelBuffer, SampleRange } from '../source.ts';
import { colourBands } from './bands.ts';
import { valueLoader } from './load-values.ts';
import type { Extremes } from './normalise.ts';

/** How light the pixels of an image are: 256 counts from black to white, and the extremes as fine as the samples are. */
export interface Histogram extends Extremes {
  readonly counts: Uint32Array;
}

/**
 * Counts pixels by the mean of their colours, which is rounded.
 *
 * @param ranges - black and white of each band
 * @see equalisingTable, otsuThreshold and requestedRanges for what is made of it
 */
export function histogramOf(pixels: PixelBuffer, ranges: readonly SampleRange[]): Histogram {
  const { width, height, sample } = pixels;
  const colours = colourBands(pixels);
  const values = new Float64Array(width * height * colours);
  valueLoader(sample, ranges.slice(0, colours))(pixels, { start: 0, end: width * height }, values);
  return countMeans(values, colours, sample === 'uint8' ? 255 : 65_535);
}

/** @param steps - how many steps there are from black to white for the extremes */
function countMeans(values: Float64Array, colours: number, steps: number): Histogram {
  const counts = new Uint32Array(256);
  let [darkest, lightest] = [steps, 0];
  for (let at = 0; at < values.length; at += colours) {
    let sum = 0;
    for (let band = 0; band < colours; band++) sum += Number(values[at + band]);
    const step = Math.round(Math.min(Math.max(sum / colours, 0), 1) * steps);
    const bin = Math.round((step / steps) * 255);
    counts[bin] = Number(counts[bin]) + 1;
    darkest = Math.min(darkest, step);
    lightest = Math.max(lightest, step);
  }
  return { counts, darkest: darkest / steps, lightest: lightest / steps };
}
