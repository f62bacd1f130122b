import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, photograph, waitForTiles, withPage } from './browser.ts';
import { type RunningServer, startServer } from './start-server.ts';

const WINDOW = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const SIZE = { width: 700, height: 500 };
const LAYERS = ['Bright field', 'DAPI, <nuclei> of a second series that has a long name & more', ''];

/** One colour for each page, so that any pixel tells which page is shown. */
const COLOURS = [
  [200, 40, 40],
  [40, 160, 40],
  [40, 60, 200],
] as const;

/** JPEG of one colour. */
const TOLERANCE = 3;

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-viewer-pages-'));
let browser: Browser;
let plain: RunningServer;
let delimited: RunningServer;

before(async () => {
  const pages = COLOURS.map((colour, index) => drawPage(colour, index));
  execFileSync('tiffcp', [...pages, join(folder, 'stack.tif')], { stdio: 'pipe' });
  for (const [index, page] of pages.entries()) copyFileSync(page, join(folder, `seq_pyr_00${index}_090.tif`));
  plain = await startServer(folder);
  delimited = await startServer(folder, '--iiif-delimiter', ';');
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await plain?.stop();
  await delimited?.stop();
  rmSync(folder, { recursive: true });
});

describe('the page switch of the viewer', () => {
  it('is not there for an image of one page', async () => {
    await withPage(
      browser,
      { url: `${plain.address}/view/page0.tif`, viewport: WINDOW },
      async ({ page, problems }) => {
        await waitForTiles(page);
        assert.equal(await page.getByRole('group', { name: 'Pages' }).isVisible(), false);
        assert.deepEqual(problems, []);
      },
    );
  });

  it('goes through the pages by its buttons and names them, by the delimiter of IIIF', async () => {
    for (const protocol of ['iiif3', 'iiif2']) {
      const url = `${delimited.address}/view/stack.tif#protocol=${protocol}`;
      await withPage(browser, { url, viewport: WINDOW }, async ({ page, loaded, problems }) => {
        await assertShown(page, 0, protocol);
        for (const index of [1, 2]) {
          await page.getByRole('button', { name: 'Next page' }).click();
          await assertShown(page, index, protocol);
          assert.ok(
            loaded.some((path) => path.includes(`/stack.tif%3B${index}/`)),
            loaded.join('\n'),
          );
        }
        await page.keyboard.press('PageDown'); // there is none
        await page.getByRole('button', { name: 'Previous page' }).click();
        await assertShown(page, 1, protocol);
        assert.deepEqual(problems, []);
      });
    }
  });

  it('takes a page by its name, and through IIP without any delimiter, and says so', async () => {
    await withPage(browser, { url: `${plain.address}/view/stack.tif`, viewport: WINDOW }, async ({ page, loaded }) => {
      await assertShown(page, 0, 'iiif3');
      await page.getByRole('combobox', { name: 'Page' }).selectOption({ label: `2: ${LAYERS[1]}` });
      await assertShown(page, 1, 'iip');
      assert.match(await noteOf(page), /^IIIF 3 has no addresses for pages unless IIIF_DELIMITER is set: .* IIP\.$/);
      assert.ok(loaded.some((path) => path.startsWith('/iip?FIF=stack.tif&SDS=1&JTL=')));
      await page.keyboard.press('PageDown');
      await assertShown(page, 2, 'iip');
      assert.equal(await noteOf(page), '');
      await page.keyboard.press('PageUp');
      await assertShown(page, 1, 'iip');
    });
  });

  it('shows the first page through protocols that have no addresses for others, and says so', async () => {
    for (const [label, protocol] of [
      ['Deep Zoom', 'deepzoom'],
      ['Zoomify', 'zoomify'],
    ] as const) {
      const url = `${delimited.address}/view/stack.tif#protocol=iip&page=2`;
      await withPage(browser, { url, viewport: WINDOW }, async ({ page, problems }) => {
        await assertShown(page, 2, 'iip');
        await page.getByRole('button', { name: label }).click();
        await assertShown(page, 0, protocol);
        assert.equal(await noteOf(page), `${label} has no addresses for pages: it shows the first.`);
        assert.deepEqual(problems, []);
      });
    }
  });

  it('follows links to a page, keeps the part in view when pages are turned, and tells of pages that are not there', async () => {
    const url = `${delimited.address}/view/stack.tif#protocol=iiif3&page=2&xywh=100,100,320,200`;
    await withPage(browser, { url, viewport: WINDOW }, async ({ page }) => {
      await assertShown(page, 2, 'iiif3');
      await page.getByRole('button', { name: 'Previous page' }).click();
      await assertShown(page, 1, 'iiif3');
      const [x = 0, y = 0, width = 0] = new URL(page.url()).hash
        .replace(/^.*xywh=/, '')
        .split(',')
        .map(Number);
      assert.ok(Math.hypot(x - 100, y - 100, width - 320) < 2, page.url());
      await page.evaluate(`location.hash = 'page=9'`);
      await assertShown(page, 0, 'iiif3');
      assert.match(await noteOf(page), /no such page/);
    });
  });

  it('offers the files of a sequence', async () => {
    await withPage(browser, { url: `${plain.address}/view/seq`, viewport: WINDOW }, async ({ page, problems }) => {
      await waitForTiles(page);
      assert.deepEqual(await page.locator('#page option').allTextContents(), ['1: view 0', '2: view 1', '3: view 2']);
      await page.getByRole('button', { name: 'Next page' }).click();
      await page.waitForSelector('#viewer[data-page="1,90"]');
      await waitForTiles(page);
      await assertColour(page, 1);
      assert.deepEqual(problems, []);
    });
  });

  it('fits a phone, where every part of it is large enough for a finger', async () => {
    const url = `${plain.address}/view/stack.tif#protocol=zoomify&page=1`;
    await withPage(browser, { url, viewport: PHONE, isMobile: true, hasTouch: true }, async ({ page }) => {
      await assertShown(page, 1, 'iip');
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), PHONE.width);
      const small = await page.evaluate(`[...document.querySelectorAll('button, select, a.button')]
        .filter((element) => element.offsetParent && !element.closest('[hidden]'))
        .filter((element) => {
          const { left, right, width, height } = element.getBoundingClientRect();
          return left < 0 || right > innerWidth || width < 44 || height < 44;
        })
        .map((element) => element.id || element.textContent)`);
      assert.deepEqual(small, []);
    });
  });
});

