import { type Identifier, parseIdentifier } from '../../image/identifier.ts';
import type { ImageRequest } from '../../image/request.ts';
import { toUrlPath } from '../byte-names.ts';

/** What the identifier of a URL names. */
export type NamedImage = Pick<ImageRequest, 'identifier' | 'page'>;

/** The readings of a name: what it means, and the name itself where a page may be part of it. */
export interface Reading {
  readonly image: NamedImage;
  /** To be looked for where there is no such page. */
  readonly whole?: Identifier;
}

/**
 * The last delimiter counts, if a number follows; anything else behind it belongs to the name.
 *
 * @param delimiter - each character a byte, as in names; empty for no pages
 * @throws MalformedRequest
 */
export function readPageName(name: string, delimiter: string): Reading {
  const end = pageAt(name, delimiter);
  const whole = parseIdentifier(name);
  if (end < 0) return { image: { identifier: whole } };
  const page = { x: Number(name.slice(end + delimiter.length)) };
  return { image: { identifier: parseIdentifier(name.slice(0, end)), page }, whole };
}

/**
 * The name of an image in addresses of IIIF, percent-encoded. One that ends as if it named a page gets the number of the
 * first, so that it means no page of another image.
 *
 * @param delimiter - as configured; empty for no pages
 */
export function toPageName(identifier: Identifier, delimiter: string, page?: number): string {
  const bytes = Buffer.from(delimiter).toString('latin1');
  const path = toUrlPath(identifier);
  const number = page ?? (pageAt(identifier, bytes) < 0 ? undefined : 0);
  return number === undefined ? path : `${path}${toUrlPath(bytes)}${number}`;
}

/** Where the delimiter of a page begins; -1 where the name has none. */
function pageAt(name: string, delimiter: string): number {
  const end = delimiter === '' ? -1 : name.lastIndexOf(delimiter);
  return /^\d{1,9}$/.test(name.slice(end + delimiter.length)) ? end : -1;
}
