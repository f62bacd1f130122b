import type { Twist } from '../operations.ts';

/** A band of interleaved values: the first of them, and how far apart they are. */
interface Band {
  readonly values: Float64Array;
  readonly first: number;
  readonly step: number;
}

/**
 * Mixes bands: each row of the matrix makes one. Factors for bands that the image lacks are left out, and those that are
 * missing count 0.
 *
 * @param bands - values of a pixel that go in; as many come out as the matrix has rows
 */
export function twist(matrix: Twist, bands: number): (from: Float64Array, to: Float64Array) => void {
  const terms = matrix.flatMap((row, target) => {
    return row.slice(0, bands).flatMap((factor, source) => (factor === 0 ? [] : { factor, source, target }));
  });
  return (from, to) => {
    to.fill(0);
    for (const { factor, source, target } of terms) {
      addBand({ values: from, first: source, step: bands }, factor, { values: to, first: target, step: matrix.length });
    }
  };
}

function addBand(from: Band, factor: number, to: Band): void {
  const { values: sources, step } = from;
  const { values: targets, step: stride } = to;
  for (let source = from.first, target = to.first; target < targets.length; source += step, target += stride) {
    targets[target] = Number(targets[target]) + factor * Number(sources[source]);
  }
}
