import { MalformedRequest } from '../../image/errors.ts';
import type { Identifier } from '../../image/identifier.ts';
import type { ImageRequest } from '../../image/request.ts';
import { parseInteger } from '../number.ts';
import { tileFormat } from '../tile-formats.ts';
import { parseTileProtocol, type TileProtocolRequest } from '../tile-protocol.ts';
import { tileRequest } from '../tile-request.ts';

const TILE = /^(?<level>\d+)\/(?<column>\d+)_(?<row>\d+)\.(?<extension>\w+)$/;

/**
 * Parses what follows the prefix: `{id}.dzi`, or `{id}.xml` as some writers call it, or
 * `{id}_files/{level}/{column}_{row}.{format}`, the last `_files/` counting.
 *
 * @param overlap - pixels of each neighbour that tiles show
 * @throws MalformedRequest, TileNotFound for a format that is not offered, SourceNotFound for any other path
 */
export function parseDeepZoom(rest: string, overlap: number): TileProtocolRequest {
  return parseTileProtocol(rest, {
    descriptors: ['.dzi', '.xml'],
    tiles: '_files/',
    parseTile: (tile, identifier) => parseTile(tile, identifier, overlap),
  });
}

function parseTile(tile: string, identifier: Identifier, overlap: number): ImageRequest {
  const groups = TILE.exec(tile)?.groups;
  const { level = '', column = '', row = '', extension = '' } = groups ?? {};
  if (!groups) throw new MalformedRequest('tile', tile, '{level}/{column}_{row}.{format}');
  const type = tileFormat(extension);
  const address = {
    grid: 'halved-up',
    level: parseInteger(level, 'level'),
    column: parseInteger(column, 'column'),
    row: parseInteger(row, 'row'),
    overlap,
  } as const;
  return tileRequest(identifier, address, type);
}
