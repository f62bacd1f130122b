import { toUrlPath } from '../../protocols/byte-names.ts';

/** The gallery's address of a folder. */
export function galleryUrl(folder: string, page = 1): string {
  const parameters = [
    ...(folder === '' ? [] : [`folder=${toUrlPath(folder)}`]),
    ...(page === 1 ? [] : [`page=${page}`]),
  ];
  return parameters.length === 0 ? '/' : `/?${parameters.join('&')}`;
}

/** The address of the page that shows a document of an image or a folder; empty is the folder of all. */
export function miradorUrl(path: string, document: 'manifest' | 'collection'): string {
  return `/mirador/${path === '' ? '' : `${toUrlPath(path)}/`}${document}.json`;
}
