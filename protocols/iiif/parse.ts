import { MalformedRequest } from '../../image/errors.ts';
import type { Identifier } from '../../image/identifier.ts';
import type { ImageRequest, OutputFormat, Region, Rotation, Scale } from '../../image/request.ts';
import { formatNamed } from '../format-names.ts';
import { parseDecimal, parseInteger } from '../number.ts';
import { decodeStrictly } from '../target.ts';
import { IIIF_FORMATS, type IiifVersion, type NamedQuality } from './offers.ts';
import { type NamedImage, readPageName } from './page-name.ts';
import { type Parameters, parametersOf } from './parameters.ts';

/** How URLs are read. */
export interface IiifGrammar {
  readonly version: IiifVersion;
  /** What separates identifier and page, each character a byte; empty for no pages. */
  readonly pageDelimiter: string;
  /** The qualities offered, by name. */
  readonly qualities: ReadonlyMap<string, NamedQuality>;
}

/** What a IIIF URL asks for. */
export type IiifRequest = {
  /** The identifier as the client wrote it, percent-encoding and all. */
  readonly uri: string;
  /** The image that is meant where there is no such page: one whose name only looks as if it named one. */
  readonly whole?: Identifier;
} & (
  | ({ readonly kind: 'base' | 'info' } & NamedImage)
  | {
      readonly kind: 'image';
      readonly request: ImageRequest;
      /** The names of quality and format. */
      readonly quality: string;
      readonly format: string;
    }
);

/**
 * Parses what follows the prefix, read from the right: the identifier may hold slashes, encoded or not.
 *
 * @throws MalformedRequest
 * @see https://iiif.io/api/image/3.0/#2-uri-syntax
 */
export function parseIiif(rest: string, grammar: IiifGrammar): IiifRequest {
  const { pageDelimiter } = grammar;
  const lastSlash = rest.lastIndexOf('/');
  if (decodeStrictly(rest.slice(lastSlash + 1)) === 'info.json') {
    const uri = rest.slice(0, Math.max(0, lastSlash));
    const { image, ...other } = readPageName(decodeStrictly(uri), pageDelimiter);
    return { kind: 'info', uri, ...other, ...image };
  }
  const segments = rest.split('/');
  const parameters = parametersOf(segments);
  if (!parameters) {
    const uri = rest.endsWith('/') ? rest.slice(0, -1) : rest;
    const { image, ...other } = readPageName(decodeStrictly(uri), pageDelimiter);
    return { kind: 'base', uri, ...other, ...image };
  }
  const uri = segments.slice(0, -4).join('/');
  const { image, ...other } = readPageName(decodeStrictly(uri), pageDelimiter);
  return { kind: 'image', uri, ...other, ...parseImage(image, parameters, grammar) };
}

/**
 * @throws MalformedRequest
 * @see https://iiif.io/api/image/3.0/#41-region
 */
export function parseRegion(text: string): Region {
  if (text === 'full' || text === 'square') return { kind: text };
  const isPercent = text.startsWith('pct:');
  const parts = (isPercent ? text.slice(4) : text).split(',');
  const [x, y, width, height] = parts.map((part) => regionNumber(part, isPercent));
  if (x === undefined || y === undefined || !width || !height || parts.length !== 4) {
    throw new MalformedRequest('region', text, 'full, square, x,y,w,h or pct:x,y,w,h with w and h above 0');
  }
  return isPercent
    ? { kind: 'fraction', part: { x, y, width, height } }
    : { kind: 'pixels', rect: { x, y, width, height } };
}

const SIZE =
  /^(?<enlarge>\^?)(?:(?<word>max|full)|pct:(?<percent>[^,]+)|(?<width>\d+),(?<height>\d*)|,(?<heightOnly>\d+)|!(?<boxWidth>\d+),(?<boxHeight>\d+))$/;

/**
 * `^` is version 3's leave to enlarge; in version 2 every size but the words has it.
 *
 * @throws MalformedRequest
 * @see https://iiif.io/api/image/3.0/#42-size, https://iiif.io/api/image/2.1/#size
 */
