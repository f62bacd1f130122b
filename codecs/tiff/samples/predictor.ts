import type { Kernels } from '../../kernels/load-kernels.ts';

/** Stored samples of whole rows, as the kernels and all machines we know have their numbers: the lowest byte first. */
interface Rows {
  readonly stored: Uint8Array;
  /** In bytes. */
  readonly rowLength: number;
  readonly bands: number;
  readonly bits: number;
}

/**
 * Undoes horizontal differencing of samples of 8, 16, 32 or 64 bits in place.
 *
 * @see TIFF 6.0 §14
 */
export function undoDifferencing(kernels: Kernels, { stored, rowLength, bands, bits }: Rows): void {
  kernels.run((kernel) => {
    const rows = kernel.put(stored);
    kernel.call('undo_differencing', rows, stored.byteLength, rowLength, bits / 8, bands);
    kernel.get(rows, stored);
  });
}

/**
 * Undoes the predictor of real numbers in place: the bytes of a row were sorted, the highest of each number first, and then
 * differenced.
 *
 * @param isLittleEndian - in which order the bytes of a number are to come out
 * @see Adobe TIFF technical note 3
 */
export function undoRealDifferencing(kernels: Kernels, real: Rows & { readonly isLittleEndian: boolean }): void {
  const { stored, rowLength, bands, bits, isLittleEndian } = real;
  kernels.run((kernel) => {
    const rows = kernel.put(stored);
    const isLittle = isLittleEndian ? 1 : 0;
    const sorted = kernel.allocate(rowLength);
    kernel.call('undo_real_differencing', rows, stored.byteLength, rowLength, bits / 8, bands, isLittle, sorted);
    kernel.get(rows, stored);
  });
}
