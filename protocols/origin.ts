import type { IncomingHttpHeaders } from 'node:http';

/** The scheme and authority under which the client reached the server, and the path of a proxy before ours, if any. */
export type PublicOrigin = (request: { readonly headers: IncomingHttpHeaders }) => string;

/** Names, IPv4 and bracketed IPv6 addresses, with a port: nothing that could end a header or a JSON string. */
const AUTHORITY = /^(?:[a-z\d.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/**
 * The origin that the Host header names; empty where it names none, which leaves addresses that start with the path.
 *
 * Forwarded headers are not looked at: whether they can be trusted is the server's to know.
 */
export const originFromHost: PublicOrigin = ({ headers: { host = '' } }) =>
  AUTHORITY.test(host) ? `http://${host}` : '';