export function parseSize(text: string, version: IiifVersion): { readonly scale: Scale; readonly upscale: boolean } {
  const groups = SIZE.exec(text)?.groups;
  const isForeign = version === 3 ? groups?.word === 'full' : groups?.enlarge === '^';
  const scale = groups && !isForeign ? scaleOf(groups) : undefined;
  const isTooMuch = version === 3 && groups?.enlarge === '' && scale?.kind === 'factor' && scale.factor > 1;
  if (!scale || isTooMuch) {
    const forms =
      version === 3 ? 'max, w,h w, ,h !w,h or pct:n, each after "^" to enlarge' : 'full, max, w,h w, ,h !w,h or pct:n';
    throw new MalformedRequest('size', text, `${forms}, with numbers above 0`);
  }
  // Version 2 has no sign for enlarging: sizes that adapt stay within the image, explicit ones may exceed it.
  const isExplicit = scale.kind !== 'max' && scale.kind !== 'fit';
  return { scale, upscale: version === 3 ? groups?.enlarge === '^' : isExplicit };
}

/**
 * @throws MalformedRequest
 * @see https://iiif.io/api/image/3.0/#43-rotation
 */
export function parseRotation(text: string): Rotation {
  const mirror = text.startsWith('!');
  const degrees = parseDecimal(mirror ? text.slice(1) : text, 'rotation');
  if (degrees > 360) throw new MalformedRequest('rotation', text, 'a number from 0 to 360, after "!" to mirror');
  return { mirror, degrees: degrees % 360 };
}

/**
 * @throws MalformedRequest
 * @see https://iiif.io/api/image/3.0/#44-quality
 */
export function parseQuality(text: string, qualities: IiifGrammar['qualities']): NamedQuality {
  const named = qualities.get(text);
  if (!named) throw new MalformedRequest('quality', text, [...qualities.keys()].join(', '));
  return named;
}

/**
 * @throws MalformedRequest
 * @see https://iiif.io/api/image/3.0/#45-format
 */
export function parseFormat(text: string): OutputFormat {
  return { type: formatNamed(IIIF_FORMATS, text, 'format') };
}

function parseImage(image: NamedImage, [region, size, rotation, last]: Parameters, grammar: IiifGrammar) {
  const dot = last.lastIndexOf('.');
  if (dot < 0) throw new MalformedRequest('quality', last, 'a quality, "." and a format, as in default.jpg');
  const [quality, format] = [last.slice(0, dot), last.slice(dot + 1)];
  const request: ImageRequest = {
    ...image,
    region: parseRegion(region),
    ...parseSize(size, grammar.version),
    oversize: 'refuse',
    rotation: parseRotation(rotation),
    ...parseQuality(quality, grammar.qualities),
    format: parseFormat(format),
  };
  return { request, quality, format };
}

/** Fractions end at 1, which is the image's edge: starting there is outside, reaching further is cut. */
function regionNumber(text: string, isPercent: boolean): number {
  return isPercent ? Math.min(parseDecimal(text, 'region') / 100, 1) : parseInteger(text, 'region');
}

/** Undefined where a number is 0. */
function scaleOf(groups: Record<string, string | undefined>): Scale | undefined {
  const { word, percent, width, height, heightOnly, boxWidth, boxHeight } = groups;
  if (word) return { kind: 'max' };
  if (percent) return ifPositive(parseDecimal(percent, 'size'), (value) => ({ kind: 'factor', factor: value / 100 }));
  if (heightOnly) return ifPositive(parseInteger(heightOnly, 'size'), (pixels) => ({ kind: 'height', pixels }));
  if (width && !height) return ifPositive(parseInteger(width, 'size'), (pixels) => ({ kind: 'width', pixels }));
  const size = {
    width: parseInteger(width ?? boxWidth ?? '', 'size'),
    height: parseInteger(height ?? boxHeight ?? '', 'size'),
  };
  if (size.width === 0 || size.height === 0) return undefined;
  return boxWidth ? { kind: 'fit', within: size } : { kind: 'exact', size };
}

function ifPositive(value: number, scale: (value: number) => Scale): Scale | undefined {
  return value > 0 ? scale(value) : undefined;
}
