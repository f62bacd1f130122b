import { type Ground, groundLine, RANGES, type Range, surfaceColour, treeHeight } from './dusk-mountains.ts';
import { skyColour, withStars } from './dusk-sky.ts';
import { fractalNoise, mix } from './noise.ts';
import { type Colour, mixColours, smoothstep } from './palette.ts';
import type { Picture } from './picture.ts';

/** Where the lake begins, in heights of the picture from the top. */
const SHORE = 0.795;
const WATER_COLOUR: Colour = [16, 22, 52];
const SHORE_MIST: Colour = [176, 132, 140];

const FOREGROUND: Range = {
  foot: 1.06,
  height: 0.1,
  frequency: 1.1,
  colour: [7, 9, 22],
  mist: [7, 9, 22],
  mistDepth: 1,
  trees: 0.15,
  light: 0,
  seed: 260,
};

/** A mountain lake after sunset. */
export function dusk(height: number): Picture {
  const size = { width: height * 1.5, height };
  return {
    name: 'dusk',
    title: 'Mountain lake at dusk',
    size,
    draw(pixels, top) {
      const pixel = 1 / height;
      const views = Array.from({ length: size.width }, (_, column) => viewAt((column + 0.5) * pixel, pixel));
      let target = 0;
      for (let row = top; target < pixels.length; row++) {
        const y = (row + 0.5) * pixel;
        for (const view of views) {
          const [red, green, blue] = colourAt(view, y);
          pixels[target++] = red;
          pixels[target++] = green;
          pixels[target++] = blue;
        }
      }
    },
  };
}

/** What is the same for all points of a column. */
interface View {
  readonly x: number;
  readonly pixel: number;
  readonly outlines: readonly Outline[];
  /** Above it there is only sky. */
  readonly horizon: number;
  readonly foreground: Outline;
}

interface Outline extends Ground {
  /** The upper end of the ground or of the trees on it. */
  readonly top: number;
}

function viewAt(x: number, pixel: number): View {
  const outlines = RANGES.map((range) => outlineAt(range, x, pixel));
  const horizon = Math.min(...outlines.map(({ top }) => top)) - pixel;
  return { x, pixel, outlines, horizon, foreground: outlineAt(framed(x), x, pixel) };
}

function outlineAt(range: Range, x: number, pixel: number): Outline {
  const ground = groundLine(x, range);
  const slope = (groundLine(x + 8 * pixel, range) - groundLine(x - 8 * pixel, range)) / (16 * pixel);
  return { range, ground, top: ground - treeHeight(x, range), slope };
}

/** The near bank rises towards both sides and leaves the view open between. */
function framed(x: number): Range {
  const side = smoothstep(0.42, 0.95, Math.abs(x - 0.8) / 0.75);
  return { ...FOREGROUND, foot: mix(1.3, 0.99, side) };
}

function colourAt(view: View, y: number): Colour {
  const cover = coverage(view.foreground, y, view.pixel);
  if (cover === 1) return FOREGROUND.colour;
  const behind = y < SHORE ? landColour(view, y) : lakeColour(view, y);
  return cover === 0 ? behind : mixColours(behind, FOREGROUND.colour, cover);
}

/** How much of a pixel lies below an outline: edges are smooth. */
function coverage(outline: Outline | undefined, y: number, pixel: number): number {
  if (!outline) return 0;
  return Math.min(Math.max((y - outline.top) / pixel + 0.5, 0), 1);
}

function landColour(view: View, y: number): Colour {
  const { x, pixel } = view;
  return y < view.horizon ? withStars(skyColour(x, y), x, y, pixel) : mountainColour(view, y);
}

/** From the back to the front, without what is hidden; between peaks the sky. */
function mountainColour({ x, pixel, outlines }: View, y: number): Colour {
  let index = outlines.length - 1;
  while (index >= 0 && coverage(outlines[index], y, pixel) < 1) index--;
  let colour = index >= 0 ? undefined : withStars(skyColour(x, y), x, y, pixel);
  for (; index < outlines.length; index++) {
    const outline = outlines[index];
    const cover = coverage(outline, y, pixel);
    if (!outline || cover === 0) continue;
    const surface = surfaceColour(outline, x, y);
    colour = colour ? mixColours(colour, surface, cover) : surface;
  }
  return colour ?? WATER_COLOUR;
}

/** The land upside down, broken by ripples that grow towards the viewer. */
function lakeColour(view: View, y: number): Colour {
  const depth = y - SHORE;
  const ripples = fractalNoise(view.x * 9, 90 * Math.sqrt(depth + 0.002), 4, 301) - 0.5;
  const mirrored = SHORE - depth * 1.12 - ripples * depth * 0.5;
  const reflection = landColour(view, Math.min(mirrored, SHORE));
  const water = mixColours(reflection, WATER_COLOUR, 0.16 + 0.9 * depth + Math.max(0, ripples * 0.5));
  return mixColours(water, SHORE_MIST, 0.5 * Math.exp(-depth * 70));
}
