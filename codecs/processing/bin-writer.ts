import type { ColourBins } from '../../image/operations/colour-bins.ts';
import { widthOf } from '../../image/operations/normalise.ts';
import type { Processing } from '../../image/operations/processing.ts';
import type { SampleRange } from '../../image/source.ts';
import type { Kernels } from '../kernels/load-kernels.ts';
import { pixelsIn, putNumbers, putRows, SLACK } from './kernel-memory.ts';

/** Colours of real numbers, one band: those of bins of several colours, some in a hundred, are reckoned one by one. */
export function binWriter(bins: ColourBins, range: SampleRange, kernels: Kernels): Processing['write'] {
  const width = widthOf(range);
  return (part, output) => {
    const count = pixelsIn(part);
    const undecided = kernels.run((kernel) => {
      const samples = putRows(kernel, part);
      const colours = putNumbers(kernel, bins.colours);
      const out = kernel.allocate(output.length + SLACK);
      const places = kernel.allocate((count + 1) * Int32Array.BYTES_PER_ELEMENT);
      const found = kernel.call('map_reals', samples, count, range.min, width, bins.count, colours, out, places);
      kernel.get(out, output);
      const list = new Int32Array(found);
      kernel.get(places, list);
      return list;
    });
    const first = part.rows.start * part.pixels.width;
    for (const place of undecided) bins.write(Number(part.pixels.data[first + place]), output, place * 3);
  };
}
