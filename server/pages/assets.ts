import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** A file that pages load, ready to be sent. */
export interface Asset {
  readonly mediaType: string;
  readonly body: Buffer;
  readonly etag: string;
  /** Part of its address: another one for other contents. */
  readonly version: string;
}

/** Everything there is: requests name a key of this table, never a path. */
const FILES = {
  'style.css': 'text/css; charset=utf-8',
  'gallery.js': 'text/javascript; charset=utf-8',
  'tile-sources.js': 'text/javascript; charset=utf-8',
  'page-list.js': 'text/javascript; charset=utf-8',
  'viewer.js': 'text/javascript; charset=utf-8',
  'iip.js': 'text/javascript; charset=utf-8',
  'manifest-viewer.js': 'text/javascript; charset=utf-8',
  'mirador.js': 'text/javascript; charset=utf-8',
  'openseadragon.js': 'text/javascript; charset=utf-8',
  'favicon.svg': 'image/svg+xml',
} as const;

/**
 * Reads all assets, once.
 *
 * @param folder - where `copy-assets.ts` has put them
 */
export async function loadAssets(folder: URL): Promise<ReadonlyMap<string, Asset>> {
  const entries = Object.entries(FILES).map(async ([name, mediaType]): Promise<[string, Asset]> => {
    const body = await readFile(new URL(name, folder));
    const version = createHash('sha256').update(body).digest('base64url').slice(0, 16);
    return [name, { mediaType, body, etag: `"${version}"`, version }];
  });
  return new Map(await Promise.all(entries));
}
