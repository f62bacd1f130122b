import { type Html, html } from './html.ts';

/** A drawing of lines on a field of 24 × 24. */
export function icon(path: string): Html {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
}

/** An arrow that leads to where the visitor came from. */
export function backButton(label: string, url: string, hint = label): Html {
  return html`<a id="back" class="button" href="${url}" title="${hint}">${icon('M15 5l-7 7 7 7')}<span class="hidden">${label}</span></a>`;
}
