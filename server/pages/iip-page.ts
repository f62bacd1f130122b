import { ImageError } from '../../image/errors.ts';
import type { Size } from '../../image/geometry.ts';
import { parseIdentifier } from '../../image/identifier.ts';
import type { ImageService } from '../../image/service.ts';
import { type Html, html } from './html.ts';
import { type Control, EXAMPLES, type Example } from './iip-examples.ts';
import type { Page } from './page.ts';

/** Commands that have no live example, each with one to follow. */
const COMMANDS = [
  ['FIF, JTL', 'One tile of the file: resolution and number, row by row', 'FIF=dusk.tif&JTL=0,0'],
  ['PTL, WTL, ATL, TTL', 'The same as PNG, WebP, AVIF or TIFF', 'FIF=dusk.tif&PTL=1,0'],
  ['CVT, WID, HEI', 'The image at a size, in a format', 'FIF=dusk.tif&HEI=400&CVT=webp'],
  ['RGN', 'A part of it: left, top, width and height, from 0 to 1', 'FIF=dusk.tif&RGN=0.4,0.3,0.2,0.2&CVT=jpeg'],
  ['ROT', 'Turned clockwise, after "!" mirrored', 'FIF=dusk.tif&WID=600&ROT=!15&CVT=png'],
  ['QLT', 'Quality of the encoder', 'FIF=dusk.tif&WID=800&QLT=10&CVT=jpeg'],
  [
    'CTW',
    'Bands mixed by a matrix, here red and blue exchanged',
    'FIF=dusk.tif&WID=600&CTW=[0,0,1;0,1,0;1,0,0]&CVT=jpeg',
  ],
  ['CNT=eq, CNT=st', 'Histogram spread evenly, or stretched', 'FIF=spectra.tif&SDS=3&CNT=eq&WID=600&CVT=jpeg'],
  ['OBJ', 'Facts in lines of text', 'FIF=dusk.tif&OBJ=Max-size&OBJ=Tile-size&OBJ=Resolution-number'],
  ['OBJ=metadata, stack', 'Facts as JSON', 'FIF=spectra.tif&OBJ=stack'],
  ['OBJ=Histogram', 'How often samples occur, for each band', 'FIF=terrain.tif&OBJ=Histogram'],
  ['PFL', 'Samples along a line, as JSON', 'FIF=terrain.tif&PFL=0:0,9-99,9'],
  ['SPECTRA', 'One pixel of every band, as XML', 'FIF=spectra.tif&SPECTRA=0,0,50,60'],
] as const;

/** What the page knows of an example's image. */
interface Subject {
  readonly full: Size;
  /** Size of the coarsest level, which charts read. */
  readonly coarsest: Size;
}

/** The page at the bare address of IIP: what its commands do, to be tried out on the sample images. */
export async function iipPage(images: Pick<ImageService, 'describe'>, signal: AbortSignal): Promise<Page> {
  const sections: Html[] = [];
  for (const example of EXAMPLES) sections.push(section(example, await subjectOf(example, images, signal)));
  const content = html`<header class="bar">
<nav class="path" aria-label="Folder"><ol>
<li><a href="./">Mezzotint</a></li>
<li><h1>IIP by example</h1></li>
</ol></nav>
</header>
<main class="guide">
<p class="lead">An image is asked for by a list of commands in the address: first the file, then what is to be done, last how it is to be sent. Turn the controls and watch the addresses.</p>
<noscript><p class="note">The controls need JavaScript; the addresses work without.</p></noscript>
${sections}
<section aria-labelledby="commands">
<h2 id="commands">More commands</h2>
<div class="scroll" role="region" aria-labelledby="commands" tabindex="0"><table>
<thead><tr><th scope="col">Command</th><th scope="col">What it does</th><th scope="col">Try</th></tr></thead>
<tbody>
${COMMANDS.map(([name, text, query]) => html`<tr><th scope="row">${name}</th><td>${text}</td><td><a href="iip?${query}"><code>${query}</code></a></td></tr>\n`)}</tbody>
</table></div>
<p>Addresses that begin with <code>/fcgi-bin/iipsrv.fcgi?</code> work as well.</p>
</section>
</main>`;
  return { title: 'IIP by example – Mezzotint', bodyClass: 'guide-page', content, scripts: ['iip.js'] };
}

