import { clamp } from '../../image/geometry.ts';
import type { Filter } from './filters.ts';

/** What the pixels of an output are made of in one direction. */
export interface Axis {
  /** Number of output pixels. */
  readonly length: number;
  /** Source pixels that one output pixel is made of; the last may lie beyond a short source and then weighs nothing. */
  readonly taps: number;
  /** The first of them for each output pixel; followed by zeros up to a multiple of four. */
  readonly starts: Int32Array;
  /** Their weights, those of each output pixel adding up to 1; followed by zeros like the starts. */
  readonly weights: Float32Array;
}

/** How long the source is in one direction. */
export interface SourceLength {
  readonly pixels: number;
  /** The same before it was rounded up, where the source has been reduced already. */
  readonly extent: number;
}

/** What an axis leads to. */
export interface OutputLength {
  readonly pixels: number;
  /** The number of taps is a multiple of this. */
  readonly tapStep: number;
}

/** The centres of both sides fall together; pixels beyond the edges look like those at the edges. */
export function createAxis(
  { reach, weigh }: Filter,
  source: SourceLength,
  { pixels: length, tapStep }: OutputLength,
): Axis {
  const scale = source.extent / length;
  const stretch = Math.max(1, scale);
  const reached = Math.ceil(2 * reach * stretch);
  const taps = multipleOf(tapStep, Math.min(reached, source.pixels));
  const room = multipleOf(4, length);
  const starts = new Int32Array(room);
  const weights = new Float32Array(room * taps);
  for (let index = 0; index < length; index++) {
    const centre = (index + 0.5) * scale - 0.5;
    const first = Math.floor(centre - reach * stretch) + 1;
    const last = Math.min(Math.ceil(centre + reach * stretch), first + reached) - 1;
    const start = clamp(first, 0, Math.max(0, source.pixels - taps));
    const own = weights.subarray(index * taps, (index + 1) * taps);
    for (let place = first; place <= last; place++) {
      const tap = clamp(place, 0, source.pixels - 1) - start;
      own[tap] = Number(own[tap]) + weigh((place - centre) / stretch);
    }
    starts[index] = start;
    normalise(own);
  }
  return { length, taps, starts, weights };
}

/** The weights in whole numbers, of which those of each output pixel add up to `unit` exactly. */
export function wholeWeights({ length, taps, weights }: Axis, unit: number): Int16Array {
  const whole = new Int16Array(weights.length);
  for (let from = 0; from < length * taps; from += taps) {
    let missing = unit;
    let heaviest = from;
    for (let at = from; at < from + taps; at++) {
      const weight = Math.round(Number(weights[at]) * unit);
      whole[at] = weight;
      missing -= weight;
      if (weight > Number(whole[heaviest])) heaviest = at;
    }
    whole[heaviest] = Number(whole[heaviest]) + missing;
  }
  return whole;
}

function normalise(weights: Float32Array): void {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  for (let at = 0; at < weights.length; at++) weights[at] = Number(weights[at]) / sum;
}

function multipleOf(step: number, atLeast: number): number {
  return Math.ceil(atLeast / step) * step;
}
