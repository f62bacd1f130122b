import type { Interpolation } from '../../image/request.ts';

/** The weight of a source pixel by its distance from where an output pixel lies. */
export interface Filter {
  /** The distance from which on weights are 0, in pixels of whichever side has fewer. */
  readonly reach: number;
  /** @param distance - below `reach`, either sign */
  weigh(distance: number): number;
}

/** Averages of whole pixels. */
export const BOX: Filter = { reach: 0.5, weigh: () => 1 };

/** By the names they are asked for. `nearest` has none: it takes one pixel. */
export const FILTERS: Readonly<Record<Exclude<Interpolation, 'nearest'>, Filter>> = {
  linear: { reach: 1, weigh: (distance) => 1 - Math.abs(distance) },
  cubic: { reach: 2, weigh: cubic(0, 1 / 2) },
  mitchell: { reach: 2, weigh: cubic(1 / 3, 1 / 3) },
  lanczos: { reach: 3, weigh: (distance) => sinc(distance) * sinc(distance / 3) },
};

/** @see Mitchell and Netravali, Reconstruction Filters in Computer Graphics, 1988; (0, 1/2) is Catmull-Rom's spline */
function cubic(b: number, c: number): Filter['weigh'] {
  return (distance) => {
    const x = Math.abs(distance);
    if (x < 1) return ((12 - 9 * b - 6 * c) * x ** 3 + (12 * b + 6 * c - 18) * x ** 2 + 6 - 2 * b) / 6;
    return ((-b - 6 * c) * x ** 3 + (6 * b + 30 * c) * x ** 2 + (-12 * b - 48 * c) * x + 8 * b + 24 * c) / 6;
  };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
