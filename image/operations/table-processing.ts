import type { PixelBuffer } from '../source.ts';
import { coloursAfter } from './bands.ts';
import { writeOpacity } from './opacity.ts';
import type { OutputSamples, Part, Processing, ProcessingNeeds } from './processing.ts';
import { colourTable, sampleTables, type Table } from './tables.ts';

/**
 * All that is done to samples of 8 and 16 bits by themselves, folded into a table for each band or into one of colours: 256
 * or 65,536 entries. Without any operation 16 bits that use the whole of their type lose their lower byte.
 */
export function tableProcessing(needs: ProcessingNeeds): Processing {
  const { operations, layout, white } = needs;
  const colours = coloursAfter(operations, layout);
  const step = colours + (layout.hasAlpha ? 1 : 0);
  const tables = operations.colourMap ? [] : sampleTables(needs, colours);
  const map = operations.colourMap && colourTable(needs, operations.colourMap);
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