async function subjectOf(
  { image }: Example,
  images: Pick<ImageService, 'describe'>,
  signal: AbortSignal,
): Promise<Subject | undefined> {
  try {
    const { levels } = await images.describe(parseIdentifier(image), { signal });
    return { full: levels[0], coarsest: levels[levels.length - 1] ?? levels[0] };
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return undefined;
  }
}

function section(example: Example, subject: Subject | undefined): Html {
  const { id, title, text, image } = example;
  return html`<section class="example" id="${id}" aria-labelledby="${id}-title"${subject && attributesOf(example, subject)}>
<h2 id="${id}-title">${title}</h2>
<p>${text}</p>
${subject ? live(example, subject) : html`<p class="note">This example needs <code>${image}</code>, one of the sample images. They are drawn when the server is started without a folder of images.</p>`}
</section>
`;
}

function iipUrl(image: string, commands: string): string {
  return `iip?FIF=${image}&${commands}`;
}

/** What the script needs to know. */
function attributesOf({ image, query, chart }: Example, { coarsest }: Subject): Html {
  const ofChart = chart && html` data-chart="${iipUrl(image, chart.query)}" data-kind="${chart.kind}"`;
  return html` data-picture="${iipUrl(image, query)}" data-width="${coarsest.width}" data-height="${coarsest.height}"${ofChart}`;
}

function live(example: Example, { full }: Subject): Html {
  const { id, title, controls, image, query, turning, chart } = example;
  const address = iipUrl(image, filled(query, controls));
  return html`<div class="stage">
<div class="picture"><img src="${address}" width="${full.width}" height="${full.height}" alt="${title}">${chart && html`<span class="mark" data-mark="${chart.kind}" hidden></span>`}</div>
<div class="controls">
${controls.map((control) => controlOf(id, control))}${turning && html`<button type="button" data-turning="${turning.name}" aria-pressed="false">${turning.label}</button>\n`}</div>
</div>
<div class="address"><label for="${id}-address">Address</label><input id="${id}-address" value="${address}" readonly spellcheck="false"><button type="button" data-copy>Copy</button></div>
<p class="problem" role="status" hidden></p>
${chart && html`<figure><figcaption>${chart.label}</figcaption><svg class="chart" viewBox="0 0 640 220" role="img" aria-label="${chart.label}"></svg><a class="source" href="iip"><code></code></a></figure>`}`;
}

/** The query with every control where it starts. */
function filled(query: string, controls: readonly Control[]): string {
  const values = new Map(controls.map((control) => [control.name, startOf(control)]));
  return query.replace(/\{(\w+)\}/g, (_, name: string) => values.get(name) ?? '');
}

function startOf(control: Control): string {
  if (control.kind === 'range') return String(control.value);
  return control.kind === 'switch' ? '' : (control.options[0]?.[0] ?? '');
}

function controlOf(example: string, control: Control): Html {
  const id = `${example}-${control.name}`;
  if (control.kind === 'switch') {
    return html`<div class="control"><input type="checkbox" id="${id}" data-part="${control.name}" value="${control.value}" autocomplete="off"><label for="${id}">${control.label}</label></div>\n`;
  }
  if (control.kind === 'choice') {
    const options = control.options.map(([value, label]) => html`<option value="${value}">${label}</option>`);
    return html`<div class="control"><label for="${id}">${control.label}</label><select id="${id}" data-part="${control.name}" autocomplete="off">${options}</select></div>\n`;
  }
  const { name, label, min, max, step, value, unit = '' } = control;
  return html`<div class="control"><label for="${id}">${label}</label><output for="${id}">${value}${unit}</output><input type="range" id="${id}" data-part="${name}" data-unit="${unit}" min="${min}" max="${max}" step="${step}" value="${value}" autocomplete="off"></div>\n`;
}
