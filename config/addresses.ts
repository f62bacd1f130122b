import { isIP, isIPv6 } from 'node:net';
import { optional, parsedBy, type ValueType } from './value-type.ts';

/** Where a server listens. */
export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** What the kernel takes as the path of a socket, in bytes. */
const LONGEST_SOCKET_PATH = 107;

const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;

/** A host name or an address of IPv4 or IPv6, without brackets. */
export function host(): ValueType<string> {
  return parsedBy('a host name or an IP address', (given) => (isHost(given) ? given : undefined));
}

/** `host:port`, `[v6]:port` or `unix:path`. */
export function listenAddress(): ValueType<ListenAddress | undefined> {
  const allowed = `host:port, [IPv6 address]:port, or unix:path with a path of at most ${LONGEST_SOCKET_PATH} bytes`;
  return optional(parsedBy(allowed, parseListenAddress));
}

/** Origins that browsers may read answers from. */
export function corsPolicy(): ValueType<'*' | 'off' | readonly string[]> {
  return parsedBy('*, off, or origins such as https://example.org, separated by commas', parseCors);
}

/** The public address of this server, ending in `/` unless identifiers follow a `=`. */
export function baseUrl(): ValueType<string | undefined> {
  const parse = (given: string) => (isUrl(given, ['http:', 'https:']) ? given.replace(/[^/=]$/, '$&/') : undefined);
  return optional(parsedBy('an address that begins with http:// or https://', parse));
}

/** A path under which a protocol is served. */
export interface UriMapping {
  /** Without a slash before or behind; empty for every path. */
  readonly prefix: string;
  readonly protocol: (typeof MAPPED_PROTOCOLS)[number];
}

const MAPPED_PROTOCOLS = ['iip', 'iiif', 'deepzoom', 'zoomify'] as const;

/** `prefix=>protocol`, separated by commas. */
export function uriMap(): ValueType<readonly UriMapping[]> {
  const allowed = 'prefix=>protocol, separated by commas, with IIP, IIIF, DeepZoom or Zoomify as protocol';
  return parsedBy(allowed, (given) => {
    const mappings = given === '' ? [] : given.split(',').map(parseMapping);
    return mappings.every((mapping) => mapping !== undefined) ? mappings : undefined;
  });
}

/** The address of a Redis server, with credentials and database where it needs them. */
export function redisUrl(): ValueType<string | undefined> {
  const parse = (given: string) => (isUrl(given, ['redis:', 'rediss:']) ? given : undefined);
  return optional(parsedBy('an address such as redis://host:6379/0 or rediss://user:password@host:6379', parse));
}

/** `host` or `host:port`, separated by commas. */
export function serverList(): ValueType<readonly string[]> {
  return parsedBy('host or host:port, separated by commas', (given) => {
    const servers = given === '' ? [] : given.split(',').map((server) => server.trim());
    return servers.every(isServer) ? servers : undefined;
  });
}

/** Peers of a connection: addresses, networks, and words for those that neither can tell. */
export function peerList(): ValueType<readonly string[]> {
  const allowed = 'addresses or networks such as 10.0.0.0/8, loopback or unix, separated by commas';
  return parsedBy(allowed, (given) => {
    const peers = given === '' ? [] : given.split(',').map((peer) => peer.trim());
    return peers.every(isPeer) ? peers : undefined;
  });
}

function isPeer(given: string): boolean {
  if (given === 'loopback' || given === 'unix') return true;
  const [address = '', prefix, ...rest] = given.split('/');
  const bits = isIPv6(address) ? 128 : 32;
  const isNetwork = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
  return isIP(address) !== 0 && isNetwork && rest.length === 0;
}

/** A prefix is what clients write, so nothing in it can be left for them to encode. */
function parseMapping(given: string): UriMapping | undefined {
  const groups = /^\/*(?<prefix>[\w.~!$'()*@:%/-]*?)\/*=>(?<name>\w+)$/.exec(given.trim())?.groups;
  const protocol = MAPPED_PROTOCOLS.find((known) => known === groups?.name?.toLowerCase());
  return protocol && groups?.prefix !== undefined ? { prefix: groups.prefix, protocol } : undefined;
}

function isHost(given: string): boolean {
  return isIPv6(given) || HOST_NAME.test(given);
}

function isServer(given: string): boolean {
  return isHost(given) || parseTcp(given) !== undefined;
}

function parseListenAddress(given: string): ListenAddress | undefined {
  if (!given.startsWith('unix:')) return parseTcp(given);
  const path = given.slice('unix:'.length);
  return path !== '' && Buffer.byteLength(path) <= LONGEST_SOCKET_PATH ? { kind: 'unix', path } : undefined;
}

function parseTcp(given: string): ListenAddress | undefined {
  const groups = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:]+)):(?<port>\d{1,5})$/.exec(given)?.groups;
  if (!groups) return undefined;
  const address = groups.v6 ?? groups.name ?? '';
  const port = Number(groups.port);
  const isValid = port <= 65_535 && (groups.v6 ? isIPv6(address) : HOST_NAME.test(address));
  return isValid ? { kind: 'tcp', host: address, port } : undefined;
}

function parseCors(given: string): '*' | 'off' | readonly string[] | undefined {
  if (given === '*') return '*';
  if (given === '' || given === 'off') return 'off';
  const origins = given.split(',').map((origin) => origin.trim());
  return origins.every(isOrigin) ? origins : undefined;
}

function isOrigin(given: string): boolean {
  return isUrl(given, ['http:', 'https:']) && new URL(given).origin === given;
}

/** Quotes, blanks and the like never get this far, so that an address can stand in a document as it is. */
function isUrl(given: string, protocols: readonly string[]): boolean {
  if (!/^[\x21-\x7e]+$/.test(given) || /["'<>\\^`{|}]/.test(given) || !URL.canParse(given)) return false;
  const { protocol, hostname } = new URL(given);
  return protocols.includes(protocol) && hostname !== '';
}
