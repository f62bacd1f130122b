import type { Size } from '../../image/geometry.ts';

/** A picture that is computed, row by row, always the same. */
export interface Picture {
  /** File name without extension. */
  readonly name: string;
  readonly title: string;
  readonly size: Size;
  /**
   * Draws as many whole rows as there is room for.
   *
   * @param pixels - receives 8-bit RGB, bands interleaved
   * @param top - the first row
   */
  draw(pixels: Uint8ClampedArray, top: number): void;
}
