import type { Processing } from '../../image/operations/processing.ts';
import type { Table } from '../../image/operations/tables.ts';
import type { Kernels } from '../kernels/load-kernels.ts';
import { type BySample, functionFor, pixelsIn, putNumbers, putRows, SLACK } from './kernel-memory.ts';

const LOOK_UPS: BySample = { uint8: 'look_up_bytes', uint16: 'look_up_words' };
const COLOUR_LOOK_UPS: BySample = { uint8: 'look_up_byte_colours', uint16: 'look_up_word_colours' };

/** Looks all bands up in one table. */
export function tableWriter(table: Table, kernels: Kernels): Processing['write'] {
  return (part, output) => {
    kernels.run((kernel) => {
      const samples = putRows(kernel, part);
      const bytes = putNumbers(kernel, table);
      const out = kernel.allocate(output.length + SLACK);
      kernel.call(functionFor(part, LOOK_UPS), samples, output.length, bytes, out);
      kernel.get(out, output);
    });
  };
}

/** Looks the first band up in a table of colours. */
export function colourWriter(table: Table, kernels: Kernels): Processing['write'] {
  return (part, output) => {
    kernels.run((kernel) => {
      const samples = putRows(kernel, part);
      const colours = putNumbers(kernel, table);
      const out = kernel.allocate(output.length + SLACK);
      kernel.call(functionFor(part, COLOUR_LOOK_UPS), samples, pixelsIn(part), part.pixels.bands, colours, out);
      kernel.get(out, output);
    });
  };
}
