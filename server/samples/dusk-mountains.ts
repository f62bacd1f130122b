import { fractalNoise, hash, noise, ridgedNoise } from './noise.ts';
import { type Colour, mixColours, smoothstep } from './palette.ts';

/** One range of mountains or hills; lengths are in heights of the picture. */
export interface Range {
  /** Where its valleys lie, from the top. */
  readonly foot: number;
  readonly height: number;
  /** Peaks per height of the picture. */
  readonly frequency: number;
  readonly colour: Colour;
  /** The air in front of its foot. */
  readonly mist: Colour;
  /** How deep below the crest the mist is thickest. */
  readonly mistDepth: number;
  /** The tallest tree on it, 0 for none. */
  readonly trees: number;
  /** How much of the evening light its slopes catch. */
  readonly light: number;
  readonly seed: number;
}

/** The upper end of a range's ground at one place. */
export interface Ground {
  readonly range: Range;
  /** From the top of the picture. */
  readonly ground: number;
  /** Positive where it falls to the right. */
  readonly slope: number;
}

/** Farthest first. */
export const RANGES: readonly Range[] = [
  range({
    foot: 0.63,
    height: 0.42,
    frequency: 2.6,
    colour: [150, 108, 138],
    mist: [240, 172, 138],
    light: 0.62,
    seed: 201,
  }),
  range({
    foot: 0.66,
    height: 0.25,
    frequency: 3.3,
    colour: [112, 84, 124],
    mist: [226, 158, 138],
    light: 0.3,
    seed: 210,
  }),
  range({
    foot: 0.69,
    height: 0.15,
    frequency: 3.6,
    colour: [78, 64, 108],
    mist: [196, 136, 136],
    light: 0.14,
    seed: 220,
  }),
  range({
    foot: 0.715,
    height: 0.095,
    frequency: 2.3,
    colour: [52, 48, 88],
    mist: [160, 116, 130],
    trees: 0.007,
    seed: 230,
  }),
  range({
    foot: 0.74,
    height: 0.075,
    frequency: 1.7,
    colour: [32, 33, 66],
    mist: [122, 94, 116],
    trees: 0.014,
    seed: 240,
  }),
  range({
    foot: 0.765,
    height: 0.05,
    frequency: 1.3,
    colour: [18, 21, 46],
    mist: [84, 72, 98],
    trees: 0.026,
    seed: 250,
  }),
];

type RangeChoice = Pick<Range, 'foot' | 'height' | 'frequency' | 'colour' | 'mist' | 'seed'> & Partial<Range>;

function range(choice: RangeChoice): Range {
  return { mistDepth: choice.height * 0.7, trees: 0, light: 0, ...choice };
}

/** Where the ground of a range ends at `x`, from the top. */
export function groundLine(x: number, { foot, height, frequency, seed }: Range): number {
  const massif = smoothstep(0.1, 0.9, fractalNoise(x * frequency * 0.45 + seed, 0.5, 2, seed));
  const crest = ridgedNoise(x * frequency + seed, 0.5, 9, seed + 3);
  return foot - height * (0.1 + 0.9 * (0.4 * massif + 0.6 * crest) * (0.4 + 0.75 * massif));
}

/** How far trees rise above the ground: conifers stand closely, and the tallest at a place makes the outline. */
export function treeHeight(x: number, { trees: tallest, seed }: Range): number {
  if (tallest === 0) return 0;
  const spacing = tallest * 0.2;
  const nearest = Math.round(x / spacing);
  const grove = smoothstep(0.3, 0.6, fractalNoise(x / tallest / 9, 0.5, 3, seed + 9));
  let height = 0;
  for (let tree = nearest - 2; tree <= nearest + 2; tree++) {
    const centre = (tree + 0.8 * (hash(tree, 0, seed) - 0.5)) * spacing;
    const own = tallest * (0.35 + 0.65 * hash(tree, 1, seed)) * (0.3 + 0.7 * grove);
    height = Math.max(height, coneHeight(Math.abs(x - centre) / (own * 0.2), hash(tree, 2, seed)) * own);
  }
  return height;
}

/** Height of a conifer's outline at a distance from its trunk, both as parts of its size: branches hang in tiers. */
function coneHeight(distance: number, phase: number): number {
  if (distance >= 1) return 0;
  const tiers = distance * 7 + phase;
  return 1 - distance - 0.16 * (tiers - Math.floor(tiers)) * Math.sqrt(distance);
}

/**
 * The surface of a range.
 *
 * @param x, y - in heights of the picture
 */
export function surfaceColour({ range, ground, slope }: Ground, x: number, y: number): Colour {
  const depth = y - ground;
  const { colour, mist, mistDepth, light, seed } = range;
  const shade = light === 0 ? 0 : Math.max(-0.5, Math.min(light * (slope * 0.2 + relief(x, y, seed + 20)), 0.6));
  const rock = shade > 0 ? mixColours(colour, [255, 170, 142], shade) : mixColours(colour, [22, 24, 60], -shade);
  const veil =
    smoothstep(0, 1, depth / mistDepth - 0.1) * (0.72 + 0.6 * (fractalNoise(x * 2.3, y * 13, 3, seed + 30) - 0.5));
  return mixColours(rock, mist, Math.min(Math.max(veil, 0), 0.96));
}

/** Light on rough ground from low on the right: above 0 where it faces the light. */
function relief(x: number, y: number, seed: number): number {
  const bend = noise(x * 4, y * 4, seed + 9) * 1.5;
  const here = ridgedNoise(x * 13 + bend, y * 7 - bend, 6, seed);
  const towardsLight = ridgedNoise(x * 13 + bend + 0.09, y * 7 - bend + 0.03, 6, seed);
  return (here - towardsLight) * 2.2;
}
