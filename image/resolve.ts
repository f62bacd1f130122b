import { maxAreaOf, withinArea } from './budget.ts';
import {
  assertNever,
  MalformedRequest,
  NoNormalMap,
  RegionOutsideImage,
  SizeOverLimit,
  UpscalingDisabled,
} from './errors.ts';
import { isSameSize, type Rect, type Size, wholeOf } from './geometry.ts';
import { isGridTile } from './grid-tile.ts';
import { type MaxLayers, settleLayers } from './layers.ts';
import { coloursAfter } from './operations/bands.ts';
import { effectiveOperations, type Operations } from './operations.ts';
import { turnedSize } from './orientation.ts';
import type {
  FormatName,
  ImageRequest,
  OutputFormat,
  Purpose,
  Quality,
  Region,
  ResolvedRequest,
  Rotation,
} from './request.ts';
import { fitWithin, roundHalfUp, scaledSize } from './scaled-size.ts';
import type { ImageSource, PixelLayout, Pyramid } from './source.ts';
import { type TileExtent, tileExtent } from './tile-grid.ts';

/** What the operator allows. */
export interface Limits {
  /** Longest side of an export in pixels; Infinity for none. Tiles are not limited by it. */
  readonly maxSide: number;
  readonly allowUpscaling: boolean;
  /** Decoded pixels one request may need, in bytes: exports are kept small enough for it. */
  readonly maxDecodedBytes: number;
  /** Of JPEG 2000. */
  readonly maxLayers: MaxLayers;
}

/** The limits as they are for one image in one format. */
type ExportLimits = Pick<Limits, 'maxSide' | 'allowUpscaling'> & { readonly maxArea: number };

/** Longest side each encoder can write, in pixels. */
const FORMAT_LIMIT: Record<FormatName, number> = {
  jpeg: 65_500,
  png: 2 ** 31 - 1,
  webp: 16_383,
  avif: 16_384,
  tiff: 2 ** 31 - 1,
  gif: 65_535,
  pdf: 65_500,
  jp2: 2 ** 31 - 1,
};

/**
 * The longest side to be promised for an image: what every client may ask for as a JPEG, too. An image that has no limit
 * and needs none still has none.
 */
export function promisedSide(full: Size, { maxSide }: Pick<Limits, 'maxSide'>): number {
  const isFree = maxSide === Number.POSITIVE_INFINITY && Math.max(full.width, full.height) <= FORMAT_LIMIT.jpeg;
  return isFree ? maxSide : Math.min(maxSide, FORMAT_LIMIT.jpeg);
}

/**
 * Settles what a request means for one image.
 *
 * @throws RegionOutsideImage, SizeOverLimit, UpscalingDisabled, TileNotFound, NoNormalMap
 */
export function resolve(
  request: ImageRequest,
  source: Pick<ImageSource, 'levels' | 'layout' | 'layers'>,
  limits: Limits,
): ResolvedRequest {
  const { rotation, format } = request;
  const operations = effectiveOperations(request.operations);
  checkOperations(operations, source.layout);
  const { region, size, canvas }: TileExtent =
    request.region.kind === 'tile'
      ? tileExtent(request.region.tile, source.levels, rotation)
      : exportExtent(request, source, limits);
  const purpose = purposeOf(request.region, { region, size }, source.levels);
  const quality = settleQuality(request.quality, coloursAfter(operations, source.layout));
  const layers = source.layers && settleLayers(request.layers, source.layers, limits.maxLayers);
  const optional = { ...(layers && { layers }), ...(operations && { operations }), ...(canvas && { canvas }) };
  return { region, size, rotation, quality, format, purpose, ...optional };
}

/** @throws NoNormalMap */
function checkOperations(operations: Operations | undefined, layout: PixelLayout): void {
  if (!operations?.hillshade || coloursAfter(undefined, layout) >= 3) return;
  throw new NoNormalMap(layout.bands);
}

/** What is addressed as a tile is one, and so is a region that a viewer has reckoned from the advertised grid. */
function purposeOf({ kind }: Region, extent: TileExtent, levels: Pyramid): Purpose {
  return kind === 'tile' || (kind === 'pixels' && isGridTile(extent, levels)) ? 'tile' : 'export';
}

/** The region in whole full-resolution pixels: inside the image and never empty. */
export function resolveRegion(region: Exclude<Region, { kind: 'tile' }>, image: Size): Rect {
  switch (region.kind) {
    case 'full':
      return wholeOf(image);
    case 'square':
      return centredSquare(image);
    case 'pixels':
      return cutToImage(region.rect, image);
    case 'fraction':
      return cutToImage(fractionOf(region.part, image), image);
    default:
      return assertNever(region);
  }
}

/** The largest size that a region can be had in, enlarged up to the limits or not at all. */
export function largestSize(
  { region, rotation, format, operations, upscale }: Omit<ResolvedRequest, 'size'> & { upscale: boolean },
  source: Pick<ImageSource, 'levels' | 'layout'>,
  limits: Limits,
): Size {
  const exportLimits = exportLimitsOf(source, { format, operations }, limits);
  const ceiling = { width: exportLimits.maxSide, height: exportLimits.maxSide };
  return withinLimits(fitWithin(region, upscale ? ceiling : smaller(region, ceiling)), rotation, exportLimits);
}

function exportExtent(
  request: ImageRequest,
  source: Pick<ImageSource, 'levels' | 'layout'>,
  limits: Limits,
): { region: Rect; size: Size } {
  if (request.region.kind === 'tile') throw new TypeError('a tile settles its own size');
  const region = resolveRegion(request.region, source.levels[0]);
  const { format, operations } = request;
  const exportLimits = exportLimitsOf(source, { format, operations: effectiveOperations(operations) }, limits);
  return { region, size: resolveSize(request, region, exportLimits) };
}

