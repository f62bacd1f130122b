/** Red, green and blue from 0 to 255, fractions included. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A colour at a place from 0 to 1. */
export type ColourStop = readonly [position: number, colour: Colour];

/** Colours at equal distances, three numbers each, from position 0 up to but without 1. */
export interface Palette {
  readonly length: number;
  readonly samples: Float32Array;
}

/**
 * Samples a course of colours without corners: each stop is left and reached with zero slope.
 *
 * @param stops - ascending, the first at 0, the last at 1; the same colour at both ends makes it cyclic
 */
export function createPalette(stops: readonly ColourStop[], length: number): Palette {
  const samples = new Float32Array(length * 3);
  for (let index = 0; index < length; index++) samples.set(colourAt(stops, index / length), index * 3);
  return { length, samples };
}

/** The colour between the stops around `position`, the first or last one's outside of them. */
export function colourAt(stops: readonly ColourStop[], position: number): Colour {
  const next = stops.findIndex(([place]) => place > position);
  const after = stops[next] ?? stops.at(-1);
  const before = stops[next - 1] ?? after;
  if (!after || !before) return [0, 0, 0];
  const distance = after[0] - before[0];
  return mixColours(before[1], after[1], distance === 0 ? 0 : smoothstep(0, 1, (position - before[0]) / distance));
}

/** `amount` 0 gives the first colour, 1 the second. */
export function mixColours(first: Colour, second: Colour, amount: number): Colour {
  return [
    first[0] + (second[0] - first[0]) * amount,
    first[1] + (second[1] - first[1]) * amount,
    first[2] + (second[2] - first[2]) * amount,
  ];
}

/** 0 up to `low`, 1 from `high` on, smooth between. */
export function smoothstep(low: number, high: number, value: number): number {
  const fraction = Math.min(Math.max((value - low) / (high - low), 0), 1);
  return fraction * fraction * (3 - 2 * fraction);
}
