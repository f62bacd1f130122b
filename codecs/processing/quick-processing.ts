import { coloursAfter } from '../../image/operations/bands.ts';
import { createColourBins } from '../../image/operations/colour-bins.ts';
import { createProcessing } from '../../image/operations/create-processing.ts';
import { lineOf } from '../../image/operations/linear-processing.ts';
import type { Processing, ProcessingNeeds } from '../../image/operations/processing.ts';
import { colourTable, sampleTable } from '../../image/operations/tables.ts';
import { radiusOf } from '../../image/operations.ts';
import type { SampleRange } from '../../image/source.ts';
import type { Kernels } from '../kernels/load-kernels.ts';
import { binWriter } from './bin-writer.ts';
import { kernelWriter } from './kernel-writer.ts';
import { levelWriter } from './level-writer.ts';
import { colourWriter, tableWriter } from './table-writers.ts';

/** Makes a processing. */
export type CreateProcessing = (needs: ProcessingNeeds) => Processing;

type Write = Processing['write'];

/**
 * The same as `createProcessing`, byte for byte, by kernels for what most pixels are: without opacity, of one range, and coming
 * out as bytes.
 */
export function createQuickProcessing(kernels: Kernels): CreateProcessing {
  return (needs) => {
    const write = quickWrite(needs, kernels);
    if (!write) return createProcessing(needs);
    const { operations, layout } = needs;
    return { colours: coloursAfter(operations, layout), radius: radiusOf(operations.kernel), workspace: 0, write };
  };
}

function quickWrite(needs: ProcessingNeeds, kernels: Kernels): Write | undefined {
  const { operations, layout, white } = needs;
  if (white !== 255 || layout.hasAlpha || layout.sample === 'uint32') return undefined;
  if (operations.hillshade || operations.twist) return undefined;
  if (operations.colourMap) return operations.kernel ? undefined : writeColours(needs, operations.colourMap, kernels);
  const range = onlyRange(needs);
  return range && writeSamples(needs, range, kernels);
}

/** The range that all bands have, none of which is left out. */
function onlyRange({ operations, layout, ranges }: ProcessingNeeds): SampleRange | undefined {
  const [first] = ranges;
  const isAll = coloursAfter(operations, layout) === layout.bands && ranges.length === layout.bands;
  return isAll && ranges.every(({ min, max }) => min === first?.min && max === first.max) ? first : undefined;
}

function writeColours(
  needs: ProcessingNeeds,
  name: NonNullable<ProcessingNeeds['operations']['colourMap']>,
  kernels: Kernels,
): Write | undefined {
  const { operations, layout, ranges } = needs;
  if (layout.sample === 'uint8' || layout.sample === 'uint16') return colourWriter(colourTable(needs, name), kernels);
  const [range] = ranges;
  const isBinned = layout.sample === 'float32' && layout.bands === 1 && operations.gamma === undefined;
  return isBinned && range ? binWriter(createColourBins(needs, name), range, kernels) : undefined;
}

function writeSamples(needs: ProcessingNeeds, range: SampleRange, kernels: Kernels): Write | undefined {
  const { operations, layout, white } = needs;
  const { gamma, invert, contrast = 1, kernel } = operations;
  const isToned = gamma !== undefined || invert;
  if (kernel)
    return isToned || radiusOf(kernel) === 0
      ? undefined
      : kernelWriter({ kernel, range, scale: contrast * white }, kernels);
  if (layout.sample !== 'float32') return tableWriter(sampleTable(needs, range), kernels);
  return gamma === undefined ? levelWriter(lineOf(range, needs), kernels) : undefined;
}
