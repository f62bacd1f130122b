import { MalformedRequest, SourceNotFound } from '../../image/errors.ts';
import { type Identifier, parseIdentifier } from '../../image/identifier.ts';
import type { ImageRequest } from '../../image/request.ts';
import { parseInteger } from '../number.ts';
import { decodeStrictly } from '../target.ts';
import { tileFormat } from '../tile-formats.ts';
import { tileRequest } from '../tile-request.ts';

/** What an XYZ URL asks for. `uri` is the identifier as the client wrote it, percent-encoding and all. */
export type XyzRequest =
  | { readonly kind: 'tilejson'; readonly identifier: Identifier; readonly uri: string }
  | { readonly kind: 'tile'; readonly request: ImageRequest };

const DESCRIPTOR = 'tilejson.json';
const FILE = /^(?<y>\d+)\.(?<extension>\w+)$/;

/**
 * Parses what follows the prefix, read from the right: `{id}/tilejson.json` or `{id}/{z}/{x}/{y}.{format}`. Zoom 0 is one
 * tile that holds the whole image, and each further one shows it twice as large.
 *
 * @throws MalformedRequest, TileNotFound for a format that is not offered, SourceNotFound for any other path
 */
export function parseXyz(rest: string): XyzRequest {
  const segments = rest.split('/');
  const last = decodeStrictly(segments.at(-1) ?? '');
  if (last === DESCRIPTOR) {
    const uri = segments.slice(0, -1).join('/');
    return { kind: 'tilejson', uri, identifier: parseIdentifier(decodeStrictly(uri)) };
  }
  const [z, x] = segments.slice(-3, -1).map(decodeStrictly);
  if (z === undefined || x === undefined || segments.length < 4) throw new SourceNotFound();
  const identifier = parseIdentifier(decodeStrictly(segments.slice(0, -3).join('/')));
  const { y, extension } = FILE.exec(last)?.groups ?? {};
  if (y === undefined || extension === undefined) throw new MalformedRequest('tile', last, '{z}/{x}/{y}.{format}');
  const address = {
    grid: 'padded',
    level: parseInteger(z, 'zoom'),
    column: parseInteger(x, 'column'),
    row: parseInteger(y, 'row'),
  } as const;
  return { kind: 'tile', request: tileRequest(identifier, address, tileFormat(extension)) };
}
