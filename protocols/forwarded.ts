import type { IncomingHttpHeaders } from 'node:http';

/** Where a client sent its request, as far as the path goes that comes before ours. */
export interface Origin {
  readonly scheme: 'http' | 'https';
  /** With a port where it is not the scheme's own; empty where no usable one is known. */
  readonly host: string;
  /** Empty, or a path without a slash at its end. */
  readonly prefix: string;
}

/** What a proxy says about the request that it passed on; nothing where it says what cannot be. */
export interface Forwarded {
  /** The URI of the image, whatever else is said. */
  readonly id?: string;
  readonly origin: Partial<Origin>;
}

/**
 * Names, with the underscores that containers have in theirs, IPv4 and bracketed IPv6 addresses, with a port: nothing that
 * could end a header or a JSON string.
 */
export const AUTHORITY = /^(?:[a-z\d._-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/** Everything that is looked at. */
export const FORWARDED_HEADERS: readonly string[] = [
  'Forwarded',
  'X-Forwarded-Host',
  'X-Forwarded-Port',
  'X-Forwarded-Prefix',
  'X-Forwarded-Proto',
  'X-IIIF-ID',
];

/** Path segments of characters that a path may have as they are, or encoded; a host can not be meant by it. */
const PREFIX = /^(?:\/(?:[\w.~!$&'()*+,;=:@-]|%[\da-f]{2})+)+$/i;
/** Clients take such segments for steps up and ask for something else, encoded or not. */
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:\/|$)/i;
const PORT = /^\d{1,5}$/;
const IIIF_ID = /^https?:\/\/(?:[a-z\d._-]+|\[[\da-f:.]+\])(?::\d{1,5})?\/[\w.~!$&'()*+,;=:@%/?-]*$/i;
const OWN_PORTS = { http: '80', https: '443' } as const;

/**
 * What a trusted peer says. Proxies append to lists that the client may have begun, so the last entry counts: it is the
 * peer's own. RFC 7239's header goes before the older ones.
 */
export function forwardedBy(headers: IncomingHttpHeaders): Forwarded {
  const standard = parseForwarded(lastOf(headers.forwarded));
  const scheme = schemeOf(standard.get('proto') ?? lastOf(headers['x-forwarded-proto']));
  const host = hostOf(standard.get('host') ?? lastOf(headers['x-forwarded-host']), {
    port: lastOf(headers['x-forwarded-port']),
    scheme: scheme ?? 'http',
    asked: headers.host,
  });
  const prefix = lastOf(headers['x-forwarded-prefix']).replace(/\/$/, '');
  const isPrefix = PREFIX.test(prefix) && isLasting(prefix);
  const id = lastOf(headers['x-iiif-id']).replace(/\/$/, '');
  return {
    ...(IIIF_ID.test(id) && isLasting(id) && { id }),
    origin: { ...(scheme && { scheme }), ...(host && { host }), ...(isPrefix && { prefix }) },
  };
}

/** Whether clients leave it as it is. */
function isLasting(path: string): boolean {
  return !DOT_SEGMENT.test(path);
}

/** The last of the values that a header has, given once or several times. */
function lastOf(header: string | readonly string[] | undefined): string {
  const text = typeof header === 'string' ? header : (header?.at(-1) ?? '');
  return text.slice(text.lastIndexOf(',') + 1).trim();
}

/** The pairs of one element, names in lower case. @see RFC 7239 section 4 */
function parseForwarded(element: string): ReadonlyMap<string, string> {
  const pairs = element
    .split(';')
    .map((pair) => /^\s*(?<name>\w+)=(?:"(?<quoted>[^"\\]*)"|(?<token>[^\s"]+))\s*$/.exec(pair));
  return new Map(
    pairs.flatMap((pair) => {
      const value = pair?.groups?.quoted ?? pair?.groups?.token;
      return pair?.groups?.name && value !== undefined ? [[pair.groups.name.toLowerCase(), value]] : [];
    }),
  );
}

function schemeOf(text: string): Origin['scheme'] | undefined {
  const scheme = text.toLowerCase();
  return scheme === 'http' || scheme === 'https' ? scheme : undefined;
}

/** A port of its own belongs to the host that is forwarded, or else to the one that was asked for. */
function hostOf(
  forwarded: string,
  { port, scheme, asked }: { port: string; scheme: Origin['scheme']; asked: string | undefined },
): string | undefined {
  const host = forwarded === '' && PORT.test(port) ? (asked ?? '') : forwarded;
  if (!AUTHORITY.test(host)) return undefined;
  if (!PORT.test(port) || /:\d+$/.test(host)) return host;
  return port === OWN_PORTS[scheme] ? host : `${host}:${port}`;
}
