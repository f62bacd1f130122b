import type { Rect } from '../../image/geometry.ts';
import type { PixelBuffer } from '../../image/source.ts';
import type { BufferPool } from '../buffer-pool.ts';
import type { TakeTurn } from '../turns.ts';
import type { BlockReader, DecodedPiece, LevelWindow } from './block-reader.ts';
import type { ColourModel } from './colour-model.ts';
import type { Samples } from './recolour.ts';
import { createShrinking, finerWindow } from './shrink.ts';

/** Reads windows of all levels, those below the codestream's own as well. */
export type ReadWindow = (window: LevelWindow, signal: AbortSignal) => Promise<PixelBuffer>;

interface WindowReaderNeeds {
  readonly blocks: BlockReader;
  readonly layout: ColourModel['layout'];
  readonly tools: { readonly pool: BufferPool; readonly takeTurn: TakeTurn };
  /** The level that one below the codestream's own is made of. */
  readonly finest: (level: LevelWindow['level']) => LevelWindow['level'];
  /** Pieces decoded side by side. */
  readonly concurrency: number;
}

export function createWindowReader(needs: WindowReaderNeeds): ReadWindow {
  const { layout, tools } = needs;
  return async (request, signal) => {
    signal.throwIfAborted();
    const pixels = take(tools.pool, layout, request.window);
    try {
      if (request.level.shrink > 1) await readShrunk(needs, request, pixels, signal);
      else await readPlain(needs, request, pixels, signal);
      return pixels;
    } catch (error) {
      tools.pool.give(pixels.data);
      throw error;
    }
  };
}

function take(pool: BufferPool, layout: ColourModel['layout'], { width, height }: Rect): PixelBuffer {
  const { bands, photometric, hasAlpha, sample } = layout;
  const shape = { width, height, bands, photometric, hasAlpha };
  const length = width * height * bands;
  if (sample === 'uint8') return { ...shape, sample, data: pool.take(length) };
  const bytes = pool.take(length * 2);
  const data = new Uint16Array(bytes.buffer, bytes.byteOffset, length);
  return { ...shape, sample, data: pool.exchange(bytes, data) };
}

async function readPlain(
  needs: WindowReaderNeeds,
  request: LevelWindow,
  pixels: PixelBuffer,
  signal: AbortSignal,
): Promise<void> {
  await eachPiece(needs, request, signal, (piece) => {
    copyPiece(samplesOf(needs.layout, piece.data), piece, pixels, request.window);
  });
}

async function readShrunk(
  needs: WindowReaderNeeds,
  request: LevelWindow,
  pixels: PixelBuffer,
  signal: AbortSignal,
): Promise<void> {
  const { layout } = needs;
  const { level, window } = request;
  const level0 = needs.finest(level);
  const shrinking = createShrinking(window, layout.bands, level.shrink);
  const finer = { ...request, level: level0, window: finerWindow(window, level.shrink, level0) };
  await eachPiece(needs, finer, signal, ({ data, area, wanted }) => {
    shrinking.add(samplesOf(layout, data), area, wanted);
  });
  if (pixels.sample === 'uint8' || pixels.sample === 'uint16') shrinking.finish(pixels.data);
}

function samplesOf({ sample }: ColourModel['layout'], data: ArrayBuffer): Samples {
  return sample === 'uint8' ? new Uint8Array(data) : new Uint16Array(data);
}

/** Hands every piece of a window over, in whatever order they come. */
async function eachPiece(
  { blocks, tools, concurrency }: WindowReaderNeeds,
  window: LevelWindow,
  signal: AbortSignal,
  use: (piece: DecodedPiece) => void,
): Promise<void> {
  const pieces = blocks.piecesOf(window).values();
  const work = async () => {
    for (const readPiece of pieces) {
      use(await readPiece(signal));
      signal.throwIfAborted(); // pieces that are at hand wait for nothing
      await tools.takeTurn();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}

function copyPiece(samples: Samples, { area, wanted }: DecodedPiece, pixels: PixelBuffer, window: Rect): void {
  const { bands, data } = pixels;
  const length = wanted.width * bands;
  for (let y = wanted.y; y < wanted.y + wanted.height; y++) {
    const from = ((y - area.y) * area.width + wanted.x - area.x) * bands;
    const to = ((y - window.y) * window.width + wanted.x - window.x) * bands;
    data.set(samples.subarray(from, from + length), to);
  }
}
