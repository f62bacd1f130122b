import type { DecodeTools } from './decode-tools.ts';
import { createHistogramOf, type HistogramOf } from './histograms.ts';
import { type CreateProcessing, createQuickProcessing } from './processing/quick-processing.ts';
import { createRunProcessing, type RunProcessing } from './run-processing.ts';
import { createRangesOf, type RangesOf } from './sample-ranges.ts';
import { createToRgb, type ToRgb } from './to-rgb.ts';

/** What is found out about each image once, and what that takes. */
export interface Measures {
  readonly rangesOf: RangesOf;
  readonly histogramOf: HistogramOf;
  readonly toRgb: ToRgb;
  readonly createProcessing: CreateProcessing;
  readonly run: RunProcessing;
}

type MeasureTools = Pick<DecodeTools, 'pool' | 'takeTurn' | 'kernels'>;

/** @param tools - `takeTurn` is that of everything else the process does */
export function createMeasures({ pool, takeTurn, kernels }: MeasureTools): Measures {
  const rangesOf = createRangesOf({ pool, takeTurn });
  const run = createRunProcessing(pool, takeTurn);
  const toRgb = createToRgb({ pool, rangesOf, run, kernels });
  const createProcessing = createQuickProcessing(kernels);
  return { rangesOf, toRgb, createProcessing, run, histogramOf: createHistogramOf({ rangesOf, toRgb }) };
}
