import { isSameSize, type Size } from '../image/geometry.ts';
import type { Interpolation } from '../image/request.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { EncodablePixels } from './encode/encoder.ts';
import type { Kernels } from './kernels/load-kernels.ts';
import { eachPart, rowsAtOnce } from './parts.ts';
import { BOX, FILTERS } from './resample/filters.ts';
import { pickNearest } from './resample/nearest.ts';
import { createResample } from './resample/resample.ts';
import type { TakeTurn } from './turns.ts';

/**
 * Scales to exactly `size`, centred, without aliasing. Pixels of that size already come back as they are; otherwise, and
 * when the signal fires, their memory is given back, and what is returned lies in other memory of the pool.
 */
export type Resize = (pixels: EncodablePixels, size: Size, manner: Manner) => Promise<EncodablePixels>;

/** How pictures are scaled. */
interface Manner {
  readonly interpolation: Interpolation;
  readonly signal: AbortSignal;
}

/** What resizing works with. */
interface ResizeTools {
  readonly kernels: Kernels;
  readonly pool: BufferPool;
  readonly takeTurn: TakeTurn;
}

/** Beyond this reduction pixels are averaged in blocks first: a filter would have to look at too many rows at once. */
const LARGEST_REDUCTION = 4;

/** Side of such a block at most. */
const LARGEST_BLOCK = 64;

export function createResize({ kernels, pool, takeTurn }: ResizeTools): Resize {
  const resample = createResample(kernels, takeTurn);
  const drawInto = drawingFrom(pool);

  function nearest(pixels: EncodablePixels, size: Size, signal: AbortSignal): Promise<EncodablePixels> {
    const parting = { rows: rowsAtOnce(size.width), takeTurn, signal };
    return drawInto(pixels, size, (output) =>
      eachPart(size.height, parting, (rows) => pickNearest(pixels, output, rows)),
    );
  }

  /** Makes one pixel of each block, until the filter can do the rest. */
  async function inBlocks(pixels: EncodablePixels, size: Size, signal: AbortSignal): Promise<Reduced> {
    let source = pixels;
    let extent: Size = { width: pixels.width, height: pixels.height };
    for (let block = blockFor(extent, size); block; block = blockFor(extent, size)) {
      const from = source;
      const covered = { width: Math.ceil(extent.width / block.width), height: Math.ceil(extent.height / block.height) };
      const reduced = { width: covered.width * block.width, height: covered.height * block.height };
      source = await drawInto(from, covered, (output) =>
        resample(from, { filter: BOX, extent: reduced, output, signal }),
      );
      extent = { width: extent.width / block.width, height: extent.height / block.height };
    }
    return { source, extent };
  }

  return async (pixels, size, { interpolation, signal }) => {
    if (isSameSize(pixels, size)) return pixels;
    if (interpolation === 'nearest') return nearest(pixels, size, signal);
    const { source, extent } = await inBlocks(pixels, size, signal);
    const filter = FILTERS[interpolation];
    return drawInto(source, size, (output) => resample(source, { filter, extent, output, signal }));
  };
}

/** Pixels made of blocks. */
interface Reduced {
  readonly source: EncodablePixels;
  /** How many of them the picture takes: the last block of a direction may reach over its edge. */
  readonly extent: Size;
}

/** Draws into memory of the pool, and gives that of the source back, whatever happens. */
function drawingFrom(pool: BufferPool) {
  return async (
    source: EncodablePixels,
    size: Size,
    draw: (output: EncodablePixels) => Promise<void>,
  ): Promise<EncodablePixels> => {
    const output = takeAlike(pool, source, size);
    try {
      await draw(output);
      return output;
    } catch (error) {
      pool.give(output.data);
      throw error;
    } finally {
      pool.give(source.data);
    }
  };
}

/** Blocks of which one pixel each is made; undefined where the filter can do it all. */
function blockFor(source: Size, size: Size): Size | undefined {
  const width = blockSide(source.width / size.width);
  const height = blockSide(source.height / size.height);
  return width > 1 || height > 1 ? { width, height } : undefined;
}

/** What is left for the filter to do is a reduction by two at least. */
function blockSide(reduction: number): number {
  return reduction > LARGEST_REDUCTION ? Math.min(LARGEST_BLOCK, Math.floor(reduction / 2)) : 1;
}

function takeAlike(pool: BufferPool, pixels: EncodablePixels, { width, height }: Size): EncodablePixels {
  const count = width * height * pixels.bands;
  if (pixels.sample === 'uint8') return { ...pixels, width, height, data: pool.take(count) };
  const memory = pool.take(count * 2);
  const data = pool.exchange(memory, new Uint16Array(memory.buffer, memory.byteOffset, count));
  return { ...pixels, width, height, data };
}
