import type { PixelSpan } from '../../image/operations/processing.ts';
import type { Samples } from './resample.ts';

/** Takes for each pixel of some output rows the source pixel its centre lies in. */
export function pickNearest(source: Samples, output: Samples, { start, end }: PixelSpan): void {
  const { bands } = source;
  const columns = Int32Array.from(
    { length: output.width },
    (_, column) => bands * placeOf(column, source.width, output.width),
  );
  for (let row = start, to = start * output.width * bands; row < end; row++) {
    const from = placeOf(row, source.height, output.height) * source.width * bands;
    for (const column of columns) {
      for (let band = 0; band < bands; band++) output.data[to++] = Number(source.data[from + column + band]);
    }
  }
}

function placeOf(index: number, from: number, to: number): number {
  return Math.floor(((index + 0.5) * from) / to);
}
