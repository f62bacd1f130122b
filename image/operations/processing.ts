import type { Rect } from '../geometry.ts';
import type { Operations } from '../operations.ts';
import type { PixelBuffer, SampleRange } from '../source.ts';
import type { White } from './quantise.ts';

/** Some things in a row, such as pixels or rows of them, from one to the one before another. */
export interface PixelSpan {
  readonly start: number;
  readonly end: number;
}

/** Samples that come out: interleaved, opacity behind the colours where the pixels have any. */
export type OutputSamples = Uint8Array | Uint16Array;

/** Some rows of an area of pixels. */
export interface Part {
  readonly pixels: PixelBuffer;
  /** What is wanted of the pixels; all of them, except where a kernel looks at neighbours around it. */
  readonly area: Rect;
  /** Rows of the area, counted from its top. */
  readonly rows: PixelSpan;
  /** Two runs of memory for values, each with room for `workspace` values for each pixel that is read. */
  readonly workspace: readonly [Float64Array, Float64Array];
}

/** Everything between decoding and scaling, made ready for one image and one set of operations. */
export interface Processing {
  /** Colours that come out. */
  readonly colours: number;
  /** How many pixels around a part are read as well. */
  readonly radius: number;
  /** Values of workspace for each pixel; 0 where none are needed. */
  readonly workspace: number;
  write(part: Part, output: OutputSamples): void;
}

/** What processing is made for. */
export interface ProcessingNeeds {
  readonly operations: Operations;
  /** Gray or RGB; ink and CIELAB are made RGB before. */
  readonly layout: Pick<PixelBuffer, 'sample' | 'photometric' | 'bands' | 'hasAlpha'>;
  /** Black and white of each band, as the operations want them. */
  readonly ranges: readonly SampleRange[];
  readonly white: White;
}
