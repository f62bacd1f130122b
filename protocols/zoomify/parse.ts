import { MalformedRequest } from '../../image/errors.ts';
import type { Identifier } from '../../image/identifier.ts';
import type { ImageRequest } from '../../image/request.ts';
import { parseInteger } from '../number.ts';
import { parseTileProtocol, type TileProtocolRequest } from '../tile-protocol.ts';
import { tileRequest } from '../tile-request.ts';

/** Which group a tile is in follows from its place: the number given is not looked at. */
const TILE = /^\d+\/(?<tier>\d+)-(?<column>\d+)-(?<row>\d+)\.jpg$/;

/**
 * Parses what follows the prefix: `{id}/ImageProperties.xml` or `{id}/TileGroup{g}/{tier}-{column}-{row}.jpg`, the last
 * `/TileGroup` counting.
 *
 * @throws MalformedRequest, SourceNotFound for any other path
 */
export function parseZoomify(rest: string): TileProtocolRequest {
  return parseTileProtocol(rest, { descriptors: ['/ImageProperties.xml'], tiles: '/TileGroup', parseTile });
}

function parseTile(tile: string, identifier: Identifier): ImageRequest {
  const groups = TILE.exec(tile)?.groups;
  const { tier = '', column = '', row = '' } = groups ?? {};
  if (!groups) throw new MalformedRequest('tile', tile, 'TileGroup{group}/{tier}-{column}-{row}.jpg');
  const address = {
    grid: 'halved-down',
    level: parseInteger(tier, 'tier'),
    column: parseInteger(column, 'column'),
    row: parseInteger(row, 'row'),
  } as const;
  return tileRequest(identifier, address, 'jpeg');
}
