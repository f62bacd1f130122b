import type { Rect } from '../../image/geometry.ts';
import type { AreaRequest } from './decode-job.ts';
import { type ImageGrid, tileArea } from './image-grid.ts';
import { type BaseGrid, reduceArea, scaleDown } from './level-grid.ts';

/** A window of one of the codestream's own levels, and how many of its quality layers make it. */
export interface CodedWindow {
  readonly reduction: number;
  /** 0 for all. */
  readonly layers: number;
  /** In samples of the base grid at that reduction, from its origin. */
  readonly samples: Rect;
}

/** @param window - in pixels of the level */
export function codedWindow(base: BaseGrid, window: Rect, quality: Omit<CodedWindow, 'samples'>): CodedWindow {
  const level = reduceArea(base.area, quality.reduction);
  return { ...quality, samples: { ...window, x: window.x + level.x, y: window.y + level.y } };
}

/** What the decoder of a whole codestream has to be asked for. */
export function areaRequest(grid: ImageGrid, base: BaseGrid, window: CodedWindow): AreaRequest {
  const { reduction, layers, samples } = window;
  const scale = { x: base.step.x * 2 ** reduction, y: base.step.y * 2 ** reduction };
  return {
    reduction,
    layers,
    area: intersect(grid.area, widened(scaleUp(samples, scale), grid, reduction)),
    window: samples,
    step: base.step,
  };
}

function scaleUp({ x, y, width, height }: Rect, scale: { x: number; y: number }): Rect {
  return { x: x * scale.x, y: y * scale.y, width: width * scale.x, height: height * scale.y };
}

/** Samples of a coarser component may lie outside the window they are shown in. */
function widened(area: Rect, { components }: ImageGrid, reduction: number): Rect {
  const margin = 2 ** reduction * Math.max(...components.map(({ dx, dy }) => Math.max(dx, dy)));
  if (margin === 2 ** reduction) return area;
  return { x: area.x - margin, y: area.y - margin, width: area.width + 2 * margin, height: area.height + 2 * margin };
}

/** What two areas have in common; width or height may be 0 or less. */
export function intersect(a: Rect, b: Rect): Rect {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  return {
    x,
    y,
    width: Math.min(a.x + a.width, b.x + b.width) - x,
    height: Math.min(a.y + a.height, b.y + b.height) - y,
  };
}

/** The part of a tile that shows in a window. */
export interface TileShare {
  readonly tile: number;
  readonly samples: Rect;
}

/** The tiles that a window touches. */
export function tileShares(grid: ImageGrid, base: BaseGrid, { reduction, samples }: CodedWindow): TileShare[] {
  const { tile, columns, rows } = grid;
  const { x, y, width, height } = scaleUp(samples, {
    x: base.step.x * 2 ** reduction,
    y: base.step.y * 2 ** reduction,
  });
  const shares: TileShare[] = [];
  // rounding moves edges by less than a tile, so one more on either side is enough
  for (const row of cells(y - tile.y, height, tile.height, rows)) {
    for (const column of cells(x - tile.x, width, tile.width, columns)) {
      const index = row * columns + column;
      const area = reduceArea(scaleDown(tileArea(grid, index), base.step), reduction);
      const share = intersect(samples, area);
      if (share.width > 0 && share.height > 0) shares.push({ tile: index, samples: share });
    }
  }
  return shares;
}

function cells(start: number, length: number, cell: number, count: number): number[] {
  const first = Math.max(0, Math.floor(start / cell) - 1);
  const last = Math.min(count - 1, Math.floor((start + length) / cell) + 1);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
