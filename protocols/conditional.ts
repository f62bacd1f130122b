import type { Validators } from '../image/service.ts';

/** The parts of a request that make it conditional. */
export interface Conditional {
  readonly method: string;
  readonly headers: {
    readonly 'if-none-match'?: string | undefined;
    readonly 'if-modified-since'?: string | undefined;
  };
}

/**
 * The test of the client's own copy that its headers ask for.
 *
 * @see RFC 9110 section 13.2.2: If-None-Match, where it is given, is all that counts
 */
export function freshnessOf({ method, headers }: Conditional): (validators: Validators) => boolean {
  const etags = headers['if-none-match'];
  const since = headers['if-modified-since'];
  if ((etags === undefined && since === undefined) || method === 'POST') return neverFresh;
  if (etags !== undefined) return ({ etag }) => namesEtag(etags, etag);
  return ({ lastModified }) => isUnchangedSince(lastModified, since ?? '');
}

function neverFresh(): boolean {
  return false;
}

/**
 * Whether an If-None-Match header names the entity tag. The comparison is weak: whether the bytes are the same or only
 * as good makes no difference to a GET.
 */
export function namesEtag(list: string, etag: string): boolean {
  if (list.trim() === '*') return true;
  const candidates: readonly string[] = list.match(/"[^"]*"/g) ?? [];
  return candidates.includes(etag.startsWith('W/') ? etag.slice(2) : etag);
}

/** HTTP dates have whole seconds; one that cannot be read counts as absent. */
function isUnchangedSince(lastModified: Date, since: string): boolean {
  return Math.floor(lastModified.getTime() / 1000) <= Date.parse(since) / 1000;
}