function exportLimitsOf(
  source: Pick<ImageSource, 'levels' | 'layout'>,
  { format, operations }: { readonly format: OutputFormat; readonly operations: Operations | undefined },
  { maxSide, allowUpscaling, maxDecodedBytes }: Limits,
): ExportLimits {
  return {
    maxSide: Math.min(maxSide, FORMAT_LIMIT[format.type]),
    maxArea: maxAreaOf(source, maxDecodedBytes, operations),
    allowUpscaling,
  };
}

function resolveSize(request: ImageRequest, region: Size, limits: ExportLimits): Size {
  const { scale, upscale, oversize, rotation } = request;
  const ceiling = { width: limits.maxSide, height: limits.maxSide };
  const own = smaller(region, ceiling);
  if (oversize === 'reduce') {
    const bound = upscale && limits.allowUpscaling ? ceiling : own;
    return withinLimits(reduce(atLeastOnePixel(scaledSize(scale, region, bound)), bound), rotation, limits);
  }
  const scaled = atLeastOnePixel(scaledSize(scale, region, upscale ? ceiling : own));
  const isAdaptable = scale.kind === 'max' || scale.kind === 'fit';
  const size = isAdaptable ? withinLimits(scaled, rotation, limits) : scaled;
  checkSize(size, region, request, limits);
  return size;
}

/** The size itself, or the largest of its shape that no limit forbids, also not once it is turned. */
function withinLimits(size: Size, rotation: Rotation, { maxSide, maxArea }: ExportLimits): Size {
  const allowed = withinArea(size, maxArea);
  const turned = turnedSize(allowed, rotation);
  const room = Math.min(maxSide / turned.width, maxSide / turned.height);
  const factor = Math.min(room, Math.sqrt(maxArea / (turned.width * turned.height)));
  if (factor >= 1) return allowed;
  const longer = Math.max(allowed.width, allowed.height);
  const shaped = (side: number) => fitWithin(allowed, { width: side, height: side });
  const fits = (candidate: Size) => {
    const { width, height } = turnedSize(candidate, rotation);
    return width <= maxSide && height <= maxSide && width * height <= maxArea;
  };
  // Boxes are rounded up, and so may the shorter side be: the largest that fits may lie one beside what the factor says.
  const side = Math.floor(longer * factor);
  const near = [side + 1, side, side - 1].filter((candidate) => candidate >= 1).map(shaped);
  return near.find(fits) ?? shaped(1);
}

function atLeastOnePixel(size: Size): Size {
  if (size.width >= 1 && size.height >= 1) return size;
  throw new MalformedRequest('size', `${size.width},${size.height}`, 'a result of at least one pixel');
}

/** IIIF's answer to a size that cannot be had: an error that says why. */
function checkSize(size: Size, region: Size, request: ImageRequest, limits: ExportLimits): void {
  const isEnlarged = size.width > region.width || size.height > region.height;
  if (isEnlarged && !request.upscale) {
    const wanted = `${size.width},${size.height}`;
    throw new MalformedRequest('size', wanted, `at most ${region.width},${region.height}, or "^" before it to enlarge`);
  }
  if (isEnlarged && !limits.allowUpscaling) throw new UpscalingDisabled();
  const turned = turnedSize(size, request.rotation);
  if (turned.width > limits.maxSide || turned.height > limits.maxSide) {
    throw new SizeOverLimit(turned, `at most ${limits.maxSide} pixels on a side`);
  }
  if (turned.width * turned.height > limits.maxArea) {
    throw new SizeOverLimit(turned, `at most ${limits.maxArea} pixels in all for this image`);
  }
}

function reduce(size: Size, bound: Size): Size {
  return size.width <= bound.width && size.height <= bound.height ? size : fitWithin(size, bound);
}

/** What a quality means for an image of so many colours. */
export function settleQuality(quality: Quality, colours: number): ResolvedRequest['quality'] {
  if (quality === 'bitonal') return 'bitonal';
  return colours < 3 || quality === 'gray' ? 'gray' : 'color';
}

function centredSquare(image: Size): Rect {
  const side = Math.min(image.width, image.height);
  return {
    x: Math.floor((image.width - side) / 2),
    y: Math.floor((image.height - side) / 2),
    width: side,
    height: side,
  };
}

/** Both edges are rounded rather than edge and length, so that neighbouring parts meet. */
function fractionOf(part: Rect, image: Size): Rect {
  const x = startOf(part.x, image.width);
  const y = startOf(part.y, image.height);
  const right = roundHalfUp((part.x + part.width) * image.width);
  const bottom = roundHalfUp((part.y + part.height) * image.height);
  return { x, y, width: Math.max(1, right - x), height: Math.max(1, bottom - y) };
}

/** A start inside the image is never rounded out of it. */
function startOf(fraction: number, length: number): number {
  return fraction < 1 ? Math.min(roundHalfUp(fraction * length), length - 1) : length;
}

function cutToImage(rect: Rect, image: Size): Rect {
  const { x, y } = rect;
  if (x >= image.width || y >= image.height) throw new RegionOutsideImage(image);
  const cut = { x, y, width: Math.min(rect.width, image.width - x), height: Math.min(rect.height, image.height - y) };
  return isSameSize(cut, rect) ? rect : cut;
}

function smaller(a: Size, b: Size): Size {
  return { width: Math.min(a.width, b.width), height: Math.min(a.height, b.height) };
}
