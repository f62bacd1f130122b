import type { ColourMapName } from '../operations.ts';
import { PERCEPTUAL_MAPS, type PerceptualMapName } from './perceptual-maps.ts';

/** Writes the red, green and blue of a value, each from 0 to 1, from `at` on. */
export type ColourMap = (value: number, colours: Float64Array, at: number) => void;

/** The colours of each map; steps and slopes are those that IIP clients know. */
const MAPS: Readonly<Record<Exclude<ColourMapName, PerceptualMapName>, ColourMap>> = {
  hot: (value, colours, at) => put(colours, at, ramp(3 * value), ramp(3 * value - 1), ramp(3 * value - 2)),
  cold: (value, colours, at) => put(colours, at, ramp(3 * value - 2), ramp(3 * value - 1), ramp(3 * value)),
  jet,
  red: (value, colours, at) => put(colours, at, value, 0, 0),
  green: (value, colours, at) => put(colours, at, 0, value, 0),
  blue: (value, colours, at) => put(colours, at, 0, 0, value),
};

/** The map of a name. */
export function colourMapOf(name: ColourMapName): ColourMap {
  return isPerceptual(name) ? tableMap(decode(PERCEPTUAL_MAPS[name])) : MAPS[name];
}

/**
 * Into how many equal segments the values from 0 to 1 fall, in each of which every colour only rises or only falls.
 */
export function segmentsOf(name: ColourMapName): number {
  if (isPerceptual(name)) return decode(PERCEPTUAL_MAPS[name]).length / 3 - 1;
  return name === 'jet' ? 8 : 1;
}

function isPerceptual(name: ColourMapName): name is PerceptualMapName {
  return name in PERCEPTUAL_MAPS;
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Colours between two entries are between theirs; values beyond the ends have the ends' own. */
function tableMap(table: Uint8Array): ColourMap {
  const last = table.length / 3 - 1;
  return (value, colours, at) => {
    const place = Math.min(Math.max(value, 0), 1) * last;
    const entry = Math.min(Math.floor(place), last - 1);
    const share = place - entry;
    for (let band = 0; band < 3; band++) {
      const low = Number(table[entry * 3 + band]);
      const high = Number(table[entry * 3 + 3 + band]);
      colours[at + band] = (low + (high - low) * share) / 255;
    }
  };
}

/** Black below black and half red from white on, as IIP has it. */
function jet(value: number, colours: Float64Array, at: number): void {
  if (value < 0) put(colours, at, 0, 0, 0);
  else if (value < 1 / 8) put(colours, at, 0, 0, 4 * value + 0.5);
  else if (value < 3 / 8) put(colours, at, 0, 4 * value - 0.5, 1);
  else if (value < 5 / 8) put(colours, at, 4 * value - 1.5, 1, 2.5 - 4 * value);
  else if (value < 7 / 8) put(colours, at, 1, 3.5 - 4 * value, 0);
  else put(colours, at, value < 1 ? 4.5 - 4 * value : 0.5, 0, 0);
}

function ramp(value: number): number {
  return value <= 0 ? 0 : value >= 1 ? 1 : value;
}

// biome-ignore lint/complexity/useMaxParams: an object for each pixel would be garbage for each pixel
function put(colours: Float64Array, at: number, red: number, green: number, blue: number): void {
  colours[at] = red;
  colours[at + 1] = green;
  colours[at + 2] = blue;
}
