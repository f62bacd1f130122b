import { MalformedRequest } from '../../image/errors.ts';
import { clamp, type UnitRect } from '../../image/geometry.ts';
import type {
  FormatName,
  OutputDepth,
  OutputFormat,
  PageAddress,
  Rotation,
  TiffCompression,
} from '../../image/request.ts';
import { formatNamed } from '../format-names.ts';
import { parseInteger, parseReal } from '../number.ts';
import type { TileNumber } from './pictures.ts';
import type { View } from './view.ts';

/** QLT as it was given: which scale the number is on depends on the format it meets. */
export interface Encoding {
  readonly quality?: number;
  readonly compression?: TiffCompression;
}

/** CVT's names. */
const FORMATS: ReadonlyMap<string, FormatName> = new Map([
  ['jpeg', 'jpeg'],
  ['jpg', 'jpeg'],
  ['png', 'png'],
  ['webp', 'webp'],
  ['avif', 'avif'],
  ['tiff', 'tiff'],
  ['tif', 'tiff'],
  ['gif', 'gif'],
  ['pdf', 'pdf'],
  ['jp2', 'jp2'],
]);

const COMPRESSIONS: readonly TiffCompression[] = ['none', 'lzw', 'deflate', 'jpeg', 'webp', 'zstd'];

/** Lowest and highest quality of each format that has one scale; below 0 is lossless. */
const QUALITY_RANGE: Record<Exclude<FormatName, 'tiff' | 'gif'>, readonly [lowest: number, highest: number]> = {
  jpeg: [0, 100],
  png: [0, 9],
  webp: [-1, 100],
  avif: [-1, 100],
  pdf: [-1, 100],
  jp2: [-1, 100],
};

/**
 * WID or HEI: pixels, 0 for not given.
 *
 * @throws MalformedRequest
 */
export function parseSide(text: string, command: string): number | undefined {
  return parseInteger(text, command) || undefined;
}

/**
 * LYR: quality layers, 0 for not given.
 *
 * @throws MalformedRequest
 */
export function parseLayers(text: string): number | undefined {
  return parseInteger(text, 'LYR') || undefined;
}

/**
 * RGN: `x,y,w,h`, each held between 0 and 1.
 *
 * @throws MalformedRequest
 */
export function parseRegion(text: string): UnitRect {
  const parts = text.split(',');
  const [x, y, width, height] = parts.map((part) => clamp(parseReal(part, 'RGN'), 0, 1));
  if (x === undefined || y === undefined || !width || !height || parts.length !== 4) {
    throw new MalformedRequest('RGN', text, 'x,y,w,h as fractions of the image, w and h above 0');
  }
  return { x, y, width, height };
}

/**
 * ROT: degrees clockwise, negative ones counted back from 360, after "!" to mirror.
 *
 * @throws MalformedRequest
 */
export function parseRotation(text: string): Rotation {
  const mirror = text.startsWith('!');
  const degrees = parseReal(mirror ? text.slice(1) : text, 'ROT', 'a finite number of degrees, after "!" to mirror');
  return { mirror, degrees: ((degrees % 360) + 360) % 360 };
}

/**
 * QLT: `n` or `compression:n`, a whole number that may be negative.
 *
 * @throws MalformedRequest
 */
export function parseEncoding(text: string): Encoding {
  const groups = /^(?:(?<name>[^:]*):)?(?<sign>-?)(?<digits>[^:]*)$/.exec(text)?.groups;
  const { name, sign, digits = '' } = groups ?? {};
  const size = parseInteger(digits, 'QLT');
  const quality = sign === '-' ? 0 - size : size;
  if (name === undefined) return { quality };
  const compression = COMPRESSIONS.find((known) => known === name.toLowerCase());
  if (!compression)
    throw new MalformedRequest('QLT', text, `a number, or one of ${COMPRESSIONS.join(', ')}, ":" and a number`);
  return { quality, compression };
}

/**
 * DPT: bits of a sample, 8 or as many as the image has.
 *
 * @throws MalformedRequest
 */
export function parseDepth(text: string): OutputDepth {
  if (text === '8') return 8;
  if (text.toLowerCase() === 'native') return 'native';
  throw new MalformedRequest('DPT', text, '8 or native');
}

/** Brings QLT onto a format's own scale; what lies beyond it is held at its end. */
export function formatOf(type: FormatName, { encoding, depth }: Pick<View, 'encoding' | 'depth'>): OutputFormat {
  const format = encodedFormat(type, encoding);
  return depth === undefined ? format : { ...format, depth };
}

function encodedFormat(type: FormatName, { quality, compression }: Encoding): OutputFormat {
  if (quality === undefined || type === 'gif') return { type };
  if (type === 'tiff') return tiffOf(quality, compression);
  const [lowest, highest] = QUALITY_RANGE[type];
  // WebP has no quality below 1 that is not lossless.
  const held = type === 'webp' && quality < 1 ? -1 : clamp(quality, lowest, highest);
  return { type, quality: held };
}

/**
 * JTL and its like: `resolution,tile`.
 *
 * @throws MalformedRequest
 */
export function parseTile(text: string, command: string): TileNumber {
  const comma = text.indexOf(',');
  if (comma < 0) throw new MalformedRequest(command, text, 'resolution,tile');
  return {
    level: parseInteger(text.slice(0, comma), command, text),
    index: parseInteger(text.slice(comma + 1), command, text),
  };
}

/**
 * SDS: the page of a stack, or the angles of a view. The second is left to what is usual where it is not given.
 *
 * @throws MalformedRequest
 */
export function parsePage(text: string): PageAddress {
  const [x = '', y, ...more] = text.split(',');
  if (more.length > 0) throw new MalformedRequest('SDS', text, 'x or x,y');
  const across = parseInteger(x, 'SDS', text);
  return y === undefined ? { x: across } : { x: across, y: parseInteger(y, 'SDS', text) };
}

/**
 * JTLS: `x,resolution,tile,y`.
 *
 * @throws MalformedRequest
 */
export function parseViewTile(text: string): { readonly page: PageAddress; readonly tile: TileNumber } {
  const [x = '', level = '', index = '', y, ...more] = text.split(',');
  if (y === undefined || more.length > 0) throw new MalformedRequest('JTLS', text, 'x,resolution,tile,y');
  return {
    page: { x: parseInteger(x, 'JTLS', text), y: parseInteger(y, 'JTLS', text) },
    tile: { level: parseInteger(level, 'JTLS', text), index: parseInteger(index, 'JTLS', text) },
  };
}

/**
 * CVT: the name of a format in any case.
 *
 * @throws MalformedRequest
 */
export function parseFormatName(text: string): FormatName {
  return formatNamed(FORMATS, text.toLowerCase(), 'CVT');
}

function tiffOf(quality: number, compression: TiffCompression | undefined): OutputFormat {
  const highest = compression === 'deflate' ? 9 : compression === 'zstd' ? 19 : 100;
  const held = clamp(quality, 0, highest);
  return compression ? { type: 'tiff', quality: held, compression } : { type: 'tiff', quality: held };
}
