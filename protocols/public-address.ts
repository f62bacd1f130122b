import type { IncomingHttpHeaders } from 'node:http';

/** An image as the client addressed it: `base + name` is what it wrote, percent-encoding and all. */
export interface WrittenAddress {
  /** The mount, as in `Target`. */
  readonly base: string;
  readonly name: string;
}

/** The URI that an image is to be requested under, where the client can reach it. */
export type PublicAddress = (request: { readonly headers: IncomingHttpHeaders }, written: WrittenAddress) => string;

/** Names, IPv4 and bracketed IPv6 addresses, with a port: nothing that could end a header or a JSON string. */
const AUTHORITY = /^(?:[a-z\d.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/**
 * At the origin that the Host header names; where it names none, an address that starts with the path.
 *
 * Forwarded headers are not looked at: whether they can be trusted is the server's to know.
 */
export const addressAtHost: PublicAddress = ({ headers: { host = '' } }, { base, name }) =>
  `${AUTHORITY.test(host) ? `http://${host}` : ''}${base}${name}`;

/**
 * Below an address that the operator gave.
 *
 * In iipsrv's form of the URL (`?IIIF=name`) the name follows it at once, as it did there; so it does whenever the
 * address has a query or ends in `=`, as nothing but a name can come after that. Otherwise it stands for the root of
 * this server.
 *
 * @param baseUrl - ends in `/` or `=`
 */
export function addressBelow(baseUrl: string): PublicAddress {
  const root = baseUrl.replace(/\/$/, '');
  const leadsToNames = /\?|=$/.test(baseUrl);
  return (_request, { base, name }) => (leadsToNames || base.endsWith('=') ? baseUrl + name : `${root}${base}${name}`);
}
