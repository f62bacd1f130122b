import type { Point, Rect, Size } from '../geometry.ts';
import type { Kernel } from '../operations.ts';

/** Interleaved values of an area. */
export type ValueGrid = Size & { readonly bands: number; readonly values: Float64Array };

/**
 * Weighs each pixel of a part with its neighbours. Those beyond the grid are its nearest ones; that the grid reaches beyond
 * the part wherever the image does is the caller's business.
 *
 * @param kernel - of 1, 3 or 5 rows
 * @param to - values of the part alone
 */
export function convolve(kernel: Kernel, grid: ValueGrid, part: Rect, to: Float64Array): void {
  const rows = rowsOf(kernel);
  const radius = (Math.sqrt(kernel.length) - 1) / 2;
  const rowLength = part.width * grid.bands;
  const spare = new Float64Array(rowLength + 2 * radius * grid.bands);
  to.fill(0);
  for (let row = 0; row < part.height; row++) {
    const target = to.subarray(row * rowLength, (row + 1) * rowLength);
    for (const { factors, down } of rows) {
      const start = { x: part.x - radius, y: part.y + row + down };
      addLine(lineOf(grid, start, spare), factors, grid.bands, target);
    }
  }
}

/** One row of a kernel that has any factors but 0, and how far below the pixel it is laid. */
interface KernelRow {
  readonly factors: readonly number[];
  readonly down: number;
}

/** The factors of a kernel, divided by the sum of all where that is above 0. */
export function factorsOf(kernel: Kernel): number[] {
  const sum = kernel.reduce((total, factor) => total + factor, 0);
  return kernel.map((factor) => (sum > 0 ? factor / sum : factor));
}

function rowsOf(kernel: Kernel): KernelRow[] {
  const side = Math.sqrt(kernel.length);
  const factors = factorsOf(kernel);
  const rows = Array.from({ length: side }, (_, row) => {
    return { factors: factors.slice(row * side, (row + 1) * side), down: row - (side - 1) / 2 };
  });
  return rows.filter((row) => row.factors.some((factor) => factor !== 0));
}

/** The values of a row from a pixel on, as many as there is room for; those beyond the grid are put into that room. */
function lineOf({ values, width, height, bands }: ValueGrid, start: Point, room: Float64Array): Float64Array {
  const row = Math.min(Math.max(start.y, 0), height - 1) * width * bands;
  const first = start.x * bands;
  if (first >= 0 && first + room.length <= width * bands)
    return values.subarray(row + first, row + first + room.length);
  const before = Math.min(Math.max(-first, 0), room.length);
  const end = Math.min(Math.max(width * bands - first, before), room.length);
  const last = (width - 1) * bands;
  for (let at = 0; at < before; at++) room[at] = Number(values[row + (at % bands)]);
  room.set(values.subarray(row + first + before, row + first + end), before);
  for (let at = end; at < room.length; at++) room[at] = Number(values[row + last + (at % bands)]);
  return room;
}

/** Adds the neighbours in a row to each value, the first of which lies the kernel's radius to the left. */
function addLine(line: Float64Array, factors: readonly number[], bands: number, target: Float64Array): void {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = factors;
  if (factors.length === 5) {
    for (let at = 0; at < target.length; at++) {
      const left = a * Number(line[at]) + b * Number(line[at + bands]) + c * Number(line[at + 2 * bands]);
      target[at] = Number(target[at]) + left + d * Number(line[at + 3 * bands]) + e * Number(line[at + 4 * bands]);
    }
  } else if (factors.length === 3) {
    for (let at = 0; at < target.length; at++) {
      const left = a * Number(line[at]) + b * Number(line[at + bands]);
      target[at] = Number(target[at]) + left + c * Number(line[at + 2 * bands]);
    }
  } else {
    for (let at = 0; at < target.length; at++) target[at] = a * Number(line[at]);
  }
}
