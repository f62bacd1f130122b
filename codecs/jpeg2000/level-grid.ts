import type { Rect, Size } from '../../image/geometry.ts';
import type { ImageGrid } from './image-grid.ts';

/** The grid of the finest component, which is that of the pixels. */
export interface BaseGrid {
  /** Reference grid points per sample. */
  readonly step: { readonly x: number; readonly y: number };
  /** The image, in samples from the origin of the reference grid. */
  readonly area: Rect;
  /** Whether all components have it. */
  readonly isShared: boolean;
}

/** The viewers' tile: what iipsrv gives JPEG 2000 as well, so that the numbers in old addresses keep their meaning. */
export const TILE: Size = { width: 256, height: 256 };

/** One level of an image: one of the codestream's own, or one below made of it. */
export interface LevelSize extends Size {
  /** Halvings that the decoder does. */
  readonly reduction: number;
  /** Pixels of that level in one of this, in either direction. */
  readonly shrink: number;
}

/** @param components - the numbers of those that are shown */
export function baseGrid({ area, components }: ImageGrid, shown: readonly number[]): BaseGrid {
  const used = components.filter((_, index) => shown.includes(index));
  const step = { x: Math.min(...used.map(({ dx }) => dx)), y: Math.min(...used.map(({ dy }) => dy)) };
  return {
    step,
    area: scaleDown(area, step),
    isShared: components.every(({ dx, dy }) => dx === step.x && dy === step.y),
  };
}

/** The samples inside an area of the reference grid. */
export function scaleDown(area: Rect, step: { readonly x: number; readonly y: number }): Rect {
  const x = Math.ceil(area.x / step.x);
  const y = Math.ceil(area.y / step.y);
  const right = Math.ceil((area.x + area.width) / step.x);
  const bottom = Math.ceil((area.y + area.height) / step.y);
  return { x, y, width: right - x, height: bottom - y };
}

/** The same area after so many halvings. */
export function reduceArea(area: Rect, reduction: number): Rect {
  const step = 2 ** reduction;
  return scaleDown(area, { x: step, y: step });
}

/** Finest first: as many as the codestream has, then halves of the last until one tile holds it. */
export function levelSizes({ area }: BaseGrid, decompositions: number): [LevelSize, ...LevelSize[]] {
  const sizes: [LevelSize, ...LevelSize[]] = [{ width: area.width, height: area.height, reduction: 0, shrink: 1 }];
  let last: LevelSize = sizes[0];
  for (let reduction = 1; reduction <= decompositions; reduction++) {
    const { width, height } = reduceArea(area, reduction);
    if (width < 1 || height < 1 || (width === last.width && height === last.height)) break;
    last = { width, height, reduction, shrink: 1 };
    sizes.push(last);
  }
  while (last.width > TILE.width || last.height > TILE.height) {
    const size = { width: Math.ceil(last.width / 2), height: Math.ceil(last.height / 2) };
    last = { ...last, ...size, shrink: last.shrink * 2 };
    sizes.push(last);
  }
  return sizes;
}
