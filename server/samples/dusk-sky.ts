import { fractalNoise, hash, noise } from './noise.ts';
import { type Colour, type ColourStop, createPalette, mixColours, smoothstep } from './palette.ts';

/** From the zenith down to the horizon and the glow behind it. */
const SKY_STOPS: readonly ColourStop[] = [
  [0, [7, 10, 32]],
  [0.22, [20, 27, 70]],
  [0.4, [62, 56, 112]],
  [0.52, [146, 88, 122]],
  [0.62, [224, 128, 106]],
  [0.72, [250, 186, 122]],
  [1, [255, 222, 166]],
];
const SKY = createPalette(SKY_STOPS, 2048);

/** Where the sun went down. */
const GLOW = { x: 0.98, y: 0.6, colour: [255, 176, 96] as Colour };

const MOON = { x: 0.42, y: 0.17, radius: 0.03, colour: [255, 246, 226] as Colour };
/** In radii of the moon. */
const HALO_RADIUS = 14;
/** Towards the sun, seen from the moon: right, down and a little behind it. */
const MOON_LIGHT = { x: 0.72, y: 0.56, z: -0.41 };

const CLOUD_COLOUR: Colour = [255, 150, 120];
const CLOUD_SHADE: Colour = [70, 54, 104];
const STAR_TINTS: readonly Colour[] = [
  [255, 224, 190],
  [255, 246, 236],
  [206, 222, 255],
];

/**
 * The evening sky without stars.
 *
 * @param x - in heights of the picture, from the left
 * @param y - in heights of the picture, from the top
 */
export function skyColour(x: number, y: number): Colour {
  const distance = ((x - GLOW.x) * 0.7) ** 2 + ((y - GLOW.y) * 1.6) ** 2;
  const glow = Math.exp(-distance * 9);
  const place = y * 1.08 + glow * 0.08;
  const sample = Math.min(Math.max(Math.floor(place * SKY.length), 0), SKY.length - 1) * 3;
  const base: Colour = [SKY.samples[sample] ?? 0, SKY.samples[sample + 1] ?? 0, SKY.samples[sample + 2] ?? 0];
  return withMoon(withClouds(mixColours(base, GLOW.colour, glow * 0.55), x, y, glow), x, y);
}

/**
 * Adds the stars, whose size follows the picture's pixels.
 *
 * @param pixel - the height of a pixel in heights of the picture
 */
export function withStars(sky: Colour, x: number, y: number, pixel: number): Colour {
  const visibility = 1 - smoothstep(0.08, 0.44, y);
  if (visibility === 0 || Math.hypot(x - MOON.x, y - MOON.y) < MOON.radius * 1.02) return sky;
  const faint = starLight(x, y, {
    cells: 150,
    chance: 0.34,
    radius: Math.max(1.1 * pixel, 0.0005),
    faintest: 0.12,
    seed: 11,
  });
  const bright = starLight(x, y, {
    cells: 26,
    chance: 0.3,
    radius: Math.max(1.6 * pixel, 0.0014),
    faintest: 0.4,
    seed: 12,
  });
  const light = (faint.light * 0.75 + bright.light) * visibility;
  if (light < 0.004) return sky;
  const tint = STAR_TINTS[Math.floor((bright.light > faint.light ? bright : faint).tint * 3)] ?? MOON.colour;
  return mixColours(sky, tint, Math.min(light, 1));
}

interface StarField {
  /** Per height of the picture; a cell has one star at most. */
  readonly cells: number;
  readonly chance: number;
  readonly radius: number;
  /** Least light of a star; the most is 1. */
  readonly faintest: number;
  readonly seed: number;
}

/** Light from the star of this point's cell, if it has one; few are bright. */
function starLight(
  x: number,
  y: number,
  { cells, chance, radius, faintest, seed }: StarField,
): { light: number; tint: number } {
  const column = Math.floor(x * cells);
  const row = Math.floor(y * cells);
  if (hash(column, row, seed) > chance) return { light: 0, tint: 0 };
  const right = x - (column + 0.2 + 0.6 * hash(column, row, seed + 100)) / cells;
  const down = y - (row + 0.2 + 0.6 * hash(column, row, seed + 200)) / cells;
  const size = hash(column, row, seed + 300);
  const magnitude = faintest + (1 - faintest) * size * size * size * size;
  const distance = (right * right + down * down) / (radius * radius * (0.4 + magnitude));
  return { light: distance > 9 ? 0 : magnitude * Math.exp(-distance), tint: hash(column, row, seed + 400) };
}

function withClouds(sky: Colour, x: number, y: number, glow: number): Colour {
  const height = smoothstep(0.14, 0.34, y) * (1 - smoothstep(0.56, 0.66, y));
  if (height === 0) return sky;
  const bend = noise(x * 1.7, y * 5, 31) * 0.5;
  const density = fractalNoise(x * 1.5 + bend, y * 15 + bend * 2, 6, 32);
  const amount = smoothstep(0.52, 0.78, density) * height;
  if (amount === 0) return sky;
  const lit = mixColours(CLOUD_SHADE, CLOUD_COLOUR, smoothstep(0.24, 0.55, y + glow * 0.25));
  return mixColours(sky, lit, amount * 0.62);
}

function withMoon(sky: Colour, x: number, y: number): Colour {
  const right = (x - MOON.x) / MOON.radius;
  const down = (y - MOON.y) / MOON.radius;
  const distance = Math.sqrt(right * right + down * down);
  if (distance > HALO_RADIUS) return sky;
  const halo =
    0.2 * Math.exp(-distance * 0.42) * (1 - distance / HALO_RADIUS) + 0.22 * Math.exp(-distance * distance * 0.35);
  const hazy = mixColours(sky, MOON.colour, halo);
  const cover = 1 - smoothstep(0.992, 1.008, distance);
  if (cover === 0) return hazy;
  const towards = Math.sqrt(Math.max(0, 1 - distance * distance));
  const facing = right * MOON_LIGHT.x + down * MOON_LIGHT.y + towards * MOON_LIGHT.z;
  const seas = smoothstep(0.42, 0.6, fractalNoise(right * 1.3 + 5, down * 1.3, 5, 41));
  const craters = fractalNoise(right * 9, down * 9, 5, 42);
  const ground = (1 - 0.3 * seas) * (0.72 + 0.5 * craters);
  const light = 0.1 + 0.9 * smoothstep(0, 0.32, facing + (craters - 0.5) * 0.12);
  return mixColours(hazy, mixColours(sky, MOON.colour, Math.min(0.1 + light * ground, 1)), cover);
}
