import type { Size } from '../../image/geometry.ts';
import type { Samples } from './samples.ts';

/** Half of a size, rounded up: the last column or row of an odd size keeps a pixel of its own. */
export function halfOf(size: Size): Size {
  return { width: Math.ceil(size.width / 2), height: Math.ceil(size.height / 2) };
}

/**
 * Averages blocks of 2 x 2 pixels; a last odd column or row is averaged with itself.
 *
 * @param pixels - samples of `size`, bands interleaved
 * @param target - receives `halfOf(size)` pixels from its beginning
 */
export function halveInto(pixels: Samples, size: Size, bands: number, target: Samples): void {
  const half = halfOf(size);
  const stride = size.width * bands;
  for (let y = 0; y < half.height; y++) {
    const upper = 2 * y * stride;
    const lower = Math.min(2 * y + 1, size.height - 1) * stride;
    const output = y * half.width * bands;
    averageRows(pixels, { upper, lower, stride, bands }, target.subarray(output, output + half.width * bands));
  }
}

interface RowPair {
  /** Where the rows begin in the pixels. */
  readonly upper: number;
  readonly lower: number;
  readonly stride: number;
  readonly bands: number;
}

function averageRows(pixels: Samples, { upper, lower, stride, bands }: RowPair, target: Samples): void {
  const isReal = pixels instanceof Float32Array;
  const at = (index: number) => pixels[index] ?? 0;
  for (let output = 0; output < target.length; output++) {
    const left = 2 * output - (output % bands);
    const right = left + bands < stride ? left + bands : left;
    const sum = at(upper + left) + at(upper + right) + at(lower + left) + at(lower + right);
    target[output] = isReal ? sum / 4 : (sum + 2) >> 2;
  }
}
