import type { Rect, Size, UnitRect } from './geometry.ts';
import type { Identifier } from './identifier.ts';
import { type Operations, operationsKey } from './operations.ts';

/**
 * The part of the image wanted. `pixels` are full-resolution pixels and may reach over the right and bottom edges;
 * a `tile` also settles the size.
 */
export type Region =
  | { readonly kind: 'full' | 'square' }
  | { readonly kind: 'pixels'; readonly rect: Rect }
  | { readonly kind: 'fraction'; readonly part: UnitRect }
  | { readonly kind: 'tile'; readonly tile: TileAddress };

/**
 * One cell of a tile grid, its level counted from the coarsest, 0.
 *
 * - `stored`: the levels and tiles of the file itself (IIP); `index` runs row by row. The grid is that of the image
 *   after the request's rotation.
 * - `halved-up`: each level half of the next, rounded up, down to 1 x 1 (Deep Zoom). A tile shows as many pixels of each
 *   neighbour as it overlaps.
 * - `halved-down`: each level half of the next, rounded down, until it fits one tile (Zoomify).
 * - `padded`: the levels of `halved-up` from the one that fits a tile of 256 x 256 pixels, which all tiles have: beyond the
 *   image they are transparent (XYZ).
 */
export type TileAddress =
  | { readonly grid: 'stored'; readonly level: number; readonly index: number }
  | (GridCell & { readonly grid: 'halved-up'; readonly overlap: number })
  | (GridCell & { readonly grid: 'halved-down' | 'padded' });

interface GridCell {
  readonly level: number;
  readonly column: number;
  readonly row: number;
}

/** How large the region becomes. `factor` is a fraction of the region's own size. */
export type Scale =
  | { readonly kind: 'max' }
  | { readonly kind: 'factor'; readonly factor: number }
  | { readonly kind: 'width' | 'height'; readonly pixels: number } // the other follows
  | { readonly kind: 'exact'; readonly size: Size } // may change the aspect ratio
  | { readonly kind: 'fit'; readonly within: Size }; // never does

/** What happens to a size that the limits do not allow: IIIF refuses, IIP reduces. */
export type OversizePolicy = 'refuse' | 'reduce';

/** Mirror first, then turn clockwise; `degrees` is at least 0 and below 360. */
export interface Rotation {
  readonly mirror: boolean;
  readonly degrees: number;
}

export type Quality = 'default' | 'color' | 'gray' | 'bitonal';

export type TiffCompression = 'none' | 'lzw' | 'deflate' | 'jpeg' | 'webp' | 'zstd';

/**
 * The encoded form wanted, `quality` on the format's own scale: JPEG, WebP, AVIF, JP2 and PDF 0–100 (below 0: lossless, but for
 * JPEG), PNG 0–9 as zlib levels, TIFF by compression; GIF has none. Undefined takes the configured default, and only then
 * may a stored tile go out as it is.
 */
export interface OutputFormat {
  readonly type: FormatName;
  readonly quality?: number;
  /** TIFF only; undefined takes the configured default. */
  readonly compression?: TiffCompression;
  /**
   * Bits of a sample: 8, or as many as the image has where the format can hold more than 8. Undefined takes the configured
   * default.
   */
  readonly depth?: OutputDepth;
}

export type OutputDepth = 8 | 'native';

/** How pixels between pixels are made up: `nearest` repeats one, the others weigh all that fall into the new one. */
export type Interpolation = 'nearest' | 'linear' | 'cubic' | 'mitchell' | 'lanczos';

export type FormatName = 'jpeg' | 'png' | 'webp' | 'avif' | 'tiff' | 'gif' | 'pdf' | 'jp2';

/**
 * One picture of an image that has several: the page of a stack, counted from 0, or the two angles of a sequence of
 * files. `y` undefined is the usual one; stacks have no other.
 */
export interface PageAddress {
  readonly x: number;
  readonly y?: number | undefined;
}

/** What every protocol produces: pure data, before any image is opened. */
export interface ImageRequest {
  readonly identifier: Identifier;
  /** Undefined is the first. */
  readonly page?: PageAddress | undefined;
  /** Quality layers to decode, 1 or more; undefined is as many as are configured. Only JPEG 2000 has any. */
  readonly layers?: number | undefined;
  readonly region: Region;
  readonly scale: Scale;
  /** Whether the client agrees to more pixels than the region has. */
  readonly upscale: boolean;
  readonly oversize: OversizePolicy;
  readonly operations?: Operations;
  readonly rotation: Rotation;
  readonly quality: Quality;
  readonly format: OutputFormat;
}

/**
 * The same settled against one image and the limits. `region` is in full-resolution pixels, and not always whole ones:
 * a tile of a level that is no integer reduction falls between them. `size` is before rotation.
 */
export interface ResolvedRequest {
  /** Which page of the file, 1 or more; absent for the first. */
  readonly page?: number;
  readonly layers?: number;
  readonly region: Rect;
  readonly size: Size;
  readonly operations?: Operations;
  readonly rotation: Rotation;
  readonly quality: Exclude<Quality, 'default'>;
  readonly format: OutputFormat;
  readonly purpose: Purpose;
  /** What the finished picture is laid upon, at its top left; absent where it goes out at its own size. */
  readonly canvas?: Size;
}

/** Tiles go out with no more than their colour profile, exports with everything that the image says of itself. */
export type Purpose = 'tile' | 'export';

export const UPRIGHT: Rotation = { mirror: false, degrees: 0 };

/** A string that is the same exactly when the pixels and their encoding are meant to be the same. */
export function operationKey(resolved: ResolvedRequest): string {
  const { page, layers, region, size, operations, rotation, quality, format, purpose, canvas } = resolved;
  const place = `${page === undefined ? '' : `p${page}/`}${layers === undefined ? '' : `l${layers}/`}`;
  const extent = canvas ? `${canvas.width}x${canvas.height}/` : '';
  const turn = `${rotation.mirror ? '!' : ''}${rotation.degrees}`;
  const encoding = `${format.type}.${format.compression ?? ''}.${format.quality ?? ''}.${format.depth ?? ''}`;
  return `${place}${extent}${region.x},${region.y},${region.width},${region.height}/${size.width},${size.height}/${turn}/${quality}/${encoding}/${purpose}${operationsKey(operations)}`;
}
