import { maxAreaOf } from '../image/budget.ts';
import type { Limits } from '../image/resolve.ts';
import type { ImageDescription } from '../image/service.ts';
import { servedTile } from '../image/tile-grid.ts';
import type { OpenedSource } from './sources/opened-source.ts';

/** What descriptor documents say of an image. */
export function describeSource(opened: OpenedSource, etag: string, limits: Limits): ImageDescription {
  const { source, lastModified } = opened;
  return {
    validators: { etag, lastModified },
    levels: source.levels,
    layout: source.layout,
    tile: servedTile(source.levels),
    maxSide: limits.maxSide,
    maxArea: maxAreaOf(source, limits.maxDecodedBytes),
    allowUpscaling: limits.allowUpscaling,
  };
}
