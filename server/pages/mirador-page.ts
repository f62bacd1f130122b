import { SourceNotFound } from '../../image/errors.ts';
import { parseIdentifier } from '../../image/identifier.ts';
import type { ImageService } from '../../image/service.ts';
import { toReadable, toUrlPath } from '../../protocols/byte-names.ts';
import { parsePresentation } from '../../protocols/presentation/parse.ts';
import { galleryUrl } from './addresses.ts';
import { html } from './html.ts';
import { backButton } from './icons.ts';
import type { Page } from './page.ts';

/** What Mirador is to show. */
interface Shown {
  /** What follows `/presentation/3/` in the document's address. */
  readonly document: string;
  /** What addresses in documents begin with. */
  readonly publicRoot: string;
}

/**
 * A page that fills the window with Mirador; whether the document exists is seen there.
 *
 * @throws MalformedRequest, SourceNotFound for what is no document's address
 */
export async function miradorPage(
  { document, publicRoot }: Shown,
  images: Pick<ImageService, 'describe'>,
  signal: AbortSignal,
): Promise<Page> {
  const { kind, path } = parsePresentation(document);
  const isFolder = kind === 'collection' || !(await isImage(path, images, signal));
  const name = path === '' ? 'Images' : toReadable(path.slice(path.lastIndexOf('/') + 1));
  const back = isFolder
    ? backButton('Back to the gallery', galleryUrl(path))
    : backButton('Back to the viewer', `view/${toUrlPath(path)}`);
  const content = html`<header class="bar">
${back}
<h1 id="name">${name}</h1>
</header>
<main id="mirador" data-manifest="presentation/3/${document}" data-public-root="${publicRoot}"></main>
<noscript><p class="message">This viewer needs JavaScript.</p></noscript>`;
  return {
    title: `${name} in Mirador – Mezzotint`,
    bodyClass: 'mirador-page',
    content,
    scripts: ['mirador.js', 'manifest-viewer.js'],
  };
}

async function isImage(path: string, images: Pick<ImageService, 'describe'>, signal: AbortSignal): Promise<boolean> {
  if (path === '') return false;
  return images.describe(parseIdentifier(path), { signal }).then(
    () => true,
    (error: unknown) => !(error instanceof SourceNotFound), // one that cannot be read is an image nevertheless
  );
}
