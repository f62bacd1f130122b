import { contextOf } from './describe.ts';
import type { IiifVersion } from './parse.ts';

/** The version that an Accept header names by its context, else the configured one. */
export function negotiateVersion(accept: string | undefined, byDefault: IiifVersion): IiifVersion {
  if (accept === undefined) return byDefault;
  const named = /http:\/\/iiif\.io\/api\/image\/([23])\/context\.json/.exec(accept)?.[1];
  return named === '2' ? 2 : named === '3' ? 3 : byDefault;
}

/**
 * The media type of info.json: version 3 says JSON-LD unless a client that states its wishes leaves it out, version 2
 * only to clients that ask for it.
 *
 * @see https://iiif.io/api/image/3.0/#51-image-information-request, https://iiif.io/api/image/2.1/#image-information-request
 */
export function negotiateType(accept: string | undefined, version: IiifVersion): string {
  const isJsonLdWanted = accept === undefined ? version === 3 : /application\/ld\+json/i.test(accept);
  if (!isJsonLdWanted) return 'application/json';
  return version === 3 ? `application/ld+json;profile="${contextOf(3)}"` : 'application/ld+json';
}
