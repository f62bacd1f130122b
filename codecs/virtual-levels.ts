import { bytesPerPixel, SAMPLE_BYTES } from '../image/budget.ts';
import { LevelOverBudget } from '../image/errors.ts';
import { isInside, type Rect, type Size } from '../image/geometry.ts';
import { pyramidOf } from '../image/pyramid.ts';
import type { ImageSource, PixelBuffer } from '../image/source.ts';
import type { BufferPool } from './buffer-pool.ts';
import { halfOf, halveInto } from './tiff-writer/halve.ts';
import { levelSizes } from './tiff-writer/pyramid-writer.ts';
import { bytesOf } from './tiff-writer/samples.ts';
import { signChroma } from './tiff-writer/tile-format.ts';
import { opacityBandOf } from './tiff-writer/write-pyramid.ts';
import type { TakeTurn } from './turns.ts';

/** What reducing takes. */
export interface VirtualNeeds {
  /** Of the tiles that are advertised, in pixels. */
  readonly tileSide: number;
  /** Of the finest level, for one window. */
  readonly maxDecodedBytes: number;
  readonly tools: { readonly pool: BufferPool; readonly takeTurn: TakeTurn };
}

/** Rows reduced between two looks at the time, in bytes. */
const PART_BYTES = 2 ** 20;

/**
 * The same image with the levels, to the pixel, that a pyramid written of it would have, each made of the finest when it
 * is read.
 *
 * @throws LevelOverBudget from `read`, where a window takes too much of the finest level
 */
export function withVirtualLevels(source: ImageSource, needs: VirtualNeeds): ImageSource {
  const [full] = source.levels;
  const tile = { width: needs.tileSide, height: needs.tileSide };
  const [first = full, ...reduced] = levelSizes(full, needs.tileSide).map((size) => ({ ...size, tile }));
  const levels = pyramidOf([{ ...first, tile }, ...reduced]);
  const { storage: _, ...others } = source;
  return {
    ...others,
    levels,
    async read(level, window, signal) {
      const steps = levels.indexOf(level);
      if (steps < 0) throw new RangeError('level of another source');
      if (!isInside(window, level)) throw new RangeError('window outside its level');
      const wanted = windowOfFull(window, full, 2 ** steps);
      const bytes = wanted.width * wanted.height * bytesPerPixel(source.layout);
      if (steps > 0 && bytes > needs.maxDecodedBytes) throw new LevelOverBudget(bytes, needs.maxDecodedBytes);
      return reduce(await source.read(full, wanted, signal), steps, { ...needs.tools, signal });
    },
    async encodedTile(level, column, row, signal) {
      const hasSameTiles = level === levels[0] && full.tile.width === tile.width && full.tile.height === tile.height;
      return hasSameTiles ? source.encodedTile(full, column, row, signal) : undefined;
    },
  };
}

/** What a window of a level is made of. */
function windowOfFull({ x, y, width, height }: Rect, full: Size, factor: number): Rect {
  const [left, top] = [x * factor, y * factor];
  const [right, bottom] = [Math.min((x + width) * factor, full.width), Math.min((y + height) * factor, full.height)];
  return { x: left, y: top, width: right - left, height: bottom - top };
}

type Reducing = VirtualNeeds['tools'] & { readonly signal: AbortSignal };

/** Numbers of CIELAB that have a sign are averaged as numbers that have none. */
async function reduce(pixels: PixelBuffer, steps: number, reducing: Reducing): Promise<PixelBuffer> {
  if (steps === 0) return pixels;
  const sign = ({ photometric, data, bands, sample }: PixelBuffer) => {
    if (photometric === 'cielab') signChroma(bytesOf(data), bands, SAMPLE_BYTES[sample]);
  };
  sign(pixels);
  let current = pixels;
  for (let step = 0; step < steps; step++) {
    const next = await halve(current, reducing);
    reducing.pool.give(current.data);
    current = next;
  }
  sign(current);
  return current;
}

async function halve(pixels: PixelBuffer, { takeTurn, signal }: Reducing): Promise<PixelBuffer> {
  const { width, height, bands } = pixels;
  const half = emptyLike(pixels, halfOf(pixels));
  const rows = 2 * Math.max(1, Math.floor((PART_BYTES * height) / pixels.data.byteLength / 2));
  for (let top = 0; top < height; top += rows) {
    await takeTurn();
    signal.throwIfAborted();
    const size = { width, height: Math.min(rows, height - top) };
    const part = pixels.data.subarray(top * width * bands, (top + size.height) * width * bands);
    const target = half.data.subarray((top / 2) * half.width * bands);
    halveInto(part, size, { bands, opacityBand: opacityBandOf(pixels) }, target);
  }
  return half;
}

function emptyLike(pixels: PixelBuffer, { width, height }: Size): PixelBuffer {
  const size = { width, height };
  const length = width * height * pixels.bands;
  switch (pixels.sample) {
    case 'uint8':
      return { ...pixels, ...size, data: new Uint8Array(length) };
    case 'uint16':
      return { ...pixels, ...size, data: new Uint16Array(length) };
    case 'uint32':
      return { ...pixels, ...size, data: new Uint32Array(length) };
    case 'float32':
      return { ...pixels, ...size, data: new Float32Array(length) };
  }
}
