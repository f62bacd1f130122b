import { MalformedRequest, SourceNotFound } from '../image/errors.ts';

/** A request target under one of the mounts: `base + rest` is what the client wrote, without a query string. */
export interface Target {
  /** The fixed route that answers. */
  readonly route: string;
  /** What comes before the argument, its separator included: `/iiif/3/`, `/fcgi-bin/iipsrv.fcgi?IIIF=`. */
  readonly base: string;
  /** The protocol's argument, still percent-encoded. */
  readonly rest: string;
  /** What follows the first `?`, still percent-encoded; the argument of IIP. */
  readonly query: string;
  /** IIP commands before the argument of another protocol, in iipsrv's form of the URL; empty for none. */
  readonly commands: string;
}

/** Where the protocols are found; the first that matches wins. */
const PATH_MOUNTS = ['/iiif/3', '/iiif/2', '/iiif', '/deepzoom', '/zoomify', '/tiles', '/presentation/3'] as const;
const QUERY_MOUNTS = ['/iip', '/fcgi-bin/iipsrv.fcgi'] as const;

/** The IIP mount that also takes the other protocols, each as the last command of its query. */
const IIPSRV = '/fcgi-bin/iipsrv.fcgi';
const GUEST = /(?:^|&)(?<protocol>iiif|deepzoom|zoomify)=/i;

/** A further place of a protocol, as operators choose them. */
export interface Mapping {
  /** Segments of a path, without a slash before or behind; empty for every path that means nothing else. */
  readonly prefix: string;
  readonly protocol: 'iip' | 'iiif' | 'deepzoom' | 'zoomify';
}

/** Finds the protocol that a request is meant for. */
export interface Targets {
  /**
   * The URL the router sees: the mount's fixed route for everything under a mount, any other URL unchanged.
   *
   * Routers decode what they match and limit its length; an image may have any bytes as its name. So the router never
   * sees one.
   */
  routeOf(rawUrl: string): string;
  /**
   * Takes a raw request target apart.
   *
   * @throws SourceNotFound when it lies under no mount
   */
  splitTarget(rawUrl: string): Target;
  /** Where the operator has put IIIF: a base as in `Target`, undefined for nowhere but the usual places. */
  readonly iiifBase: string | undefined;
}

/**
 * The usual mounts and those of the operator, which come before them, the longest that fits first; the one of all paths
 * comes last.
 *
 * @param reserved - paths that belong to nobody's images, each with all that lies below it
 */
export function createTargets(mappings: readonly Mapping[] = [], reserved: readonly string[] = []): Targets {
  // What is there already is left as it is: /iiif would hide /iiif/3 and /iiif/2.
  const isUsual = ({ prefix, protocol }: Mapping) =>
    prefix === protocol && PATH_MOUNTS.some((path) => path === `/${prefix}`);
  const named = mappings.filter((mapping) => mapping.prefix !== '' && !isUsual(mapping));
  const chosen = named.toSorted((a, b) => b.prefix.length - a.prefix.length);
  const iiif = named.find(({ protocol }) => protocol === 'iiif');
  const general = mappings.find(({ prefix }) => prefix === '');

  function locate(rawUrl: string): Target | undefined {
    const url = toOriginForm(rawUrl);
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const query = mark < 0 ? '' : url.slice(mark + 1);
    const mapping = chosen.find(({ prefix }) => path.startsWith(`/${prefix}/`));
    if (mapping) return mapped(mapping, path, query);
    const target = targetOf(path, query);
    if (target || !general || path === '/' || reserved.some((prefix) => isUnder(path, prefix))) return target;
    return mapped(general, path, query);
  }

  return {
    routeOf: (rawUrl) => locate(rawUrl)?.route ?? rawUrl,
    splitTarget(rawUrl) {
      const target = locate(rawUrl);
      if (!target) throw new SourceNotFound();
      return target;
    },
    iiifBase: iiif && `/${iiif.prefix}/`,
  };
}

