import { linearProcessing } from './linear-processing.ts';
import type { Processing, ProcessingNeeds } from './processing.ts';
import { tableProcessing } from './table-processing.ts';
import { valueProcessing } from './value-processing.ts';

/**
 * Chooses the cheapest of three ways that come to the same: tables from sample to sample, a factor for samples that are too
 * many for a table, or values step by step.
 */
export function createProcessing(needs: ProcessingNeeds): Processing {
  const { operations, layout } = needs;
  const isByItself = !operations.hillshade && !operations.twist && !operations.kernel;
  if (isByItself && (layout.sample === 'uint8' || layout.sample === 'uint16')) return tableProcessing(needs);
  if (isByItself && !operations.colourMap && operations.gamma === undefined) return linearProcessing(needs);
  return valueProcessing(needs);
}
