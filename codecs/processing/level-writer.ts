import type { Line } from '../../image/operations/linear-processing.ts';
import type { Processing } from '../../image/operations/processing.ts';
import type { Kernels } from '../kernels/load-kernels.ts';
import { putRows, SLACK } from './kernel-memory.ts';

/** Range, inversion and contrast of real numbers. */
export function levelWriter({ min, gain, offset }: Line, kernels: Kernels): Processing['write'] {
  return (part, output) => {
    kernels.run((kernel) => {
      const samples = putRows(kernel, part);
      const out = kernel.allocate(output.length + SLACK);
      kernel.call('level_reals', samples, output.length, min, gain, offset, 255, out);
      kernel.get(out, output);
    });
  };
}