/** What is seen, what is read out, what the chooser says and what the address says of it. */
async function assertShown(page: Page, index: number, protocol: string): Promise<void> {
  await page.waitForSelector(`#viewer[data-open=${protocol}][data-page="${index}"]`);
  await waitForTiles(page);
  await assertColour(page, index);
  const name = LAYERS[index] ? `: ${LAYERS[index]}` : '';
  assert.equal(await page.locator('#page-status').textContent(), `Page ${index + 1} of 3${name}`);
  assert.equal(await page.getByRole('combobox', { name: 'Page' }).inputValue(), String(index));
  assert.equal(new URL(page.url()).hash.includes(`&page=${index}`), index > 0);
  assert.equal(
    await page.getByRole('button', { name: 'Next page' }).getAttribute('aria-disabled'),
    String(index === 2),
  );
}

async function noteOf(page: Page): Promise<string> {
  return (await page.locator('#note').textContent()) ?? '';
}

/** The colour in the middle of the window. */
async function assertColour(page: Page, index: number): Promise<void> {
  const [png, raw] = [join(folder, '.shot.png'), join(folder, '.shot.raw')];
  writeFileSync(png, await photograph(page));
  execFileSync('vips', ['rawsave', png, raw], { stdio: 'pipe' });
  const pixels = readFileSync(raw);
  const { width, height } = page.viewportSize() ?? WINDOW;
  const bands = pixels.length / (width * height);
  const middle = Math.floor(height / 2) * width + Math.floor(width / 2);
  const seen = [...pixels.subarray(middle * bands, middle * bands + 3)];
  const isAlike = COLOURS[index]?.every((value, band) => Math.abs(value - (seen[band] ?? 0)) <= TOLERANCE);
  assert.ok(isAlike, `page ${index} is ${COLOURS[index]}, seen is ${seen}`);
}

/** A page of one colour as a pyramid, marked as a page and named. */
function drawPage([red, green, blue]: readonly [number, number, number], index: number): string {
  const [source, path] = [join(folder, '.page.ppm'), join(folder, `page${index}.tif`)];
  const pixels = Buffer.alloc(SIZE.width * SIZE.height * 3);
  for (let at = 0; at < pixels.length; at += 3) pixels.set([red, green, blue], at);
  writeFileSync(source, Buffer.concat([Buffer.from(`P6\n${SIZE.width} ${SIZE.height}\n255\n`), pixels]));
  execFileSync('vips', ['tiffsave', source, path, '--tile', '--compression', 'deflate'], { stdio: 'pipe' });
  execFileSync('tiffset', ['-s', '254', '2', path]);
  if (LAYERS[index]) execFileSync('tiffset', ['-s', '269', LAYERS[index], path]);
  return path;
}
