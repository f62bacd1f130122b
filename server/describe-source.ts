import { maxAreaOf } from '../image/budget.ts';
import type { Limits } from '../image/resolve.ts';
import type { ImageDescription } from '../image/service.ts';
import { servedTile } from '../image/tile-grid.ts';
import type { Picture } from './use-page.ts';

/** What descriptor documents say of an image. */
export function describeSource({ opened, source }: Picture, etag: string, limits: Limits): ImageDescription {
  const { lastModified, views } = opened;
  const stack = opened.source.pages?.labels;
  return {
    validators: { etag, lastModified },
    levels: source.levels,
    layout: source.layout,
    tile: servedTile(source.levels),
    maxSide: limits.maxSide,
    maxArea: maxAreaOf(source, limits.maxDecodedBytes),
    allowUpscaling: limits.allowUpscaling,
    ...(stack && { stack }),
    ...(views && { views }),
  };
}
