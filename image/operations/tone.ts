import type { Operations } from '../operations.ts';

/** What becomes of one normalised value by itself. */
export type Tone = (value: number) => number;

/** Gamma above 1 darkens; what is below black stays black. */
function gammaTone(gamma: number): Tone {
  return (value) => Math.max(0, value) ** gamma;
}

/** Lifts the dark parts: 0 and 1 stay where they are. */
function logTone(value: number): number {
  return Math.log(1 + 255 * Math.max(0, value)) / Math.log(256);
}

export function invertTone(value: number): number {
  return 1 - value;
}

/** Gamma or logarithm, then inversion; undefined where neither is wanted. */
export function toneOf({ gamma, invert }: Pick<Operations, 'gamma' | 'invert'>): Tone | undefined {
  const curve = gamma === undefined ? undefined : gamma === 'log' ? logTone : gammaTone(gamma);
  if (!invert) return curve;
  return curve ? (value) => invertTone(curve(value)) : invertTone;
}
