import { SourceNotFound } from '../../image/errors.ts';
import { decodeStrictly } from '../target.ts';

/** What a URL asks for: a document about an image or a folder, `path` being its name, empty for the folder of all. */
export interface PresentationRequest {
  readonly kind: 'manifest' | 'collection';
  readonly path: string;
  /** The URL up to the document's own name, as the client wrote it. */
  readonly uri: string;
}

/**
 * Parses what follows the prefix: `{path}/manifest.json` or `{path}/collection.json`.
 *
 * @throws MalformedRequest, SourceNotFound for any other path
 */
export function parsePresentation(rest: string): PresentationRequest {
  const slash = rest.lastIndexOf('/');
  const name = decodeStrictly(rest.slice(slash + 1));
  const uri = rest.slice(0, Math.max(0, slash));
  if (name === 'manifest.json') return { kind: 'manifest', uri, path: decodeStrictly(uri) };
  if (name === 'collection.json') return { kind: 'collection', uri, path: decodeStrictly(uri) };
  throw new SourceNotFound();
}
