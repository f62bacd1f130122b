import { CorruptSource } from '../../image/errors.ts';

const NO_OPERATION = 128;

/**
 * Decompresses PackBits until `output` is full.
 *
 * @throws CorruptSource when the data ends early or a run reaches over the end
 * @see TIFF 6.0 §9
 */
export function decodePackBits(input: Uint8Array, output: Uint8Array): void {
  let read = 0;
  let written = 0;
  while (written < output.length) {
    const control = input[read++];
    if (control === undefined) throw new CorruptSource('PackBits data ends early');
    if (control === NO_OPERATION) continue;
    const isRun = control > NO_OPERATION;
    const length = isRun ? 257 - control : control + 1;
    const source = input.subarray(read, read + (isRun ? 1 : length));
    append(source, output, { written, length, isRun });
    read += source.length;
    written += length;
  }
}

function append(
  source: Uint8Array,
  output: Uint8Array,
  run: { written: number; length: number; isRun: boolean },
): void {
  const { written, length, isRun } = run;
  if (source.length < (isRun ? 1 : length) || written + length > output.length) {
    throw new CorruptSource('PackBits run reaches over the end');
  }
  if (isRun) output.fill(source[0] ?? 0, written, written + length);
  else output.set(source, written);
}
