import type { ColourMapName } from '../operations.ts';
import { colourMapOf, segmentsOf } from './colour-maps.ts';
import { normaliserOf } from './normalise.ts';
import type { OutputSamples, ProcessingNeeds } from './processing.ts';
import { quantise } from './quantise.ts';
import { invertTone } from './tone.ts';

/** Colours of a map by the bin that a value falls into, for samples that are too many for a table. */
export interface ColourBins {
  /** Of how many bins the values from 0 to 1 are. */
  readonly count: number;
  /**
   * One for the values below 0, one for each bin, one for values from 1 on: red in the lowest byte, then green and blue; -1
   * where values of the bin have several colours.
   */
  readonly colours: Int32Array;
  /** Writes the colour of a sample, whatever its bin. */
  write(sample: number, output: OutputSamples, at: number): void;
}

/** A power of two, so that values are brought to their bin without rounding; a map has some thousand colours. */
const COUNT = 2 ** 15;

/**
 * A bin has one colour if its lowest and its highest value have, and each band does nothing but rise or nothing but fall
 * between them. Of tones only inversion keeps the segments of a map apart: there may be no gamma.
 */
export function createColourBins(needs: ProcessingNeeds, name: ColourMapName): ColourBins {
  const { operations, ranges, white } = needs;
  const map = colourMapOf(name);
  const tone = operations.invert ? invertTone : (value: number) => value;
  const normalise = normaliserOf(ranges[0] ?? { min: 0, max: 1 });
  const scale = (operations.contrast ?? 1) * white;
  const segments = segmentsOf(name);
  const bands = new Float64Array(3);
  const write = (value: number, output: OutputSamples, at: number) => {
    map(tone(value), bands, 0);
    for (let band = 0; band < 3; band++) output[at + band] = quantise(Number(bands[band]), scale, white);
  };
  const bytes = new Uint8Array(3);
  const colourOf = (value: number) => {
    write(value, bytes, 0);
    return Number(bytes[0]) | (Number(bytes[1]) << 8) | (Number(bytes[2]) << 16);
  };
  const segmentOf = (value: number) => Math.floor(tone(value) * segments);
  const colourBetween = (low: number, high: number) => {
    const colour = colourOf(low);
    return colour === colourOf(high) ? colour : -1;
  };
  const colours = Int32Array.from({ length: COUNT + 2 }, (_, bin) => {
    if (bin === 0) return colourBetween(-Number.MAX_VALUE, -Number.MIN_VALUE);
    if (bin > COUNT) return colourBetween(1, Number.MAX_VALUE);
    const low = (bin - 1) / COUNT;
    const high = (bin / COUNT) * (1 - Number.EPSILON / 2); // the value next below the following bin
    return segmentOf(low) === segmentOf(high) ? colourBetween(low, high) : -1;
  });
  return { count: COUNT, colours, write: (sample, output, at) => write(normalise(sample), output, at) };
}
