const UNRESERVED = /[^A-Za-z0-9\-._~!'()*]/g;

/** A name or path of bytes, each character one byte, for a URL: everything encoded once but `/` between segments. */
export function toUrlPath(path: string): string {
  return path.split('/').map(toUrlSegment).join('/');
}

/** A name of bytes as a reader sees it: UTF-8, what is none of it shown as `�`. */
export function toReadable(name: string): string {
  return Buffer.from(name, 'latin1').toString('utf8');
}

function toUrlSegment(segment: string): string {
  return segment.replace(UNRESERVED, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
