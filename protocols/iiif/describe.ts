import type { Size } from '../../image/geometry.ts';
import { listOf } from '../../image/info-members.ts';
import { fitWithin } from '../../image/scaled-size.ts';
import type { ImageDescription } from '../../image/service.ts';
import type { Level, Pyramid } from '../../image/source.ts';
import { physicalDimensions, rightsUri } from './describe-metadata.ts';
import { IIIF_FORMATS, type IiifVersion, LEVEL_2_FORMATS, type NamedQuality } from './offers.ts';

const CONTEXT = { 2: 'http://iiif.io/api/image/2/context.json', 3: 'http://iiif.io/api/image/3/context.json' } as const;
const LEVEL = { 2: 'http://iiif.io/api/image/2/level2.json', 3: 'http://iiif.io/api/image/3/level2.json' } as const;

/** Features beyond compliance level 2 that every image has, called the same in both versions. */
const EXTRA_FEATURES = ['canonicalLinkHeader', 'mirroring', 'profileLinkHeader', 'rotationArbitrary'];

/** Members that an operator may add and that only one of the versions knows. */
const ONLY_IN_3: readonly string[] = ['rights', 'preferredFormats', 'partOf', 'seeAlso'];
const ONLY_IN_2: readonly string[] = ['license', 'attribution', 'logo'];

/** The JSON-LD context of a version's documents. */
export function contextOf(version: IiifVersion): string {
  return CONTEXT[version];
}

/** The compliance level that all images have, as the address of its definition. */
export function profileOf(version: IiifVersion): string {
  return LEVEL[version];
}

/** What a document is about. */
interface Subject {
  readonly image: ImageDescription;
  /** The image's base URI as clients are to request it. */
  readonly id: string;
  /** The qualities offered, by name. */
  readonly qualities: ReadonlyMap<string, NamedQuality>;
}

/** The text of info.json. */
export function describeIiif(subject: Subject, version: IiifVersion): string {
  return JSON.stringify(version === 3 ? describe3(subject) : describe2(subject));
}

/** @see https://iiif.io/api/image/3.0/#5-image-information */
function describe3(subject: Subject): object {
  const { image, id } = subject;
  const rights = image.extra.rights ?? rightsUri(image.metadata);
  const physical = physicalDimensions(image.metadata).map((service) => ({
    id: `${id}#physdim`,
    type: 'Service',
    ...service,
  }));
  const service = [...physical, ...listOf(image.extra.service)];
  const contexts = listOf(image.extra['@context']).filter((context) => context !== CONTEXT[3]);
  const preferred = listOf(image.extra.preferredFormats).filter((name) => IIIF_FORMATS.has(String(name)));
  return {
    '@context': contexts.length === 0 ? CONTEXT[3] : [...contexts, CONTEXT[3]],
    id,
    type: 'ImageService3',
    protocol: 'http://iiif.io/api/image',
    profile: 'level2',
    ...shapeOf(image),
    ...limitsOf(image),
    ...(preferred.length > 0 && { preferredFormats: preferred }),
    extraQualities: qualityNames(subject),
    extraFormats: [...IIIF_FORMATS.keys()].filter((name) => !LEVEL_2_FORMATS.includes(name)),
    extraFeatures: canEnlarge(image) ? [...EXTRA_FEATURES, 'sizeUpscaling'] : EXTRA_FEATURES,
    ...(rights && { rights }),
    ...othersOf(image, ONLY_IN_2, ['rights', 'preferredFormats']),
    ...(service.length > 0 && { service }),
  };
}

/** @see https://iiif.io/api/image/2.1/#image-information */
function describe2(subject: Subject): object {
  const { image, id } = subject;
  const license = image.extra.license ?? image.extra.rights ?? rightsUri(image.metadata);
  const service = [...physicalDimensions(image.metadata), ...listOf(image.extra.service)];
  const beyondLevel = {
    formats: [...IIIF_FORMATS.keys()],
    qualities: ['default', ...qualityNames(subject)],
    supports: ['regionSquare', ...EXTRA_FEATURES, ...(image.allowUpscaling ? ['sizeAboveFull'] : [])],
    ...limitsOf(image),
  };
  return {
    '@context': CONTEXT[2], // no list, whatever the operator adds
    '@id': id,
    protocol: 'http://iiif.io/api/image',
    ...shapeOf(image),
    profile: [LEVEL[2], beyondLevel],
    ...(license && { license }),
    ...othersOf(image, ONLY_IN_3, ['license']),
    ...(service.length > 0 && { service }),
  };
}

/** What the operator adds that nothing above has a place for. */
function othersOf({ extra }: ImageDescription, foreign: readonly string[], placed: readonly string[]): object {
  const passed = ['@context', 'service', ...foreign, ...placed];
  return Object.fromEntries(Object.entries(extra).filter(([name]) => !passed.includes(name)));
}

/** Enlarging may be promised only where a limit says how far. */
function canEnlarge(image: ImageDescription): boolean {
  return image.allowUpscaling && Object.keys(limitsOf(image)).length > 0;
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

/** Grey images have no colour to offer. */
function qualityNames({ image: { layout }, qualities }: Subject): string[] {
  const unnamed = layout.bands < 3 ? ['default', 'color'] : ['default'];
  return [...qualities.keys()].filter((name) => !unnamed.includes(name));
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
