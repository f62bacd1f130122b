import type { Size } from '../../image/geometry.ts';
import { fitWithin } from '../../image/scaled-size.ts';
import type { ImageDescription } from '../../image/service.ts';
import type { Level, Pyramid } from '../../image/source.ts';
import { physicalDimensions, rightsUri } from './describe-metadata.ts';
import { IIIF_FORMATS, type IiifVersion } from './parse.ts';

const CONTEXT = { 2: 'http://iiif.io/api/image/2/context.json', 3: 'http://iiif.io/api/image/3/context.json' } as const;
const LEVEL = { 2: 'http://iiif.io/api/image/2/level2.json', 3: 'http://iiif.io/api/image/3/level2.json' } as const;

/** Features beyond compliance level 2 that every image has. */
const EXTRA_FEATURES = ['mirroring', 'profileLinkHeader'];

/** The formats that compliance level 2 demands. */
const LEVEL_2_FORMATS: readonly string[] = ['jpg', 'png'];

/** The JSON-LD context of a version's documents. */
export function contextOf(version: IiifVersion): string {
  return CONTEXT[version];
}

/** The compliance level that all images have, as the address of its definition. */
export function profileOf(version: IiifVersion): string {
  return LEVEL[version];
}

/**
 * The text of info.json.
 *
 * @param id - the image's base URI as clients are to request it
 */
export function describeIiif(image: ImageDescription, id: string, version: IiifVersion): string {
  return JSON.stringify(version === 3 ? describe3(image, id) : describe2(image, id));
}

/** @see https://iiif.io/api/image/3.0/#5-image-information */
function describe3(image: ImageDescription, id: string): object {
  const rights = rightsUri(image.metadata);
  const service = physicalDimensions(image.metadata);
  const canEnlarge = image.allowUpscaling && Object.keys(limitsOf(image)).length > 0;
  return {
    '@context': CONTEXT[3],
    id,
    type: 'ImageService3',
    protocol: 'http://iiif.io/api/image',
    profile: 'level2',
    ...shapeOf(image),
    ...limitsOf(image),
    extraQualities: qualitiesOf(image),
    extraFormats: [...IIIF_FORMATS.keys()].filter((name) => !LEVEL_2_FORMATS.includes(name)),
    extraFeatures: canEnlarge ? [...EXTRA_FEATURES, 'sizeUpscaling'] : EXTRA_FEATURES,
    ...(rights && { rights }),
    ...(service.length > 0 && { service }),
  };
}

/** @see https://iiif.io/api/image/2.1/#image-information */
function describe2(image: ImageDescription, id: string): object {
  const license = rightsUri(image.metadata);
  const service = physicalDimensions(image.metadata);
  const supports = ['regionSquare', ...EXTRA_FEATURES, ...(image.allowUpscaling ? ['sizeAboveFull'] : [])];
  const beyondLevel = {
    formats: [...IIIF_FORMATS.keys()],
    qualities: ['default', ...qualitiesOf(image)],
    supports,
    ...limitsOf(image),
  };
  return {
    '@context': CONTEXT[2],
    '@id': id,
    protocol: 'http://iiif.io/api/image',
    ...shapeOf(image),
    profile: [LEVEL[2], beyondLevel],
    ...(license && { license }),
    ...(service.length > 0 && { service }),
  };
}

function shapeOf(image: ImageDescription): object {
  const [{ width, height }] = image.levels;
  const tile = largestOf(image.tile, image);
  const tiles = [{ width: tile.width, height: tile.height, scaleFactors: scaleFactorsOf(image.levels, tile) }];
  return { width, height, sizes: sizesOf(image), tiles };
}

/** Members only for limits that there are; an area that follows from the sides goes without saying. */
function limitsOf({ maxSide, maxArea }: ImageDescription): object {
  return {
    ...(Number.isFinite(maxSide) ? { maxWidth: maxSide, maxHeight: maxSide } : {}),
    ...(maxArea < maxSide ** 2 ? { maxArea } : {}),
  };
}

function qualitiesOf({ layout }: ImageDescription): string[] {
  return layout.bands < 3 ? ['gray', 'bitonal'] : ['color', 'gray', 'bitonal'];
}

/** The levels that may be had whole, smallest first; where there is none, the largest whole image that may. */
function sizesOf(image: ImageDescription): Size[] {
  const { levels, maxSide, maxArea } = image;
  const isAllowed = ({ width, height }: Size) => Math.max(width, height) <= maxSide && width * height <= maxArea;
  const allowed = levels.filter(isAllowed).reverse();
  const sizes = allowed.length > 0 ? allowed : [largestOf(levels[0], image)];
  return sizes.map(({ width, height }) => ({ width, height }));
}

/** An area as it is, or as much smaller as the limits want it. */
function largestOf(area: Size, { maxSide, maxArea }: Pick<ImageDescription, 'maxSide' | 'maxArea'>): Size {
  const bound = { width: Math.min(maxSide, area.width), height: Math.min(maxSide, area.height) };
  const { width, height } = fitWithin(area, bound);
  const shrink = Math.min(1, Math.sqrt(maxArea / (width * height)));
  return { width: Math.max(1, Math.floor(width * shrink)), height: Math.max(1, Math.floor(height * shrink)) };
}

/** Those of the levels, or, where the levels have none that clients could use, halvings until one tile holds the image. */
function scaleFactorsOf(levels: Pyramid, tile: Size): number[] {
  if (levels.every(isWholeReduction)) return [...new Set(levels.map((level) => level.scaleFactor))];
  const [full] = levels;
  const reduction = Math.max(full.width / tile.width, full.height / tile.height, 1);
  return Array.from({ length: Math.ceil(Math.log2(reduction)) + 1 }, (_, power) => 2 ** power);
}

function isWholeReduction({ scaleFactor }: Level): boolean {
  return Number.isInteger(scaleFactor);
}
