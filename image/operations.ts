import type { SampleRange } from './source.ts';

/**
 * What is done to samples before they are scaled, always in the order of these members, whatever the order in a URL.
 * Absent members change nothing. Values are those of samples brought from their range onto 0 to 1.
 */
export interface Operations {
  /** Black and white in place of the image's own; of several for one band the last counts. */
  readonly ranges?: readonly BandRange[];
  /** Black and white are the darkest and the lightest sample that the image has. */
  readonly stretch?: true;
  readonly hillshade?: Hillshade;
  readonly twist?: Twist;
  /** A power, or a logarithm that lifts the dark parts. */
  readonly gamma?: number | 'log';
  readonly invert?: true;
  readonly colourMap?: ColourMapName;
  readonly kernel?: Kernel;
  /** Samples are multiplied by it last of all. */
  readonly contrast?: number;
  /** Spreads the image's histogram evenly, once the picture is in 8 bits. */
  readonly equalise?: true;
}

/** Range of one band, counted from 0, or of every band. A band that the image lacks is passed over. */
export type BandRange = SampleRange & { readonly band: number | 'all' };

/** Light on three bands that hold a normal map. */
export interface Hillshade {
  /** Clockwise from north, in whole degrees. */
  readonly azimuth: number;
  /** Above the horizon, in whole degrees. */
  readonly elevation: number;
}

/** One row for each band that comes out, one factor in it for each that goes in; missing ones are 0. */
export type Twist = readonly (readonly number[])[];

/** Colour maps by name; all take the first band. The last six are perceptually even, but turbo, which is a better jet. */
export const COLOUR_MAPS = [
  'hot',
  'cold',
  'jet',
  'red',
  'green',
  'blue',
  'viridis',
  'plasma',
  'inferno',
  'magma',
  'cividis',
  'turbo',
] as const;

export type ColourMapName = (typeof COLOUR_MAPS)[number];

/** An odd square of factors, row by row; where their sum is above 0 the result is divided by it. */
export type Kernel = readonly number[];

/** How far a kernel reaches around a pixel, in pixels. */
export function radiusOf(kernel: Kernel | undefined): number {
  return kernel ? (Math.sqrt(kernel.length) - 1) / 2 : 0;
}

/** Whether the colours are no longer those of the image, so that its colour profile says nothing about them. */
export function isRecoloured(operations: Operations | undefined): boolean {
  return Boolean(operations?.colourMap || operations?.hillshade || operations?.twist);
}

/**
 * The operations that change anything, undefined where none does: a gamma or contrast of 1, no ranges and a kernel of one
 * positive factor are left out, so that the same pixels have one key.
 */
export function effectiveOperations(operations: Operations | undefined): Operations | undefined {
  const { ranges, gamma, kernel, contrast, ...others } = operations ?? {};
  const effective: Operations = {
    ...others,
    ...(ranges && ranges.length > 0 && { ranges }),
    ...(gamma !== undefined && gamma !== 1 && { gamma }),
    ...(kernel && !(kernel.length === 1 && Number(kernel[0]) > 0) && { kernel }),
    ...(contrast !== undefined && contrast !== 1 && { contrast }),
  };
  return operationsKey(effective) === '' ? undefined : effective;
}

/** A string that is the same exactly when the operations are; empty where there are none. */
export function operationsKey(operations: Operations | undefined): string {
  if (operations === undefined) return '';
  const given = Object.entries(operations).filter(([, value]) => value !== undefined);
  return given.length === 0 ? '' : JSON.stringify(Object.fromEntries(given.sort(([a], [b]) => (a < b ? -1 : 1))));
}
