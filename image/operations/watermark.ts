import { clamp, type Rect, type Size } from '../geometry.ts';
import type { IntegerPixels } from './eight-bits.ts';
import { type Mark, PLANES_OF_COLOUR, PLANES_OF_GRAY } from './mark.ts';
import type { PixelSpan } from './processing.ts';

/** Where marks are: at most one in each cell of a grid, wholly inside where it fits. */
export interface MarkGrid {
  readonly cell: Size;
  /** Where in the cell of that column and row the mark begins, in pixels; undefined for none. */
  readonly placeIn: (column: number, row: number) => { readonly x: number; readonly y: number } | undefined;
}

/** Where pixels lie in the space of the grid: the corner of the first of them, and how large each is there. */
export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
}

/**
 * Lays marks over some rows of pixels, in place. Every pixel gets the mean of what the marks are on the area that it stands
 * for, so pixels of one scale that stand for the same area get the same, whoever asks.
 */
export function layMarks(pixels: IntegerPixels, rows: PixelSpan, frame: Frame, { mark, grid }: MarkedGrid): void {
  const { width, bands, hasAlpha } = pixels;
  const colours = bands - (hasAlpha ? 1 : 0);
  const planes = (colours < 3 ? PLANES_OF_GRAY : PLANES_OF_COLOUR).flatMap((index) => mark.planes[index] ?? []);
  const light = new Float64Array(width * planes.length);
  for (let row = rows.start; row < rows.end; row++) {
    const strip = { ...frame, y: frame.y + row * frame.stepY };
    const places = marksOn(strip, width, { mark, grid });
    if (places.length === 0) continue;
    light.fill(0);
    for (const place of places) addMark(light, { width, strip, planes, stride: mark.width + 1 }, place);
    if (mark.isAdditive) addLight(pixels, row, light, colours);
    else layOver(pixels, row, light, colours);
  }
}

/** A mark and where it is laid. */
export interface MarkedGrid {
  readonly mark: Mark;
  readonly grid: MarkGrid;
}

/** The marks that lie on a row of pixels, in the space of the grid and cut by their cells. */
function marksOn(strip: Frame, width: number, { mark, grid: { cell, placeIn } }: MarkedGrid): Rect[] {
  const [left, right] = [strip.x, strip.x + width * strip.stepX];
  const [top, bottom] = [strip.y, strip.y + strip.stepY];
  const found: Rect[] = [];
  for (let row = Math.floor(top / cell.height); row * cell.height < bottom; row++) {
    for (let column = Math.floor(left / cell.width); column * cell.width < right; column++) {
      const place = placeIn(column, row);
      if (!place) continue;
      const x = column * cell.width + place.x;
      const y = row * cell.height + place.y;
      const size = {
        width: Math.min(mark.width, cell.width - place.x),
        height: Math.min(mark.height, cell.height - place.y),
      };
      if (x < right && x + size.width > left && y < bottom && y + size.height > top) found.push({ x, y, ...size });
    }
  }
  return found;
}

/** A row of pixels that light is gathered for, one value after the other for each plane. */
interface Gathering {
  readonly width: number;
  readonly strip: Frame;
  readonly planes: readonly Float64Array[];
  /** From one row of a plane to the next. */
  readonly stride: number;
}

/** Adds the mean of a mark to each pixel that it reaches. */
function addMark(light: Float64Array, { width, strip, planes, stride }: Gathering, place: Rect): void {
  const { x, y, stepX, stepY } = strip;
  const top = clamp(y - place.y, 0, place.height);
  const bottom = clamp(y + stepY - place.y, 0, place.height);
  const first = Math.max(0, Math.floor((place.x - x) / stepX));
  const end = Math.min(width, Math.ceil((place.x + place.width - x) / stepX));
  planes.forEach((plane, index) => {
    const sums = sumsBetween(plane, stride, top, bottom);
    for (let pixel = first; pixel < end; pixel++) {
      const left = clamp(x + pixel * stepX - place.x, 0, place.width);
      const right = clamp(x + (pixel + 1) * stepX - place.x, 0, place.width);
      const at = pixel * planes.length + index;
      light[at] = Number(light[at]) + (between(sums, right) - between(sums, left)) / (stepX * stepY);
    }
  });
}

/** What lies left of each corner in a horizontal strip, whose edges need not be whole numbers. */
function sumsBetween(plane: Float64Array, stride: number, top: number, bottom: number): Float64Array {
  const sums = new Float64Array(stride);
  for (const [edge, sign] of [
    [bottom, 1],
    [top, -1],
  ] as const) {
    const row = Math.floor(edge);
    const share = edge - row;
    addScaled(sums, plane.subarray(row * stride, (row + 1) * stride), sign * (1 - share));
    if (share > 0) addScaled(sums, plane.subarray((row + 1) * stride, (row + 2) * stride), sign * share);
  }
  return sums;
}

function addScaled(sums: Float64Array, values: Float64Array, factor: number): void {
  for (let index = 0; index < sums.length; index++) sums[index] = Number(sums[index]) + factor * Number(values[index]);
}

function between(sums: Float64Array, place: number): number {
  const corner = Math.floor(place);
  const share = place - corner;
  const low = Number(sums[corner]);
  return share === 0 ? low : low + (Number(sums[corner + 1]) - low) * share;
}

/** Adds light to a row, opacity left alone. */
function addLight({ data, bands, width }: IntegerPixels, row: number, light: Float64Array, colours: number): void {
  const white = whiteOf(data);
  let at = row * width * bands;
  for (let from = 0; from < light.length; from += colours + 1, at += bands) {
    for (let band = 0; band < colours; band++) {
      const sample = Number(data[at + band]) + Number(light[from + band]) * white + 0.5;
      data[at + band] = Math.min(sample, white); // storing cuts
    }
  }
}

/** Lays light over a row as a layer that covers what is below it. */
function layOver(pixels: IntegerPixels, row: number, light: Float64Array, colours: number): void {
  const { data, bands, width, hasAlpha } = pixels;
  const white = whiteOf(data);
  let at = row * width * bands;
  for (let from = 0; from < light.length; from += colours + 1, at += bands) {
    const cover = Number(light[from + colours]);
    if (cover === 0) continue;
    const below = (hasAlpha ? Number(data[at + colours]) / white : 1) * (1 - cover);
    const opacity = cover + below;
    for (let band = 0; band < colours; band++) {
      const sample = (Number(data[at + band]) * below + Number(light[from + band]) * white) / opacity + 0.5;
      data[at + band] = Math.min(sample, white); // storing cuts
    }
    if (hasAlpha) data[at + colours] = opacity * white + 0.5;
  }
}

function whiteOf(data: IntegerPixels['data']): number {
  return data.BYTES_PER_ELEMENT === 1 ? 255 : 65_535;
}
