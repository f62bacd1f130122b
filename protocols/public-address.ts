import type { IncomingHttpHeaders } from 'node:http';
import { AUTHORITY, FORWARDED_HEADERS, forwardedBy, type Origin } from './forwarded.ts';

/** An image as the client addressed it: `base + name` is what it wrote, percent-encoding and all. */
export interface WrittenAddress {
  /** The mount, as in `Target`. */
  readonly base: string;
  readonly name: string;
}

/** What is looked at of a request. */
export interface AddressedRequest {
  readonly headers: IncomingHttpHeaders;
  /** The peer's address; undefined on a Unix socket. */
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** Where clients can reach images. */
export interface PublicAddress {
  /** The URI that an image is to be requested under. */
  uriOf(request: AddressedRequest, written: WrittenAddress): string;
  /** The URI of anything else here: what is said of an identifier does not count, nor where IIIF's names follow. */
  plainUriOf(request: AddressedRequest, written: WrittenAddress): string;
  /** The request headers that it depends on, other than Host. */
  readonly headers: readonly string[];
}

/** What the operator decides about public addresses. */
export interface AddressSettings {
  /** What they begin with; ends in `/` or `=`. Without it they are at the host that the request names. */
  readonly baseUrl?: string | undefined;
  /** Whether the peer with that address may say how it was addressed itself; nobody may where this is missing. */
  readonly isTrusted?: ((address: string | undefined) => boolean) | undefined;
}

/**
 * The public addresses of images: what a trusted peer says the identifier is, else below the operator's address, else at
 * the origin that a trusted peer or, at last, the Host header names. Where that names none, they start with the path.
 */
export function createPublicAddress({ baseUrl, isTrusted }: AddressSettings): PublicAddress {
  const forwardedTo = ({ headers, socket }: AddressedRequest) =>
    isTrusted?.(socket.remoteAddress) ? forwardedBy(headers) : undefined;
  const at =
    (base: Root | undefined, { headers }: AddressedRequest, origin: Partial<Origin> | undefined) =>
    (written: WrittenAddress) =>
      base === undefined ? atOrigin({ ...originOf(headers), ...origin }, written) : below(base, written);
  const imageRoot = baseUrl === undefined ? undefined : rootOf(baseUrl);
  const otherRoot = imageRoot?.leadsToNames ? rootOf(new URL(imageRoot.url).origin) : imageRoot;
  return {
    headers: isTrusted ? FORWARDED_HEADERS : [],
    uriOf(request, written) {
      const forwarded = forwardedTo(request);
      return forwarded?.id ?? at(imageRoot, request, forwarded?.origin)(written);
    },
    plainUriOf: (request, written) => at(otherRoot, request, forwardedTo(request)?.origin)(written),
  };
}

function originOf({ host = '' }: IncomingHttpHeaders): Origin {
  return { scheme: 'http', host: AUTHORITY.test(host) ? host : '', prefix: '' };
}

/** A path that begins with two slashes would name a host where none stands before it: `/.` keeps it a path. */
function atOrigin({ scheme, host, prefix }: Origin, { base, name }: WrittenAddress): string {
  const path = `${prefix}${base}${name}`;
  if (host !== '') return `${scheme}://${host}${path}`;
  return path.startsWith('//') ? `/.${path}` : path;
}

/**
 * In iipsrv's form of the URL (`?IIIF=name`) the name follows the operator's address at once, as it did there; so it does
 * whenever the address has a query or ends in `=`, as nothing but a name can come after that, or in the path that was asked
 * for: iipsrv's settings have it there beside URI_MAP. Otherwise the address stands for the root of this server.
 */
function below({ url, path, leadsToNames }: Root, { base, name }: WrittenAddress): string {
  const isUnderBase = base !== '/' && path.endsWith(base);
  return leadsToNames || base.endsWith('=') || isUnderBase ? url + name : `${url.replace(/\/$/, '')}${base}${name}`;
}

/** The operator's address, taken apart once. */
interface Root {
  readonly url: string;
  readonly path: string;
  /** Whether nothing but a name can follow it. */
  readonly leadsToNames: boolean;
}

function rootOf(url: string): Root {
  return { url, path: new URL(url).pathname, leadsToNames: /\?|=$/.test(url) };
}
