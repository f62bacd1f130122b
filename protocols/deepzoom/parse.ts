import { MalformedRequest, TileNotFound } from '../../image/errors.ts';
import type { Identifier } from '../../image/identifier.ts';
import type { FormatName, ImageRequest } from '../../image/request.ts';
import { parseInteger } from '../number.ts';
import { parseTileProtocol, type TileProtocolRequest } from '../tile-protocol.ts';
import { tileRequest } from '../tile-request.ts';

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
export function parseDeepZoom(rest: string): TileProtocolRequest {
  return parseTileProtocol(rest, { descriptor: '.dzi', tiles: '_files/', parseTile });
}

function parseTile(tile: string, identifier: Identifier): ImageRequest {
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
  return tileRequest(identifier, address, type);
}
