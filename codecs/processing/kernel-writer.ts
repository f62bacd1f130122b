import { factorsOf } from '../../image/operations/convolve.ts';
import { widthOf } from '../../image/operations/normalise.ts';
import type { Part, Processing } from '../../image/operations/processing.ts';
import { type Kernel as Factors, radiusOf } from '../../image/operations.ts';
import type { SampleRange } from '../../image/source.ts';
import type { Kernels } from '../kernels/load-kernels.ts';
import { type BySample, functionFor, putNumbers, putRows, SLACK } from './kernel-memory.ts';

const CONVOLUTIONS: BySample = { uint8: 'convolve_bytes', uint16: 'convolve_words', float32: 'convolve_reals' };

/** What is done to each pixel and its neighbours. */
interface Weighing {
  readonly kernel: Factors;
  readonly range: SampleRange;
  /** Sample of the value 1. */
  readonly scale: number;
}

/** Weighs each pixel with its neighbours; a kernel has 3 or 5 rows. */
export function kernelWriter({ kernel: factors, range, scale }: Weighing, kernels: Kernels): Processing['write'] {
  const radius = radiusOf(factors);
  const side = 2 * radius + 1;
  const weights = Float64Array.from(factorsOf(factors));
  const levels = Float64Array.of(range.min, widthOf(range), scale);
  return (part, output) => {
    const { pixels, area } = part;
    const rows = rowsRead(part, radius);
    kernels.run((kernel) => {
      const samples = putRows(kernel, { pixels, rows });
      const place = putNumbers(kernel, placeOf(part, rows));
      const line = (area.width + 2 * radius) * pixels.bands * weights.BYTES_PER_ELEMENT + SLACK;
      const room = kernel.allocate(side * line + SLACK);
      const out = kernel.allocate(output.length + SLACK);
      const [by, as] = [putNumbers(kernel, weights), putNumbers(kernel, levels)];
      kernel.call(functionFor(part, CONVOLUTIONS), samples, place, by, side, as, room, out);
      kernel.get(out, output);
    });
  };
}

/** The rows of the pixels that a part is made of. */
function rowsRead({ pixels, area, rows }: Part, radius: number): Part['rows'] {
  const start = Math.max(area.y + rows.start - radius, 0);
  return { start, end: Math.min(area.y + rows.end + radius, pixels.height) };
}

/** As the functions take it: the size of what is read and its bands, then the part wanted. */
function placeOf({ pixels, area, rows }: Part, read: Part['rows']): Int32Array {
  const height = rows.end - rows.start;
  const y = area.y + rows.start - read.start;
  return Int32Array.of(pixels.width, read.end - read.start, pixels.bands, area.x, y, area.width, height);
}
