import type { Size } from '../../image/geometry.ts';

/** A window of the complex plane sampled at pixels. */
export interface PlaneWindow {
  /** The point of the first pixel. */
  readonly real: number;
  readonly imaginary: number;
  /** The distance of neighbouring pixels: to the right real parts grow, downwards imaginary parts fall. */
  readonly step: number;
}

/** The value of points that never escape, as far as they were followed. */
export const INSIDE = -1;

/** Not computed yet. */
const UNKNOWN = -2;

/** Followed to a large radius, the count has no visible steps. */
const ESCAPE_RADIUS_SQUARED = 2 ** 16;

/** Blocks smaller than this are computed pixel by pixel: there is little left to trace. */
const SMALLEST_BLOCK = 6;

/**
 * How many iterations of z → z² + c a point needs to escape, as a continuous number above 0; `INSIDE` when it has not
 * after `limit`.
 */
export function escapeValue(real: number, imaginary: number, limit: number): number {
  if (isInLargestParts(real, imaginary)) return INSIDE;
  let x = 0;
  let y = 0;
  let xx = 0;
  let yy = 0;
  let count = 0;
  while (xx + yy < ESCAPE_RADIUS_SQUARED && count < limit) {
    y = 2 * x * y + imaginary;
    x = xx - yy + real;
    xx = x * x;
    yy = y * y;
    count++;
  }
  if (xx + yy < ESCAPE_RADIUS_SQUARED) return INSIDE;
  // log2(log2 |z|²) is 4 at the radius, and grows by 1 with each iteration
  return count + 5 - Math.log2(Math.log2(xx + yy));
}

/** Every pixel by itself: slow, and what `traceEscapeGrid` is held against. */
export function plainEscapeGrid(plane: PlaneWindow, size: Size, limit: number): Float32Array {
  return Float32Array.from({ length: size.width * size.height }, (_, index) => {
    const real = plane.real + (index % size.width) * plane.step;
    return escapeValue(real, plane.imaginary - Math.floor(index / size.width) * plane.step, limit);
  });
}

/**
 * The same values, without following the points inside: the set has no holes, so a block whose border never escapes
 * holds nothing that does (Mariani and Silver's algorithm).
 *
 * Not exact where a thread outside the set passes between two pixels of such a border: what it leads to inside the block
 * counts as inside the set.
 */
export function traceEscapeGrid(plane: PlaneWindow, size: Size, limit: number): Float32Array {
  const grid = new Float32Array(size.width * size.height).fill(UNKNOWN);
  traceBlock({ grid, plane, size, limit }, { left: 0, top: 0, right: size.width - 1, bottom: size.height - 1 });
  return grid;
}

interface Job {
  readonly grid: Float32Array;
  readonly plane: PlaneWindow;
  readonly size: Size;
  readonly limit: number;
}

/** Both ends included. */
interface Block {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Whether a point lies in the main cardioid or the disc to its left, by their equations. */
function isInLargestParts(real: number, imaginary: number): boolean {
  const square = imaginary * imaginary;
  const shifted = real - 0.25;
  const q = shifted * shifted + square;
  return q * (q + shifted) <= square / 4 || (real + 1) * (real + 1) + square <= 1 / 16;
}

function traceBlock(job: Job, block: Block): void {
  const { left, top, right, bottom } = block;
  if (Math.min(right - left, bottom - top) < SMALLEST_BLOCK) {
    fillBlock(job, block);
  } else if (isBorderInside(job, block)) {
    for (let y = top + 1; y < bottom; y++) {
      job.grid.fill(INSIDE, y * job.size.width + left + 1, y * job.size.width + right);
    }
  } else {
    for (const part of halves(block)) traceBlock(job, part);
  }
}

/** Cuts across the longer side. Both halves have the cut as their border, which is computed once. */
function halves({ left, top, right, bottom }: Block): readonly Block[] {
  if (right - left > bottom - top) {
    const x = (left + right) >> 1;
    return [
      { left, top, right: x, bottom },
      { left: x, top, right, bottom },
    ];
  }
  const y = (top + bottom) >> 1;
  return [
    { left, top, right, bottom: y },
    { left, top: y, right, bottom },
  ];
}

/** Stops at the first point that escapes: the rest of the border is computed only where it is needed. */
function isBorderInside(job: Job, { left, top, right, bottom }: Block): boolean {
  for (let x = left; x <= right; x++) {
    if (valueAt(job, x, top) !== INSIDE || valueAt(job, x, bottom) !== INSIDE) return false;
  }
  for (let y = top; y <= bottom; y++) {
    if (valueAt(job, left, y) !== INSIDE || valueAt(job, right, y) !== INSIDE) return false;
  }
  return true;
}

function fillBlock(job: Job, { left, top, right, bottom }: Block): void {
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) valueAt(job, x, y);
  }
}

function valueAt({ grid, plane, size, limit }: Job, x: number, y: number): number {
  const index = y * size.width + x;
  const known = grid[index] ?? UNKNOWN;
  if (known !== UNKNOWN) return known;
  const value = escapeValue(plane.real + x * plane.step, plane.imaginary - y * plane.step, limit);
  grid[index] = value;
  return value;
}
