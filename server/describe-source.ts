import { maxAreaOf } from '../image/budget.ts';
import { withRights } from '../image/metadata.ts';
import type { Limits } from '../image/resolve.ts';
import type { ImageDescription } from '../image/service.ts';
import { servedTile } from '../image/tile-grid.ts';
import type { Picture } from './use-page.ts';

/** What the operator decides about descriptions. */
interface DescriptionSettings {
  readonly limits: Limits;
  /** The rights statement of images that have none; empty for none. */
  readonly rights: string;
}

/** What descriptor documents say of an image. @throws CorruptSource */
export async function describeSource(
  { opened, source }: Picture,
  etag: string,
  { limits, rights }: DescriptionSettings,
): Promise<ImageDescription> {
  const { lastModified, views } = opened;
  const stack = opened.source.pages?.labels;
  return {
    validators: { etag, lastModified },
    levels: source.levels,
    layout: source.layout,
    metadata: withRights(await source.metadata(), rights),
    tile: servedTile(source.levels),
    maxSide: limits.maxSide,
    maxArea: maxAreaOf(source, limits.maxDecodedBytes),
    allowUpscaling: limits.allowUpscaling,
    ...(stack && { stack }),
    ...(views && { views }),
  };
}
