import { assertNever } from './errors.ts';
import type { Size } from './geometry.ts';
import type { Scale } from './request.ts';

/**
 * The size that `scale` asks of a region, before any limit. Sides are rounded to the nearest whole number, halves up;
 * the side that follows from another is at least 1.
 *
 * @param bound - what `max` and `fit` may reach: the region itself, or the limits when enlarging
 */
export function scaledSize(scale: Scale, region: Size, bound: Size): Size {
  switch (scale.kind) {
    case 'max':
      return fitWithin(region, bound);
    case 'factor':
      return { width: roundHalfUp(region.width * scale.factor), height: roundHalfUp(region.height * scale.factor) };
    case 'width':
      return { width: scale.pixels, height: proportional(region.height, scale.pixels, region.width) };
    case 'height':
      return { width: proportional(region.width, scale.pixels, region.height), height: scale.pixels };
    case 'exact':
      return scale.size;
    case 'fit':
      return fitWithin(region, {
        width: Math.min(scale.within.width, bound.width),
        height: Math.min(scale.within.height, bound.height),
      });
    default:
      return assertNever(scale);
  }
}

/** The largest size of `region`'s shape that lies within `bound`, enlarged if need be. */
export function fitWithin(region: Size, bound: Size): Size {
  const { width, height } = bound;
  return isAtMost([width, region.height], [height, region.width])
    ? { width, height: proportional(region.height, width, region.width) }
    : { width: proportional(region.width, height, region.height), height };
}

/**
 * Rounds to the nearest whole number, halves up, also those that decimal fractions missed by their last bits: 33.35 % of
 * 1000 is 333.5.
 */
export function roundHalfUp(value: number): number {
  return Math.round(value * (1 + 4 * Number.EPSILON));
}

/** Below this a product of whole numbers divided by one of them misses no half by rounding: its quotient has bits to spare. */
const EXACT = 2 ** 51;

/** `length × numerator ÷ denominator` rounded, halves up, at least 1; exact for whole numbers of up to 31 bits. */
function proportional(length: number, numerator: number, denominator: number): number {
  const product = length * numerator;
  if (product < EXACT) return Math.max(1, Math.round(product / denominator));
  const divisor = BigInt(denominator);
  return Math.max(1, Number((2n * BigInt(length) * BigInt(numerator) + divisor) / (2n * divisor)));
}

/** Whether the product of the first two is at most that of the others; exact, as `proportional` is. */
function isAtMost([a, b]: readonly [number, number], [c, d]: readonly [number, number]): boolean {
  return Math.max(a * b, c * d) < EXACT ? a * b <= c * d : BigInt(a) * BigInt(b) <= BigInt(c) * BigInt(d);
}
