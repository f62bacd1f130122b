import type { Samples } from './resample.ts';

/** Takes for each output pixel the source pixel its centre lies in. */
export function pickNearest(source: Samples, output: Samples): void {
  const { bands } = source;
  const columns = Int32Array.from(
    { length: output.width },
    (_, column) => bands * placeOf(column, source.width, output.width),
  );
  for (let row = 0, to = 0; row < output.height; row++) {
    const from = placeOf(row, source.height, output.height) * source.width * bands;
    for (const column of columns) {
      for (let band = 0; band < bands; band++) output.data[to++] = Number(source.data[from + column + band]);
    }
  }
}

function placeOf(index: number, from: number, to: number): number {
  return Math.floor(((index + 0.5) * from) / to);
}
