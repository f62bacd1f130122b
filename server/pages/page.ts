import { type Html, html } from './html.ts';

/** One HTML page. */
export interface Page {
  readonly title: string;
  readonly bodyClass: string;
  readonly content: Html;
  /** File names of assets. */
  readonly scripts: readonly string[];
  /** Seconds after which browsers without scripts load it again. */
  readonly refresh?: number;
}

/** What a page has around it. */
interface Surroundings {
  /** The way from the page's address to the root, from where all its addresses are reckoned. */
  readonly root: string;
  /** Where an asset is found; the address changes with its contents. */
  readonly assetUrl: (name: string) => string;
}

/** The whole document. */
export function renderPage(page: Page, { root, assetUrl }: Surroundings): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<base href="${root}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title}</title>
<link rel="icon" href="${assetUrl('favicon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assetUrl('style.css')}">
${page.refresh !== undefined && html`<noscript><meta http-equiv="refresh" content="${page.refresh}"></noscript>`}
${page.scripts.map((name) => html`<script src="${assetUrl(name)}" defer></script>\n`)}</head>
<body class="${page.bodyClass}">
${page.content}
</body>
</html>
`.markup;
}
