import type { PixelBuffer, SampleRange } from '../source.ts';
import { coloursAfter } from './bands.ts';
import { colourMapOf } from './colour-maps.ts';
import { normaliserOf } from './normalise.ts';
import { writeOpacity } from './opacity.ts';
import type { OutputSamples, Part, Processing, ProcessingNeeds } from './processing.ts';
import { quantise, type White } from './quantise.ts';
import { toneOf } from './tone.ts';

/** What comes out for each sample of a band: one sample, or red, green and blue. */
type Table = OutputSamples;

/**
 * All that is done to samples of 8 and 16 bits by themselves, folded into a table for each band or into one of colours: 256
 * or 65,536 entries. Without any operation 16 bits that use the whole of their type lose their lower byte.
 */
export function tableProcessing(needs: ProcessingNeeds): Processing {
  const { operations, layout, white } = needs;
  const colours = coloursAfter(operations, layout);
  const step = colours + (layout.hasAlpha ? 1 : 0);
  const tables = operations.colourMap ? [] : sampleTables(needs, colours);
  const map = operations.colourMap && colourTable(needs, colourMapOf(operations.colourMap));
  return {
    colours,
    radius: 0,
    workspace: 0,
    write(part, output) {
      if (map) lookUpColours(part, map, output, step);
      else lookUpAll(part, tables, output, step);
      writeOpacity(part, white, { samples: output, first: colours, step });
    },
  };
}

/** One for each band; bands of the same range share theirs. */
function sampleTables(needs: ProcessingNeeds, colours: number): Table[] {
  const known = new Map<string, Table>();
  return needs.ranges.slice(0, colours).map((range) => {
    const key = `${range.min} ${range.max}`;
    const table = known.get(key) ?? sampleTable(needs, range);
    known.set(key, table);
    return table;
  });
}

function sampleTable({ operations, layout, white }: ProcessingNeeds, range: SampleRange): Table {
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

function colourTable(
  { operations, layout, ranges, white }: ProcessingNeeds,
  map: ReturnType<typeof colourMapOf>,
): Table {
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

function lookUpAll({ pixels, rows }: Part, tables: readonly Table[], output: OutputSamples, step: number): void {
  const { bands, width } = pixels;
  const [first, end] = [rows.start * width * bands, rows.end * width * bands];
  const [table] = tables;
  const isOneRun = bands === step && tables.length === bands && tables.every((other) => other === table);
  if (table && isOneRun) lookUpRun(pixels, { first, end }, table, output);
  else {
    tables.forEach((own, band) => {
      lookUpBand(pixels, { table: own, first: first + band, end, bands, to: band, step }, output);
    });
  }
}

/** Samples of one band, their table, and where they go. */
interface Walk {
  readonly table: Table;
  readonly first: number;
  readonly end: number;
  readonly bands: number;
  readonly to: number;
  readonly step: number;
}

function lookUpBand(pixels: PixelBuffer, walk: Walk, output: OutputSamples): void {
  if (pixels.sample === 'uint8') lookUpBytes(pixels.data, walk, output);
  else if (pixels.sample === 'uint16') lookUpShorts(pixels.data, walk, output);
}

// One loop for each kind of samples: a loop that has met several is slower for all of them.

/** Samples of all bands, which lie side by side and have one table: twice as fast as band after band. */
function lookUpRun(pixels: PixelBuffer, run: Pick<Walk, 'first' | 'end'>, table: Table, output: OutputSamples): void {
  if (pixels.sample === 'uint8') runBytes(pixels.data.subarray(run.first, run.end), table, output);
  else if (pixels.sample === 'uint16') runShorts(pixels.data.subarray(run.first, run.end), table, output);
}

function runBytes(data: Uint8Array, table: Table, output: OutputSamples): void {
  const fours = data.length - (data.length % 4);
  for (let at = 0; at < fours; at += 4) {
    output[at] = Number(table[Number(data[at])]);
    output[at + 1] = Number(table[Number(data[at + 1])]);
    output[at + 2] = Number(table[Number(data[at + 2])]);
    output[at + 3] = Number(table[Number(data[at + 3])]);
  }
  for (let at = fours; at < data.length; at++) output[at] = Number(table[Number(data[at])]);
}

function runShorts(data: Uint16Array, table: Table, output: OutputSamples): void {
  const fours = data.length - (data.length % 4);
  for (let at = 0; at < fours; at += 4) {
    output[at] = Number(table[Number(data[at])]);
    output[at + 1] = Number(table[Number(data[at + 1])]);
    output[at + 2] = Number(table[Number(data[at + 2])]);
    output[at + 3] = Number(table[Number(data[at + 3])]);
  }
  for (let at = fours; at < data.length; at++) output[at] = Number(table[Number(data[at])]);
}

function lookUpBytes(data: Uint8Array, walk: Walk, output: OutputSamples): void {
  const { table, first, end, bands, step } = walk;
  for (let from = first, to = walk.to; from < end; from += bands, to += step) {
    output[to] = Number(table[Number(data[from])]);
  }
}

function lookUpShorts(data: Uint16Array, walk: Walk, output: OutputSamples): void {
  const { table, first, end, bands, step } = walk;
  for (let from = first, to = walk.to; from < end; from += bands, to += step) {
    output[to] = Number(table[Number(data[from])]);
  }
}

/** Colours of the first band. */
function lookUpColours({ pixels, rows }: Part, table: Table, output: OutputSamples, step: number): void {
  const { bands, width } = pixels;
  const walk = { table, first: rows.start * width * bands, end: rows.end * width * bands, bands, to: 0, step };
  if (pixels.sample === 'uint8') mapBytes(pixels.data, walk, output);
  else if (pixels.sample === 'uint16') mapShorts(pixels.data, walk, output);
}

function mapBytes(data: Uint8Array, walk: Walk, output: OutputSamples): void {
  const { table, first, end, bands, step } = walk;
  for (let from = first, to = walk.to; from < end; from += bands, to += step) {
    const entry = Number(data[from]) * 3;
    output[to] = Number(table[entry]);
    output[to + 1] = Number(table[entry + 1]);
    output[to + 2] = Number(table[entry + 2]);
  }
}

function mapShorts(data: Uint16Array, walk: Walk, output: OutputSamples): void {
  const { table, first, end, bands, step } = walk;
  for (let from = first, to = walk.to; from < end; from += bands, to += step) {
    const entry = Number(data[from]) * 3;
    output[to] = Number(table[entry]);
    output[to + 1] = Number(table[entry + 1]);
    output[to + 2] = Number(table[entry + 2]);
  }
}
