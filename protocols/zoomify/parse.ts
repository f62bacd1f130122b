import { MalformedRequest, SourceNotFound } from '../../image/errors.ts';
import { type Identifier, parseIdentifier } from '../../image/identifier.ts';
import type { ImageRequest } from '../../image/request.ts';
import { parseInteger } from '../number.ts';
import { decodeStrictly } from '../target.ts';
import { tileRequest } from '../tile-request.ts';

/** What a Zoomify URL asks for. */
export type ZoomifyRequest =
  | { readonly kind: 'descriptor'; readonly identifier: Identifier }
  | { readonly kind: 'tile'; readonly request: ImageRequest };

const DESCRIPTOR = '/ImageProperties.xml';
const TILES = '/TileGroup';

/** Which group a tile is in follows from its place: the number given is not looked at. */
const TILE = /^\d+\/(?<tier>\d+)-(?<column>\d+)-(?<row>\d+)\.jpg$/;

/**
 * Parses what follows the prefix: `{id}/ImageProperties.xml` or `{id}/TileGroup{g}/{tier}-{column}-{row}.jpg`, the last
 * `/TileGroup` counting.
 *
 * @throws MalformedRequest, SourceNotFound for any other path
 */
export function parseZoomify(rest: string): ZoomifyRequest {
  const path = decodeStrictly(rest);
  if (path.endsWith(DESCRIPTOR)) {
    return { kind: 'descriptor', identifier: parseIdentifier(path.slice(0, -DESCRIPTOR.length)) };
  }
  const end = path.lastIndexOf(TILES);
  if (end < 0) throw new SourceNotFound();
  const tile = path.slice(end + TILES.length);
  const groups = TILE.exec(tile)?.groups;
  const { tier = '', column = '', row = '' } = groups ?? {};
  if (!groups) throw new MalformedRequest('tile', tile, 'TileGroup{group}/{tier}-{column}-{row}.jpg');
  const address = {
    grid: 'halved-down',
    level: parseInteger(tier, 'tier'),
    column: parseInteger(column, 'column'),
    row: parseInteger(row, 'row'),
  } as const;
  return { kind: 'tile', request: tileRequest(parseIdentifier(path.slice(0, end)), address, 'jpeg') };
}
