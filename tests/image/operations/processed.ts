import { createProcessing } from '../../../image/operations/create-processing.ts';
import { requestedRanges } from '../../../image/operations/normalise.ts';
import type { OutputSamples, Processing } from '../../../image/operations/processing.ts';
import { typeRanges } from '../../../image/operations/sample-range.ts';
import { valueProcessing } from '../../../image/operations/value-processing.ts';
import type { Operations } from '../../../image/operations.ts';
import type { PixelBuffer, SampleRange } from '../../../image/source.ts';

/** What processing is to be judged on. */
export interface Trial {
  readonly ranges?: readonly SampleRange[];
  readonly white?: 255 | 65_535;
  /** The general way instead of the cheapest. */
  readonly isByValues?: boolean;
}

/** One row of bytes, grey or RGB. */
export function bytesOf(bands: 1 | 3, samples: readonly number[]): PixelBuffer {
  const width = samples.length / bands;
  const photometric = bands === 1 ? 'gray' : 'rgb';
  return { width, height: 1, bands, photometric, hasAlpha: false, sample: 'uint8', data: Uint8Array.from(samples) };
}

/** All samples that come out of an operation on whole pixels. */
export function processed(pixels: PixelBuffer, operations: Operations, trial: Trial = {}): number[] {
  const { ranges = typeRanges(pixels), white = 255, isByValues = false } = trial;
  const needs = { operations, layout: pixels, ranges: requestedRanges(ranges, operations), white };
  const processing = isByValues ? valueProcessing(needs) : createProcessing(needs);
  return [...run(processing, pixels, white)];
}

function run(processing: Processing, pixels: PixelBuffer, white: 255 | 65_535): OutputSamples {
  const { width, height, hasAlpha } = pixels;
  const length = width * height * (processing.colours + (hasAlpha ? 1 : 0));
  const output = white === 255 ? new Uint8Array(length) : new Uint16Array(length);
  const room = () => new Float64Array(width * height * processing.workspace);
  const area = { x: 0, y: 0, width, height };
  processing.write({ pixels, area, rows: { start: 0, end: height }, workspace: [room(), room()] }, output);
  return output;
}
