import type { BytePixels } from './eight-bits.ts';

/**
 * The value that best parts dark from light: values below it are dark. The first of several equally good ones.
 *
 * @see N. Otsu, A threshold selection method from gray-level histograms, 1979
 */
export function otsuThreshold(counts: Uint32Array): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const weighted = counts.reduce((sum, count, value) => sum + count * value, 0);
  let best = { variance: -1, value: 0 };
  let below = 0;
  let belowWeighted = 0;
  counts.forEach((count, value) => {
    below += count;
    belowWeighted += count * value;
    const variance = betweenClassVariance({ below, belowWeighted, total, weighted });
    if (variance > best.variance) best = { variance, value };
  });
  return best.value + 1;
}

/** Grey pixels as 0 below the threshold and 255 from it on, opacity as it is; in place. */
export function applyThreshold(pixels: BytePixels, threshold: number): BytePixels {
  const { data, bands } = pixels;
  for (let index = 0; index < data.length; index += bands) data[index] = Number(data[index]) < threshold ? 0 : 255;
  return pixels;
}

interface Classes {
  readonly below: number;
  readonly belowWeighted: number;
  readonly total: number;
  readonly weighted: number;
}

function betweenClassVariance({ below, belowWeighted, total, weighted }: Classes): number {
  const above = total - below;
  if (below === 0 || above === 0) return 0;
  const difference = belowWeighted / below - (weighted - belowWeighted) / above;
  return below * above * difference * difference;
}
