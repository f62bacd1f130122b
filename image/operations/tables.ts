import type { ColourMapName } from '../operations.ts';
import type { PixelBuffer, SampleRange } from '../source.ts';
import { colourMapOf } from './colour-maps.ts';
import { normaliserOf } from './normalise.ts';
import type { OutputSamples, ProcessingNeeds } from './processing.ts';
import { quantise, type White } from './quantise.ts';
import { toneOf } from './tone.ts';

/** What comes out for each sample of a band: one sample, or red, green and blue. */
export type Table = OutputSamples;

/** One for each band; bands of the same range share theirs. */
export function sampleTables(needs: ProcessingNeeds, colours: number): Table[] {
  const known = new Map<string, Table>();
  return needs.ranges.slice(0, colours).map((range) => {
    const key = `${range.min} ${range.max}`;
    const table = known.get(key) ?? sampleTable(needs, range);
    known.set(key, table);
    return table;
  });
}

/** That of bands of one range. */
export function sampleTable({ operations, layout, white }: ProcessingNeeds, range: SampleRange): Table {
  const table = room(entriesOf(layout), white);
  const value = toValue(operations, range);
  const scale = (operations.contrast ?? 1) * white;
  const isPlain = Object.keys(operations).length === 0;
  const isHighByte = isPlain && white === 255 && table.length > 256 && range.min === 0 && range.max === 65_535;
  for (let sample = 0; sample < table.length; sample++) {
    table[sample] = isHighByte ? sample >> 8 : quantise(value(sample), scale, white);
  }
  return table;
}

/** Colours of a map, one after the other. */
export function colourTable({ operations, layout, ranges, white }: ProcessingNeeds, name: ColourMapName): Table {
  const map = colourMapOf(name);
  const entries = entriesOf(layout);
  const table = room(entries * 3, white);
  const value = toValue(operations, ranges[0] ?? { min: 0, max: 1 });
  const scale = (operations.contrast ?? 1) * white;
  const colour = new Float64Array(3);
  for (let sample = 0; sample < entries; sample++) {
    map(value(sample), colour, 0);
    for (let band = 0; band < 3; band++) table[sample * 3 + band] = quantise(Number(colour[band]), scale, white);
  }
  return table;
}

function toValue(operations: ProcessingNeeds['operations'], range: SampleRange): (sample: number) => number {
  const normalise = normaliserOf(range);
  const tone = toneOf(operations);
  return tone ? (sample) => tone(normalise(sample)) : normalise;
}

function entriesOf({ sample }: Pick<PixelBuffer, 'sample'>): number {
  return sample === 'uint8' ? 256 : 65_536;
}

function room(length: number, white: White): Table {
  return white === 255 ? new Uint8Array(length) : new Uint16Array(length);
}
