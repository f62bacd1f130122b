import type { Size } from '../../image/geometry.ts';
import type { Samples } from './samples.ts';

/** Half of a size, rounded up: the last column or row of an odd size keeps a pixel of its own. */
export function halfOf(size: Size): Size {
  return { width: Math.ceil(size.width / 2), height: Math.ceil(size.height / 2) };
}

/** What lies side by side in a pixel. */
export interface Bands {
  readonly bands: number;
  /** Which of them is opacity, where one is: colours then count by how much of them is seen. */
  readonly opacityBand?: number | undefined;
}

/**
 * Averages blocks of 2 x 2 pixels; a last odd column or row is averaged with itself. Of real numbers those that are none
 * do not count.
 *
 * @param pixels - samples of `size`, bands interleaved
 * @param target - receives `halfOf(size)` pixels from its beginning
 */
export function halveInto(pixels: Samples, size: Size, { bands, opacityBand }: Bands, target: Samples): void {
  const half = halfOf(size);
  const stride = size.width * bands;
  const average = averageOf(pixels, opacityBand);
  for (let y = 0; y < half.height; y++) {
    const upper = 2 * y * stride;
    const lower = Math.min(2 * y + 1, size.height - 1) * stride;
    const output = y * half.width * bands;
    average(pixels, { upper, lower, stride, bands }, target.subarray(output, output + half.width * bands));
  }
}

interface RowPair {
  /** Where the rows begin in the pixels. */
  readonly upper: number;
  readonly lower: number;
  readonly stride: number;
  readonly bands: number;
}

type AverageRows = (pixels: Samples, rows: RowPair, target: Samples) => void;

function averageOf(pixels: Samples, opacityBand: number | undefined): AverageRows {
  if (opacityBand !== undefined)
    return (samples, rows, target) => averageSeen(samples, { ...rows, opacityBand }, target);
  if (pixels instanceof Float32Array) return averageReals;
  return pixels instanceof Uint32Array ? averageLong : averageWhole;
}

/** Samples of up to 16 bits, rounded half up. */
function averageWhole(pixels: Samples, { upper, lower, stride, bands }: RowPair, target: Samples): void {
  for (let left = 0, output = 0; left < stride; left += 2 * bands) {
    const right = left + bands < stride ? left + bands : left;
    for (let band = 0; band < bands; band++) {
      const above = Number(pixels[upper + left + band]) + Number(pixels[upper + right + band]);
      const below = Number(pixels[lower + left + band]) + Number(pixels[lower + right + band]);
      target[output++] = (above + below + 2) >> 2;
    }
  }
}

/** The same where sums have more than 32 bits. */
function averageLong(pixels: Samples, { upper, lower, stride, bands }: RowPair, target: Samples): void {
  for (let output = 0; output < target.length; output++) {
    const left = 2 * output - (output % bands);
    const right = left + bands < stride ? left + bands : left;
    const above = Number(pixels[upper + left]) + Number(pixels[upper + right]);
    const below = Number(pixels[lower + left]) + Number(pixels[lower + right]);
    target[output] = Math.floor((above + below + 2) / 4);
  }
}

function averageReals(pixels: Samples, { upper, lower, stride, bands }: RowPair, target: Samples): void {
  for (let output = 0; output < target.length; output++) {
    const left = 2 * output - (output % bands);
    const right = left + bands < stride ? left + bands : left;
    let sum = 0;
    let count = 0;
    for (const index of [upper + left, upper + right, lower + left, lower + right]) {
      const sample = Number(pixels[index]);
      if (Number.isNaN(sample)) continue;
      sum += sample;
      count++;
    }
    target[output] = count === 0 ? Number.NaN : sum / count;
  }
}

/** Colours weighed by their opacity; where nothing is seen, all alike. */
function averageSeen(pixels: Samples, rows: RowPair & { readonly opacityBand: number }, target: Samples): void {
  const { upper, lower, stride, bands, opacityBand } = rows;
  const round = pixels instanceof Float32Array ? (mean: number) => mean : (mean: number) => Math.floor(mean + 0.5);
  const opacity = (start: number) => Number(pixels[start + opacityBand]);
  for (let left = 0, output = 0; left < stride; left += 2 * bands) {
    const right = left + bands < stride ? left + bands : left;
    const [a, b, c, d] = [upper + left, upper + right, lower + left, lower + right] as const;
    const opacities = [opacity(a), opacity(b), opacity(c), opacity(d)] as const;
    const seen = opacities[0] + opacities[1] + opacities[2] + opacities[3];
    for (let band = 0; band < bands; band++) {
      const [e, f, g, h] = band < opacityBand && seen > 0 ? opacities : ALIKE;
      const above = Number(pixels[a + band]) * e + Number(pixels[b + band]) * f;
      const below = Number(pixels[c + band]) * g + Number(pixels[d + band]) * h;
      target[output++] = round((above + below) / (e + f + g + h));
    }
  }
}

const ALIKE = [1, 1, 1, 1] as const;
