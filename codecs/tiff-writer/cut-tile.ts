import type { Size } from '../../image/geometry.ts';
import { createSamples, type SampleKind, type Samples } from './samples.ts';

/** Which tile of a strip, and of what. */
interface Cutting {
  readonly bands: number;
  readonly tileSide: number;
  readonly column: number;
  readonly kind: SampleKind;
}

/** One tile of a strip. What lies outside the image repeats its last column and row, which compress well and do not ring. */
export function cutTile(strip: Samples, size: Size, { bands, tileSide, column, kind }: Cutting): Samples {
  const tile = createSamples(kind, tileSide * tileSide * bands);
  const left = column * tileSide;
  const inside = Math.min(tileSide, size.width - left) * bands;
  const rowLength = tileSide * bands;
  for (let y = 0; y < tileSide; y++) {
    const from = (Math.min(y, size.height - 1) * size.width + left) * bands;
    tile.set(strip.subarray(from, from + inside), y * rowLength);
    for (let x = inside; x < rowLength; x++) tile[y * rowLength + x] = tile[y * rowLength + x - bands] ?? 0;
  }
  return tile;
}
