import type { Samples } from '../../codecs/tiff-writer/samples.ts';
import type { Size } from '../../image/geometry.ts';
import { INSIDE, type PlaneWindow, traceEscapeGrid } from './escape-grid.ts';
import { type ColourStop, createPalette } from './palette.ts';
import type { Picture } from './picture.ts';

/** Chains of spirals with small copies of the whole set between them, and few iterations to get there. */
const CENTRE = { real: -0.8351, imaginary: 0.2322 };
const WIDTH = 0.01;
const LIMIT = 2500;

/** Parts are drawn one after the other, in little memory. */
const CELL_WIDTH = 256;

/** From night over sea and sand to embers, and back into the night. */
const STOPS: readonly ColourStop[] = [
  [0, [8, 12, 30]],
  [0.1, [18, 44, 92]],
  [0.24, [36, 118, 160]],
  [0.36, [150, 206, 202]],
  [0.46, [250, 240, 206]],
  [0.56, [244, 182, 84]],
  [0.66, [196, 88, 46]],
  [0.78, [96, 30, 58]],
  [0.9, [34, 16, 52]],
  [1, [8, 12, 30]],
];
const PALETTE = createPalette(STOPS, 4096);
const TURNS_PER_DOUBLING = 0.6;
const FIRST_TURN = 0.25;

const INSIDE_COLOUR = [6, 7, 14] as const;
const FILAMENT_COLOUR = [250, 236, 205] as const;

/** A part of the Mandelbrot set's border, about a hundredth of the whole wide. */
export function mandelbrot(side: number): Picture {
  const step = WIDTH / side;
  const left = CENTRE.real - WIDTH / 2;
  const top = CENTRE.imaginary + WIDTH / 2;
  return {
    name: 'mandelbrot',
    title: 'Mandelbrot set, spirals near -0.8351 + 0.2322i',
    size: { width: side, height: side },
    draw(pixels, firstRow) {
      const rows = pixels.length / 3 / side;
      for (let column = 0; column < side; column += CELL_WIDTH) {
        const size = { width: Math.min(CELL_WIDTH, side - column), height: rows };
        // one pixel more on each side: the light comes from neighbours
        const plane: PlaneWindow = { real: left + (column - 1) * step, imaginary: top - (firstRow - 1) * step, step };
        const grid = traceEscapeGrid(plane, { width: size.width + 2, height: rows + 2 }, LIMIT);
        paintEscapeGrid(grid, size, { pixels, first: column * 3, rowLength: side * 3 });
      }
    },
  };
}

/** Where in the memory of a larger picture a part of it lies, in samples. */
export interface Placement {
  readonly pixels: Samples;
  /** Of the part's upper left corner. */
  readonly first: number;
  readonly rowLength: number;
}

/**
 * Colours escape values, lit from the upper left as if they were heights.
 *
 * @param grid - values of `size` with one more pixel on each side
 */
function paintEscapeGrid(grid: Float32Array, size: Size, { pixels, first, rowLength }: Placement): void {
  const stride = size.width + 2;
  const canvas = { grid, stride, pixels };
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      paintPixel(canvas, (y + 1) * stride + x + 1, first + y * rowLength + x * 3);
    }
  }
}

interface Canvas {
  readonly grid: Float32Array;
  readonly stride: number;
  readonly pixels: Samples;
}

function paintPixel({ grid, stride, pixels }: Canvas, index: number, target: number): void {
  const value = grid[index] ?? INSIDE;
  if (value === INSIDE) {
    pixels.set(INSIDE_COLOUR, target);
    return;
  }
  const right = slope(grid, index, 1);
  const down = slope(grid, index, stride);
  const steepness = Math.sqrt(right * right + down * down); // Math.hypot takes ten times as long
  // Where values change by a fifth from pixel to pixel colours would be noise: one colour instead shows the filaments.
  const filament = 0.85 * Math.min(steepness / (0.216 * value + 1.2), 1);
  const facing = -(right + down) / Math.SQRT2 / Math.sqrt(steepness * steepness + 0.0004);
  const light = (1 + 0.2 * facing * (1 - filament)) * (1 - filament);
  const turn = Math.log2(value + 1) * TURNS_PER_DOUBLING + FIRST_TURN;
  const sample = Math.floor((turn - Math.floor(turn)) * PALETTE.length) * 3;
  for (let band = 0; band < 3; band++) {
    pixels[target + band] = (PALETTE.samples[sample + band] ?? 0) * light + (FILAMENT_COLOUR[band] ?? 0) * filament;
  }
}

/** Change per pixel between the neighbours at a distance of `step`; a neighbour inside counts as flat ground. */
function slope(grid: Float32Array, index: number, step: number): number {
  const here = grid[index] ?? 0;
  const before = grid[index - step] ?? INSIDE;
  const after = grid[index + step] ?? INSIDE;
  return ((after === INSIDE ? here : after) - (before === INSIDE ? here : before)) / 2;
}
