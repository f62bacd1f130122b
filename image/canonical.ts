import { isSameSize } from './geometry.ts';
import { coloursAfter } from './operations/bands.ts';
import type { ResolvedRequest } from './request.ts';
import { type Limits, largestSize, settleQuality } from './resolve.ts';
import type { ImageSource } from './source.ts';

/** What a request came to, in the words that any request for the same pixels comes to. */
export interface CanonicalRequest {
  /** Whether the region is the whole image. */
  readonly isWhole: boolean;
  /** Whether the size is the largest there is without enlarging, the largest there is at all, or any other. */
  readonly scale: 'max' | 'enlarged-max' | 'exact';
  /** Whether a side is longer than the region's. */
  readonly isEnlarged: boolean;
  /** Whether the image is in the colours it is shown in by itself. */
  readonly isDefaultQuality: boolean;
}

/** @param resolved - of that image and those limits */
export function canonicalOf(
  resolved: ResolvedRequest,
  source: Pick<ImageSource, 'levels' | 'layout'>,
  limits: Limits,
): CanonicalRequest {
  const { region, size, quality, operations } = resolved;
  const isEnlarged = size.width > region.width || size.height > region.height;
  const isLargest = (upscale: boolean) => isSameSize(size, largestSize({ ...resolved, upscale }, source, limits));
  const isMax = !isEnlarged && isLargest(false);
  const isEnlargedMax = isEnlarged && isLargest(true);
  return {
    isWhole: isSameSize(region, source.levels[0]),
    scale: isMax ? 'max' : isEnlargedMax ? 'enlarged-max' : 'exact',
    isEnlarged,
    isDefaultQuality:
      operations === undefined && quality === settleQuality('default', coloursAfter(undefined, source.layout)),
  };
}
