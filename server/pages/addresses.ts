import { toUrlPath } from '../../protocols/byte-names.ts';

/**
 * The way from a page up to the gallery. Pages have it as their base, so that they work below any path of a proxy's, which
 * need not tell.
 *
 * @param url - that the page is asked for by: a path that begins with a slash, and maybe a query
 */
export function rootOf(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  return `./${'../'.repeat(path.split('/').length - 2)}`;
}

/** The gallery's address of a folder, as all addresses here from the root. */
export function galleryUrl(folder: string, page = 1): string {
  const parameters = [
    ...(folder === '' ? [] : [`folder=${toUrlPath(folder)}`]),
    ...(page === 1 ? [] : [`page=${page}`]),
  ];
  return parameters.length === 0 ? './' : `./?${parameters.join('&')}`;
}

/** The address of the page that shows a document of an image or a folder; empty is the folder of all. */
export function miradorUrl(path: string, document: 'manifest' | 'collection'): string {
  return `mirador/${path === '' ? '' : `${toUrlPath(path)}/`}${document}.json`;
}
