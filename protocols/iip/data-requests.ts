import { MalformedRequest } from '../../image/errors.ts';
import type { Point } from '../../image/geometry.ts';
import { parseInteger } from '../number.ts';
import type { TileNumber } from './pictures.ts';

/** What a command for samples rather than a picture asks for; levels are counted from the coarsest, 0. */
export type DataRequest =
  | { readonly kind: 'tiles'; readonly level: number; readonly first: number; readonly last: number }
  | { readonly kind: 'profile'; readonly level: number; readonly start: Point; readonly end: Point }
  | { readonly kind: 'spectrum'; readonly tile: TileNumber; readonly at: Point };

/**
 * TIL: `resolution,tile` or `resolution,first-last`.
 *
 * @throws MalformedRequest
 */
export function parseTileRange(text: string): DataRequest {
  const groups = /^(?<level>[^,]*),(?<first>[^-]*)(?:-(?<last>.*))?$/.exec(text)?.groups;
  if (!groups) throw new MalformedRequest('TIL', text, 'resolution,tile or resolution,first-last');
  const first = parseInteger(groups.first ?? '', 'TIL', text);
  const last = groups.last === undefined ? first : parseInteger(groups.last, 'TIL', text);
  return { kind: 'tiles', level: parseInteger(groups.level ?? '', 'TIL', text), first, last };
}

/**
 * PFL: `resolution:x1,y1-x2,y2` or `resolution:x,y`.
 *
 * @throws MalformedRequest
 */
export function parseProfile(text: string): DataRequest {
  const groups = /^(?<level>[^:]*):(?<start>[^-]*)(?:-(?<end>.*))?$/.exec(text)?.groups;
  if (!groups) throw new MalformedRequest('PFL', text, 'resolution:x1,y1-x2,y2 or resolution:x,y');
  const start = parsePoint(groups.start ?? '');
  const end = groups.end === undefined ? start : parsePoint(groups.end);
  return { kind: 'profile', level: parseInteger(groups.level ?? '', 'PFL', text), start, end };
}

function parsePoint(text: string): Point {
  const [x, y, ...more] = text.split(',');
  if (x === undefined || y === undefined || more.length > 0) throw new MalformedRequest('PFL', text, 'x,y');
  return { x: parseInteger(x, 'PFL', text), y: parseInteger(y, 'PFL', text) };
}

/**
 * SPECTRA: `resolution,tile,x,y`, the last two in the tile's own pixels.
 *
 * @throws MalformedRequest
 */
export function parseSpectrum(text: string): DataRequest {
  const parts = text.split(',');
  if (parts.length !== 4) throw new MalformedRequest('SPECTRA', text, 'resolution,tile,x,y');
  const [level = 0, index = 0, x = 0, y = 0] = parts.map((part) => parseInteger(part, 'SPECTRA', text));
  return { kind: 'spectrum', tile: { level, index }, at: { x, y } };
}
