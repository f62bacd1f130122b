import type { ImageDescription } from '../image/service.ts';
import type { ImageSource } from '../image/source.ts';
import { servedTile } from '../image/tile-grid.ts';
import type { ServiceLimits } from './image-service.ts';
import type { OpenedSource } from './sources/opened-source.ts';

/** What descriptor documents say of an image. */
export function describeSource(opened: OpenedSource, etag: string, limits: ServiceLimits): ImageDescription {
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

/**
 * The most output pixels whose window fits the decode budget whatever level serves them: the level read is at most one
 * step of the pyramid finer than what is asked for.
 */
function maxAreaOf({ levels, layout }: ImageSource, maxDecodedBytes: number): number {
  const bytesPerPixel = layout.bands * Math.ceil(layout.bitsPerSample / 8);
  const budget = Math.floor(maxDecodedBytes / bytesPerPixel);
  const steps = levels.slice(1).map((level, index) => level.scaleFactor / (levels[index]?.scaleFactor ?? 1));
  const isWholeImageAffordable = levels[0].width * levels[0].height <= budget;
  return isWholeImageAffordable ? budget : Math.floor(budget / Math.max(1, ...steps) ** 2);
}
