import type { Rect, Size } from '../geometry.ts';
import type { Kernel } from '../operations.ts';

/** Interleaved values of an area. */
export type ValueGrid = Size & { readonly bands: number; readonly values: Float64Array };

/** One factor of a kernel, and where from the pixel its neighbour lies. */
interface Tap {
  readonly factor: number;
  readonly across: number;
  readonly down: number;
}

/**
 * Weighs each pixel of a part with its neighbours. Those beyond the grid are its nearest ones; that the grid reaches beyond
 * the part wherever the image does is the caller's business.
 *
 * @param to - values of the part alone
 */
export function convolve(kernel: Kernel, grid: ValueGrid, part: Rect, to: Float64Array): void {
  const rowLength = part.width * grid.bands;
  const taps = tapsOf(kernel);
  to.fill(0);
  for (let row = 0; row < part.height; row++) {
    const target = to.subarray(row * rowLength, (row + 1) * rowLength);
    for (const tap of taps) addShifted(grid, { x: part.x, y: part.y + row }, tap, target);
  }
}

/** Divided by their sum where it is above 0; factors of 0 are left out. */
function tapsOf(kernel: Kernel): Tap[] {
  const side = Math.sqrt(kernel.length);
  const radius = (side - 1) / 2;
  const sum = kernel.reduce((total, factor) => total + factor, 0);
  const taps = kernel.map((factor, index) => ({
    factor: sum > 0 ? factor / sum : factor,
    across: (index % side) - radius,
    down: Math.floor(index / side) - radius,
  }));
  return taps.filter(({ factor }) => factor !== 0);
}

/** Adds one neighbour of each pixel of a row, times its factor. */
function addShifted(
  { values, width, height, bands }: ValueGrid,
  start: { readonly x: number; readonly y: number },
  { factor, across, down }: Tap,
  target: Float64Array,
): void {
  const row = Math.min(Math.max(start.y + down, 0), height - 1) * width * bands;
  const shift = (start.x + across) * bands; // of the first pixel's neighbour within its row
  const inside = Math.min(Math.max(-shift, 0), target.length);
  const beyond = Math.max(Math.min(width * bands - shift, target.length), inside);
  for (let at = 0; at < inside; at++) target[at] = Number(target[at]) + factor * Number(values[row + (at % bands)]);
  addScaled(values.subarray(row + shift + inside, row + shift + beyond), factor, target.subarray(inside, beyond));
  const last = row + (width - 1) * bands;
  for (let at = beyond; at < target.length; at++) {
    target[at] = Number(target[at]) + factor * Number(values[last + (at % bands)]);
  }
}

function addScaled(values: Float64Array, factor: number, target: Float64Array): void {
  for (let at = 0; at < target.length; at++) target[at] = Number(target[at]) + factor * Number(values[at]);
}
