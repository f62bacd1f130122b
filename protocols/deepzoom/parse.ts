import { MalformedRequest, SourceNotFound, TileNotFound } from '../../image/errors.ts';
import { type Identifier, parseIdentifier } from '../../image/identifier.ts';
import type { FormatName, ImageRequest } from '../../image/request.ts';
import { parseInteger } from '../number.ts';
import { decodeStrictly } from '../target.ts';
import { tileRequest } from '../tile-request.ts';

/** What a Deep Zoom URL asks for. */
export type DeepZoomRequest =
  | { readonly kind: 'descriptor'; readonly identifier: Identifier }
  | { readonly kind: 'tile'; readonly request: ImageRequest };

const DESCRIPTOR = '.dzi';
const TILES = '_files/';
const TILE = /^(?<level>\d+)\/(?<column>\d+)_(?<row>\d+)\.(?<extension>\w+)$/;

/** By extension; the descriptor names the first. */
const FORMATS: ReadonlyMap<string, FormatName> = new Map([
  ['jpg', 'jpeg'],
  ['jpeg', 'jpeg'],
  ['png', 'png'],
  ['webp', 'webp'],
  ['avif', 'avif'],
]);

/**
 * Parses what follows the prefix: `{id}.dzi` or `{id}_files/{level}/{column}_{row}.{format}`, the last `_files/` counting.
 *
 * @throws MalformedRequest, TileNotFound for a format that is not offered, SourceNotFound for any other path
 */
export function parseDeepZoom(rest: string): DeepZoomRequest {
  const path = decodeStrictly(rest);
  if (path.endsWith(DESCRIPTOR)) {
    return { kind: 'descriptor', identifier: parseIdentifier(path.slice(0, -DESCRIPTOR.length)) };
  }
  const end = path.lastIndexOf(TILES);
  if (end < 0) throw new SourceNotFound();
  const tile = path.slice(end + TILES.length);
  const groups = TILE.exec(tile)?.groups;
  const { level = '', column = '', row = '', extension = '' } = groups ?? {};
  if (!groups) throw new MalformedRequest('tile', tile, '{level}/{column}_{row}.{format}');
  const type = FORMATS.get(extension);
  if (!type) throw new TileNotFound(`format "${extension}", only ${[...FORMATS.keys()].join(', ')}`);
  const address = {
    grid: 'halved-up',
    level: parseInteger(level, 'level'),
    column: parseInteger(column, 'column'),
    row: parseInteger(row, 'row'),
  } as const;
  return { kind: 'tile', request: tileRequest(parseIdentifier(path.slice(0, end)), address, type) };
}