/** For IIP the path is that of the image, and commands follow as the query. */
function mapped({ prefix, protocol }: Mapping, path: string, query: string): Target {
  const base = prefix === '' ? '/' : `/${prefix}/`;
  const rest = path.slice(base.length);
  if (protocol !== 'iip') return { route: `/${protocol}`, base, rest, query, commands: '' };
  const image = rest.replace(/[+&]/g, percentEncode); // they mean something in queries only
  return { route: '/iip', base, rest: '', query: `FIF=${image}${query && `&${query}`}`, commands: '' };
}

/**
 * Undoes percent-encoding once, to bytes: each character of the result is one byte. `+` stays what it is.
 *
 * @throws MalformedRequest for a `%` that no two hexadecimal digits follow
 */
export function decodeStrictly(text: string): string {
  return decode(text, true);
}

/**
 * Undoes percent-encoding once, to bytes, as IIP does: a `%` that no two hexadecimal digits follow stays what it is.
 *
 * @throws MalformedRequest for characters that are no bytes
 */
export function decodeLeniently(text: string): string {
  return decode(text, false);
}

/** The text with everything percent-encoded that a URI may not hold; what is encoded already stays. */
export function toUri(text: string): string {
  return NOT_IN_URI.test(text) ? text.replace(EACH_NOT_IN_URI, percentEncode) : text;
}

const NOT_IN_URI = /[^!-~]|["<>\\^`{|}]/;
const EACH_NOT_IN_URI = new RegExp(NOT_IN_URI, 'g');
const NOT_A_BYTE = /[\u0100-\uffff]/;
const HEXADECIMAL = /^[0-9a-f]{2}$/i;

function decode(text: string, isStrict: boolean): string {
  if (NOT_A_BYTE.test(text)) throw new MalformedRequest('URL', text, 'other characters percent-encoded as UTF-8');
  let decoded = '';
  let from = 0;
  for (let percent = text.indexOf('%'); percent >= 0; percent = text.indexOf('%', from)) {
    const hex = text.slice(percent + 1, percent + 3);
    const isEscape = HEXADECIMAL.test(hex);
    if (isStrict && !isEscape) throw new MalformedRequest('URL', text, '"%25" for a percent sign');
    decoded += text.slice(from, percent) + (isEscape ? String.fromCharCode(Number.parseInt(hex, 16)) : '%');
    from = percent + (isEscape ? 3 : 1);
  }
  return from === 0 ? text : decoded + text.slice(from);
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function targetOf(path: string, query: string): Target | undefined {
  const mount = PATH_MOUNTS.find((prefix) => isUnder(path, prefix));
  if (mount) return { route: mount, base: `${mount}/`, rest: path.slice(mount.length + 1), query, commands: '' };
  const queried = QUERY_MOUNTS.find((prefix) => path === prefix);
  if (!queried) return undefined;
  const guest = queried === IIPSRV ? guestOf(query) : undefined;
  return guest ?? { route: '/iip', base: `${queried}?`, rest: '', query, commands: '' };
}

/** Another protocol's request in iipsrv's form: `IIIF=` and the whole rest of the query, up to a `?` of its own. */
function guestOf(query: string): Target | undefined {
  const found = GUEST.exec(query);
  const protocol = found?.groups?.protocol;
  if (!found || protocol === undefined) return undefined;
  const [rest = '', ...extra] = query.slice(found.index + found[0].length).split('?');
  return {
    route: `/${protocol.toLowerCase()}`,
    base: `${IIPSRV}?${query.slice(0, found.index)}${found[0]}`,
    rest,
    query: extra.join('?'),
    commands: query.slice(0, found.index),
  };
}

function isUnder(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/');
}

/** Clients of a proxy write the whole address: `GET http://host/path`. */
function toOriginForm(rawUrl: string): string {
  if (rawUrl.startsWith('/')) return rawUrl;
  const path = rawUrl.replace(/^https?:\/\/[^/?#]*/i, '');
  return path.startsWith('/') ? path : `/${path}`;
}
