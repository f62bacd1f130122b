import type { FolderPage, ListedEntry } from '../../image/folder.ts';
import { toReadable, toUrlPath } from '../../protocols/byte-names.ts';
import { toPageName } from '../../protocols/iiif/page-name.ts';
import type { BuildState } from '../derivatives/build-order.ts';
import { galleryUrl, miradorUrl } from './addresses.ts';
import { type Html, html } from './html.ts';
import type { Page } from './page.ts';

/** Longest side of a thumbnail in pixels. */
const THUMBNAIL_SIDE = 320;

const REFRESH_SECONDS = 3;

/**
 * The thumbnails of one page of a folder, and the way to its neighbours.
 *
 * @param pageDelimiter - what IIIF has between identifier and page; empty for no pages
 */
export function galleryPage(listing: FolderPage, pageDelimiter: string, builds?: BuildState): Page {
  const { folder, entries, page, pages, isCut, isBeingDrawn } = listing;
  const isEmpty = entries.length === 0 && pages === 1;
  const isWaiting = isBeingDrawn || isEmpty || entries.some(isBeingBuilt);
  const content = html`<header class="bar">
${breadcrumbs(folder)}
${links(listing)}
</header>
<main id="gallery" class="gallery"${isWaiting && html` data-refresh="${REFRESH_SECONDS}"`}>
${isBeingDrawn && note('The sample images are being drawn. They appear here as soon as they are ready.')}
${isEmpty && !isBeingDrawn ? emptyFolder(folder) : cards(entries, pageDelimiter)}
${buildNote(builds)}
${isCut && note('This folder is too large to be shown as a whole: sort its files into folders.')}
${pages > 1 && pager(folder, page, pages)}
</main>`;
  const title = folder === '' ? 'Mezzotint' : `${toReadable(lastSegment(folder))} – Mezzotint`;
  const scripts = ['gallery.js'];
  return { title, bodyClass: 'gallery-page', content, scripts, ...(isWaiting ? { refresh: REFRESH_SECONDS } : {}) };
}

function isBeingBuilt(entry: ListedEntry): boolean {
  return entry.kind === 'image' && entry.pyramid !== undefined;
}

function breadcrumbs(folder: string): Html {
  const segments = folder === '' ? [] : folder.split('/');
  const steps = segments.map((name, index) => ({ name, path: segments.slice(0, index + 1).join('/') }));
  return html`<nav class="path" aria-label="Folder"><ol>
<li>${segments.length === 0 ? html`<h1>Mezzotint</h1>` : html`<a href="${galleryUrl('')}">Mezzotint</a>`}</li>
${steps.map(({ name, path }, index) =>
  index === steps.length - 1
    ? html`<li><h1>${toReadable(name)}</h1></li>\n`
    : html`<li><a href="${galleryUrl(path)}">${toReadable(name)}</a></li>\n`,
)}</ol></nav>`;
}

/** Where else the folder can be seen, and what the server can do beside. */
function links({ folder, entries }: FolderPage): Html {
  const document = entries.some(({ kind }) => kind === 'image') ? 'manifest' : 'collection';
  return html`<nav class="links" aria-label="More">
${entries.length > 0 && html`<a href="${miradorUrl(folder, document)}">Mirador</a>\n`}<a href="iip">IIP by example</a>
</nav>`;
}

function cards(entries: readonly ListedEntry[], pageDelimiter: string): Html {
  if (entries.length === 0) return html``;
  return html`<ul class="cards">\n${entries.map((entry) => card(entry, pageDelimiter))}</ul>`;
}

function note(text: string): Html {
  return html`<p class="note" role="status">${text}</p>`;
}

function card(entry: ListedEntry, pageDelimiter: string): Html {
  if (entry.kind === 'folder') return folderCard(entry.path);
  const name = toReadable(lastSegment(entry.identifier));
  const path = toUrlPath(entry.identifier);
  const service = `iiif/3/${toPageName(entry.identifier, pageDelimiter)}`;
  const isImage = entry.kind === 'image';
  return html`<li><a class="card" href="view/${path}">
<span class="frame${!isImage && html` broken`}"${!isImage && html` title="${entry.reason}"`}>${isImage && thumbnail(service)}</span>
<span class="name">${name}</span>
<span class="detail">${isImage ? detailOf(entry) : entry.reason}</span>
</a>${isImage && html`<a class="service" href="${service}/info.json" aria-label="IIIF description of ${name}">IIIF</a>`}</li>
`;
}

function detailOf({ size, pyramid }: Extract<ListedEntry, { kind: 'image' }>): string {
  const pixels = `${size.width} × ${size.height}`;
  if (pyramid === undefined) return pixels;
  if (pyramid === 'waiting') return `${pixels} · pyramid waits its turn`;
  if (pyramid === 'begun') return `${pixels} · pyramid under way`;
  return `${pixels} · pyramid under way, ${Math.floor(pyramid * 100)} %`;
}

/** Nothing where there is nothing to say. */
function buildNote(builds: BuildState | undefined): Html {
  if (!builds) return html``;
  const { running, waiting, failed } = builds;
  const parts = [
    ...(running ? ['one is being built'] : []),
    ...(waiting.length > 0 ? [`${waiting.length} waiting`] : []),
    ...(failed > 0 ? [`${failed} could not be built, the log says why`] : []),
  ];
  return parts.length === 0 ? html`` : note(`Pyramids: ${parts.join(', ')}.`);
}

function thumbnail(service: string): Html {
  const box = `!${THUMBNAIL_SIDE},${THUMBNAIL_SIDE}`;
  return html`<img src="${service}/full/${box}/0/default.jpg" width="${THUMBNAIL_SIDE}" height="${THUMBNAIL_SIDE}" loading="lazy" decoding="async" alt="">`;
}

function folderCard(path: string): Html {
  return html`<li><a class="card" href="${galleryUrl(path)}">
<span class="frame folder"></span>
<span class="name">${toReadable(lastSegment(path))}</span>
<span class="detail">Folder</span>
</a></li>
`;
}

function emptyFolder(folder: string): Html {
  const advice =
    folder === ''
      ? 'Put images into the folder that this server was started with. They appear here by themselves.'
      : 'Put images into it, or go back to the folder above.';
  return html`<div class="empty" role="status"><p class="lead">No images here yet</p><p>${advice}</p></div>`;
}

function pager(folder: string, page: number, pages: number): Html {
  const step = (target: number, label: string, rel: string) =>
    target >= 1 && target <= pages
      ? html`<a href="${galleryUrl(folder, target)}" rel="${rel}">${label}</a>`
      : html`<span aria-disabled="true">${label}</span>`;
  return html`<nav class="pager" aria-label="Pages">
${step(page - 1, 'Previous', 'prev')}
<span aria-current="page">Page ${page} of ${pages}</span>
${step(page + 1, 'Next', 'next')}
</nav>`;
}

function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
