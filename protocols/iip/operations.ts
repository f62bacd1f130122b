import { MalformedRequest } from '../../image/errors.ts';
import { type BandRange, COLOUR_MAPS, type Kernel, type Operations } from '../../image/operations.ts';
import type { Quality } from '../../image/request.ts';
import { parseInteger, parseReal } from '../number.ts';

/** Of the bands that come out the first three are shown. */
const MOST_TWIST_ROWS = 16;

/** More bands than that are no band of an image anybody twists. */
const MOST_TWIST_COLUMNS = 64;

const CONTRASTS: ReadonlyMap<string, Operations> = new Map([
  ['eq', { equalise: true }],
  ['equalization', { equalise: true }],
  ['st', { stretch: true }],
  ['stretch', { stretch: true }],
]);

const GAMMAS: ReadonlyMap<string, Operations> = new Map([
  ['log', { gamma: 'log' }],
  ['logarithm', { gamma: 'log' }],
]);

const QUALITIES: ReadonlyMap<string, Quality> = new Map([
  ['grey', 'gray'],
  ['gray', 'gray'],
  ['binary', 'bitonal'],
]);

/** CNV's names. */
const KERNELS: ReadonlyMap<string, Kernel> = new Map([
  ['sobel', [-1, 0, 1, -2, 0, 2, -1, 0, 1]],
  ['prewitt', [1, 0, -1, 1, 0, -1, 1, 0, -1]],
  ['scharr', [-3, 0, 3, -10, 0, 10, -3, 0, 3]],
  ['laplace', [-1, -1, -1, -1, 8, -1, -1, -1, -1]],
  ['gaussian', [1, 2, 1, 2, 4, 2, 1, 2, 1]],
  ['sharpen', [0, -1, 0, -1, 5, -1, 0, -1, 0]],
  ['emboss', [-2, -1, 0, -1, 1, 1, 0, 1, 2]],
]);

const KERNEL_LENGTHS: readonly number[] = [1, 9, 25];

/**
 * CNT: a factor, -1 for `st`; `eq` or `st`.
 *
 * @throws MalformedRequest
 */
export function parseContrast(text: string): Operations {
  const named = CONTRASTS.get(text.toLowerCase());
  if (named) return named;
  const contrast = parseReal(text, 'CNT', `a finite number or one of ${[...CONTRASTS.keys()].join(', ')}`);
  return contrast === -1 ? { stretch: true } : { contrast };
}

/**
 * GAM: an exponent, -1 for `log`; or `log`.
 *
 * @throws MalformedRequest
 */
export function parseGamma(text: string): Operations {
  const named = GAMMAS.get(text.toLowerCase());
  if (named) return named;
  const gamma = parseReal(text, 'GAM', `a finite number or one of ${[...GAMMAS.keys()].join(', ')}`);
  return { gamma: gamma === -1 ? 'log' : gamma };
}

/**
 * MINMAX: `band:min,max`, `-` being every band. What earlier ones said of other bands stays.
 *
 * @throws MalformedRequest
 */
export function parseRange(text: string, earlier: Operations = {}): Operations {
  const groups = /^(?<band>[^:]*):(?<min>[^,]*),(?<max>[^,]*)$/.exec(text)?.groups;
  if (!groups) throw new MalformedRequest('MINMAX', text, 'band:min,max or -:min,max');
  const { band = '', min = '', max = '' } = groups;
  const range: BandRange = {
    band: band === '-' ? 'all' : parseInteger(band, 'MINMAX'),
    min: parseReal(min, 'MINMAX'),
    max: parseReal(max, 'MINMAX'),
  };
  const kept = range.band === 'all' ? [] : (earlier.ranges ?? []).filter((known) => known.band !== range.band);
  return { ranges: [...kept, range] };
}

/**
 * SHD: `azimuth,elevation` in whole degrees.
 *
 * @throws MalformedRequest
 */
export function parseHillshade(text: string): Operations {
  const [azimuth, elevation, ...more] = text.split(',');
  if (azimuth === undefined || elevation === undefined || more.length > 0) {
    throw new MalformedRequest('SHD', text, 'azimuth,elevation in whole degrees');
  }
  const hillshade = {
    azimuth: parseInteger(azimuth, 'SHD', text) % 360,
    elevation: parseInteger(elevation, 'SHD', text) % 360,
  };
  return { hillshade };
}

/**
 * CMP: the name of a colour map in any case.
 *
 * @throws MalformedRequest
 */
export function parseColourMap(text: string): Operations {
  const colourMap = COLOUR_MAPS.find((known) => known === text.toLowerCase());
  if (!colourMap) throw new MalformedRequest('CMP', text, `one of ${COLOUR_MAPS.join(', ')}`);
  return { colourMap };
}

/**
 * CTW: `[a,b,c;d,e,f]`, a row for each band that comes out; the brackets may be missing.
 *
 * @throws MalformedRequest
 */
export function parseTwist(text: string): Operations {
  const rows = withoutBrackets(text, 'CTW').split(';');
  const twist = rows.map((row) => row.split(',').map((factor) => parseReal(factor.trim(), 'CTW')));
  if (twist.length > MOST_TWIST_ROWS || twist.some((row) => row.length > MOST_TWIST_COLUMNS)) {
    throw new MalformedRequest('CTW', text, `at most ${MOST_TWIST_ROWS} rows of ${MOST_TWIST_COLUMNS} numbers`);
  }
  return { twist };
}

/**
 * CNV: the name of a kernel in any case, or `[k1,…]` with 1, 9 or 25 factors row by row; the brackets may be missing.
 *
 * @throws MalformedRequest
 */
export function parseKernel(text: string): Operations {
  const named = KERNELS.get(text.trim().toLowerCase());
  if (named) return { kernel: named };
  const expected = `one of ${[...KERNELS.keys()].join(', ')}, or [k1,…] with 1, 9 or 25 numbers`;
  const parts = withoutBrackets(text, 'CNV').split(',');
  const kernel = parts.map((factor) => parseReal(factor.trim(), 'CNV', expected));
  if (!KERNEL_LENGTHS.includes(kernel.length)) throw new MalformedRequest('CNV', text, expected);
  return { kernel };
}

/**
 * COL: `grey`, `gray` or `binary` in any case.
 *
 * @throws MalformedRequest
 */
export function parseQuality(text: string): Quality {
  const quality = QUALITIES.get(text.toLowerCase());
  if (!quality) throw new MalformedRequest('COL', text, `one of ${[...QUALITIES.keys()].join(', ')}`);
  return quality;
}

/** Either both are there or none. */
function withoutBrackets(text: string, command: string): string {
  const list = text.trim();
  const isOpened = list.startsWith('[');
  if (isOpened !== list.endsWith(']'))
    throw new MalformedRequest(command, text, '"[" and "]" around the numbers, or none');
  return isOpened ? list.slice(1, -1) : list;
}
