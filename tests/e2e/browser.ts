import assert from 'node:assert/strict';
import { type Browser, type BrowserContextOptions, chromium, type Page, type Request } from 'playwright-core';

const ARGUMENTS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

/** Far more than anything takes. */
const HANG_GUARD_MS = 60_000;

/** Debian's Chromium, which talks to nobody but the page's server. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGUMENTS.split(' ') });
}

/** A page and everything that happened on it. */
export interface WatchedPage {
  readonly page: Page;
  /** Paths of all successful answers, still percent-encoded. */
  readonly loaded: string[];
  /** Failed requests, error statuses, console errors, exceptions. */
  readonly problems: string[];
}

/** Opens an address in a window of its own and closes it after `use`. */
export async function withPage(
  browser: Browser,
  { url, ...options }: BrowserContextOptions & { url: string },
  use: (watched: WatchedPage) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const watched: WatchedPage = { page, loaded: [], problems: [] };
  page.on('response', (response) => {
    const path = response.url().replace(/^https?:\/\/[^/]*/, '');
    if (response.status() < 400) watched.loaded.push(path);
    else watched.problems.push(`${response.status()} ${path}`);
  });
  const isOfPageLeft = watchLeaving(page);
  page.on('requestfailed', (request) => {
    if (!isOfPageLeft(request)) watched.problems.push(`${request.failure()?.errorText} ${request.url()}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') watched.problems.push(message.text());
  });
  page.on('pageerror', (error) => watched.problems.push(error.message));
  try {
    await page.goto(url);
    await use(watched);
  } finally {
    await context.close();
  }
}

/** Tells requests that a browser broke off because the page that made them was being left from all others. */
function watchLeaving(page: Page): (request: Request) => boolean {
  let leavings = 0;
  const before = new WeakMap<Request, number>();
  page.on('request', (request) => {
    if (request.isNavigationRequest()) leavings++;
    before.set(request, leavings);
  });
  return (request) => request.failure()?.errorText === 'net::ERR_ABORTED' && before.get(request) !== leavings;
}

/** Waits until the viewer stands still and has every tile of what it shows. */
export async function waitForTiles(page: Page): Promise<void> {
  // `waitForFunction` would need `unsafe-eval`, which our pages forbid
  const isReady = await page.evaluate(`new Promise((resolve) => {
    const end = performance.now() + ${HANG_GUARD_MS};
    let frames = 0;
    const look = () => {
      const { viewport, world } = viewer;
      const isReady = world.getItemAt(0)?.getFullyLoaded() && viewport.getBounds(true).equals(viewport.getBounds());
      frames = isReady ? frames + 1 : 0;
      if (frames > 5 || performance.now() > end) resolve(frames > 5);
      else requestAnimationFrame(look);
    };
    look();
  })`);
  assert.ok(isReady, 'the viewer did not get all tiles');
}

/** The window without what lies over the image, as a PNG file. */
export async function photograph(page: Page): Promise<Buffer> {
  const show = (visibility: string) =>
    page.evaluate(`for (const element of document.querySelectorAll('.bar, .tools, .navigator')) {
      element.style.visibility = '${visibility}';
    }`);
  await show('hidden');
  const picture = await page.screenshot({ animations: 'disabled' });
  await show('');
  assert.ok(picture.length > 0);
  return picture;
}
