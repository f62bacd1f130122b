import type { Size } from '../../image/geometry.ts';
import type { Mark } from '../../image/operations/mark.ts';
import { scatteredGrid, seedOf } from '../../image/operations/mark-grid.ts';
import { type Frame, layMarks } from '../../image/operations/watermark.ts';
import type { RenderPlan } from '../../image/plan.ts';
import { levelScale } from '../../image/pyramid.ts';
import type { ImageSource } from '../../image/source.ts';
import type { EncodablePixels } from '../encode/encoder.ts';
import { eachPart } from '../parts.ts';
import type { TakeTurn } from '../turns.ts';

/** What is laid over every picture, and how. */
export interface WatermarkSettings {
  readonly mark: Mark;
  /** Share of the places that have one, 0 to 1. */
  readonly probability: number;
  /**
   * `anchored`: at fixed places of the image, and scaled and turned with it. `random`: anywhere in each tile and each block
   * of an export, upright and at its own size; the same request always gets the same.
   */
  readonly placement: 'anchored' | 'random';
}

/** A picture that is to be marked, in place. */
interface Marking {
  readonly pixels: EncodablePixels;
  readonly source: ImageSource;
  readonly plan: RenderPlan;
  readonly signal: AbortSignal;
}

/** Lays the watermark over pictures: those that are anchored before they are turned, the others after it. */
export interface Watermark {
  readonly isBeforeTurning: boolean;
  lay(marking: Marking): Promise<void>;
}

/** Sides of the places in an image of which each has a mark, in pixels of the full resolution: a larger mark takes more. */
const CELL = 512;

/** Pixels marked before other requests may get their turn. */
const PART_PIXELS = 2 ** 15;

export function createWatermark(settings: WatermarkSettings, takeTurn: TakeTurn): Watermark {
  const { mark, probability, placement } = settings;
  const cell = { width: Math.max(CELL, mark.width), height: Math.max(CELL, mark.height) };
  const isAnchored = placement === 'anchored';
  return {
    isBeforeTurning: isAnchored,
    async lay({ pixels, source, plan, signal }) {
      const seed = seedOf(
        isAnchored ? source.digest : `${source.digest} ${JSON.stringify([plan.level, plan.window, plan.size])}`,
      );
      const frame = isAnchored ? frameOf(plan, source.levels[0]) : { x: 0, y: 0, stepX: 1, stepY: 1 };
      const grid = scatteredGrid(isAnchored ? cell : blockOf(pixels, plan), mark, { seed, probability });
      const rows = Math.max(1, Math.floor(PART_PIXELS / pixels.width));
      await eachPart(pixels.height, { rows, takeTurn, signal }, (part) =>
        layMarks(pixels, part, frame, { mark, grid }),
      );
    },
  };
}

/** Where the pixels of a plan, before they are turned, lie in the full resolution. */
function frameOf({ level, window, size }: RenderPlan, full: Size): Frame {
  const scale = levelScale(level, full);
  return {
    x: window.x * scale.x,
    y: window.y * scale.y,
    stepX: (window.width * scale.x) / size.width,
    stepY: (window.height * scale.y) / size.height,
  };
}

/** The whole of a tile, and parts of twice a tile's longer side of an export. */
function blockOf(pixels: Size, { purpose, level: { tile } }: RenderPlan): Size {
  if (purpose === 'tile') return { width: pixels.width, height: pixels.height };
  const side = 2 * Math.max(tile.width, tile.height);
  return { width: side, height: side };
}
