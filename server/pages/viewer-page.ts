import type { Identifier } from '../../image/identifier.ts';
import { toReadable, toUrlPath } from '../../protocols/byte-names.ts';
import { toPageName } from '../../protocols/iiif/page-name.ts';
import { galleryUrl, miradorUrl } from './addresses.ts';
import { type Html, html } from './html.ts';
import { backButton, icon } from './icons.ts';
import type { Page } from './page.ts';

/** Names as the viewer's script knows them, and as people do. */
const PROTOCOLS = [
  ['iiif3', 'IIIF 3'],
  ['iiif2', 'IIIF 2'],
  ['deepzoom', 'Deep Zoom'],
  ['zoomify', 'Zoomify'],
  ['iip', 'IIP'],
] as const;

/**
 * A page that fills the window with one image; whether it exists, and whether it has pages, is seen by the script.
 *
 * @param pageDelimiter - what IIIF has between identifier and page; empty for no pages
 */
export function viewerPage(identifier: Identifier, pageDelimiter: string): Page {
  const name = toReadable(identifier.slice(identifier.lastIndexOf('/') + 1));
  const folder = identifier.slice(0, Math.max(0, identifier.lastIndexOf('/'))).replace(/^\/+/, '');
  // OpenSeadragon adds an inline style sheet, which our policy forbids, unless it finds this; style.css has the same rule
  const content = html`<style data-openseadragon-mobile-css="true"></style>
<header class="bar">
${backButton('Back to the gallery', galleryUrl(folder), 'Back to the gallery (Escape)')}
<h1 id="name">${name}</h1>
<div id="pages" class="pages" role="group" aria-label="Pages" hidden>
${toolButton('previous-page', 'Previous page (Page Up)', 'M15 5l-7 7 7 7')}
<select id="page" aria-label="Page" aria-describedby="page-count"></select><span id="page-count"></span>
${toolButton('next-page', 'Next page (Page Down)', 'M9 5l7 7-7 7')}
</div>
<div class="switch" role="group" aria-label="Protocol">
${PROTOCOLS.map(([id, label]) => html`<button type="button" data-protocol="${id}" aria-pressed="false">${label}</button>\n`)}</div>
<a class="button text" href="${miradorUrl(identifier, 'manifest')}">Mirador</a>
<p id="note" class="note" role="status" hidden></p>
</header>
<p id="page-status" class="hidden" role="status"></p>
<main id="viewer" data-image="${toUrlPath(identifier)}" data-iiif-name="${toPageName(identifier, pageDelimiter)}" data-page-delimiter="${pageDelimiter}" aria-label="${name}: arrow keys move, plus and minus zoom, 0 shows all"></main>
<div class="tools" role="group" aria-label="View">
${toolButton('zoom-in', 'Zoom in', 'M12 6v12M6 12h12')}
${toolButton('zoom-out', 'Zoom out', 'M6 12h12')}
${toolButton('home', 'Show the whole image', 'M5 12l7-7 7 7M7 11v8h10v-8')}
${toolButton('full-page', 'Full screen', 'M5 9V5h4M15 5h4v4M19 15v4h-4M9 19H5v-4')}
</div>
<div id="message" class="message" role="alert" hidden><p></p><button type="button">Try again</button></div>
<noscript><p class="message">This viewer needs JavaScript.</p></noscript>`;
  return {
    title: `${name} – Mezzotint`,
    bodyClass: 'viewer-page',
    content,
    scripts: ['openseadragon.js', 'tile-sources.js', 'page-list.js', 'viewer.js'],
  };
}

function toolButton(id: string, label: string, path: string): Html {
  return html`<button type="button" class="button" id="${id}" title="${label}">${icon(path)}<span class="hidden">${label}</span></button>`;
}
