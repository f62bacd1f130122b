import type { Part } from '../../image/operations/processing.ts';
import type { Kernel, KernelFunction } from '../kernels/load-kernels.ts';

/** Functions on pixels read and write so many bytes beyond the end of what they are told. */
export const SLACK = 64;

/** The functions that do the same to samples of each type. */
export type BySample = Partial<Readonly<Record<Part['pixels']['sample'], KernelFunction>>>;

/** The one for the samples of a part. */
export function functionFor({ pixels }: Part, functions: BySample): KernelFunction {
  const found = functions[pixels.sample];
  if (!found) throw new TypeError(`no kernel for ${pixels.sample}`);
  return found;
}

/** Copies some rows of pixels into a kernel's memory. @returns their address there */
export function putRows(kernel: Kernel, { pixels, rows }: Pick<Part, 'pixels' | 'rows'>): number {
  const rowLength = pixels.width * pixels.bands;
  return putNumbers(kernel, pixels.data.subarray(rows.start * rowLength, rows.end * rowLength));
}

/** Copies numbers into a kernel's memory. @returns their address there */
export function putNumbers(kernel: Kernel, { buffer, byteOffset, byteLength }: ArrayBufferView): number {
  return kernel.put(new Uint8Array(buffer, byteOffset, byteLength));
}

/** How many pixels a part of whole rows has. */
export function pixelsIn({ pixels, rows }: Part): number {
  return (rows.end - rows.start) * pixels.width;
}
