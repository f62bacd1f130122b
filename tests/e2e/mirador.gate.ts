import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { BLOCK, blockPixel, writePositionPyramid, writeRoundedUpPyramid } from '../support/position-picture.ts';
import { launchBrowser, type WatchedPage, waitForTiles, withPage } from './browser.ts';
import { type RunningServer, startServer } from './start-server.ts';

const WINDOW = { width: 1200, height: 1000 };
const PHONE = { width: 390, height: 844 };

/** Odd, and so are both halves; the last row and column of tiles are narrow. */
const ODD = { width: 1057, height: 801 };

/** One colour for each page of the stack. */
const COLOURS = [
  [200, 40, 40],
  [40, 160, 40],
  [40, 60, 200],
] as const;

/** JPEG, scaled by the browser, in the middle of a block of one colour. */
const TOLERANCE = 6;

/** Mirador's own, at its first drawing, whatever it shows. */
const OWN_WARNING = /^Accessing element\.ref was removed in React 19/;

const HANG_GUARD_MS = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-mirador-'));
let browser: Browser;
let plain: RunningServer;
let delimited: RunningServer;
let elsewhere: RunningServer;

before(async () => {
  mkdirSync(join(folder, 'a folder'));
  const down = join(folder, 'down.tif');
  writePositionPyramid(down, ODD, ['--compression', 'deflate'], blockPixel);
  copyFileSync(down, join(folder, 'a folder', 'a+b %ü;.tif'));
  writeRoundedUpPyramid(join(folder, 'a folder', 'up.tif'), ODD, blockPixel);
  const pages = COLOURS.map((colour, index) => drawPage(colour, index));
  execFileSync('tiffcp', [...pages, join(folder, 'stack.tif')], { stdio: 'pipe' });
  for (const [index, page] of pages.entries()) copyFileSync(page, join(folder, `seq_pyr_00${index}_090.tif`));
  for (const page of pages) rmSync(page);
  plain = await startServer(folder);
  delimited = await startServer(folder, '--iiif-delimiter', ';');
  elsewhere = await startServer(folder, '--base-url', 'https://images.example/behind/a/proxy/');
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  for (const server of [plain, delimited, elsewhere]) await server?.stop();
  rmSync(folder, { recursive: true });
});

describe('Mirador', () => {
  it('is where the viewer page leads to, and leads back', async () => {
    await withPage(browser, { url: `${plain.address}/view/down.tif`, viewport: WINDOW }, async (watched) => {
      const { page } = watched;
      await waitForTiles(page);
      await page.getByRole('link', { name: 'Mirador' }).click();
      await page.waitForURL('**/mirador/down.tif/manifest.json');
      await assertBlocks(watched);
      await page.getByRole('link', { name: 'Back to the viewer' }).click();
      await page.waitForURL('**/view/down.tif*');
      await waitForTiles(page);
      assertNoProblems(watched);
    });
  });

  it('shows each image of a folder, levels rounded down or up, to its last tile', async () => {
    await withPage(browser, { url: `${plain.address}/?folder=a%20folder`, viewport: WINDOW }, async (watched) => {
      const { page, loaded } = watched;
      await page.getByRole('link', { name: 'Mirador' }).click();
      await page.waitForURL('**/mirador/a%20folder/manifest.json');
      for (const [index, name] of ['a%2Bb%20%25%C3%BC%3B.tif', 'up.tif'].entries()) {
        await page.getByText(`${index + 1} of 2`).waitFor();
        const corner = `/iiif/3/a%20folder/${name}/1024,768,33,33/33,33/0/default.jpg`;
        assert.ok(await until(async () => loaded.includes(corner)), loaded.join('\n'));
        await assertBlocks(watched);
        if (index === 0) await page.getByRole('button', { name: 'Next item' }).click();
      }
      assertNoProblems(watched);
    });
  });

  for (const name of ['stack.tif', 'seq']) {
    for (const [kind, server] of [
      ['with', () => delimited],
      ['without', () => plain],
    ] as const) {
      it(`turns the pages of ${name} ${kind} a delimiter for IIIF`, async () => {
        const url = `${server().address}/mirador/${name}/manifest.json`;
        await withPage(browser, { url, viewport: WINDOW }, async (watched) => {
          await turnPages(watched.page);
          assertNoProblems(watched);
        });
      });
    }
  }

  it('finds the images of a folder of folders by its collection', async () => {
    const url = `${plain.address}/mirador/collection.json`;
    await withPage(browser, { url, viewport: WINDOW }, async (watched) => {
      const { page } = watched;
      const manifests = page.getByRole('button', { name: /\d manifests/ });
      assert.ok(await until(async () => (await manifests.isVisible()) || showCollection(page)));
      await manifests.click();
      await page.getByRole('menuitem', { name: 'down.tif' }).click();
      await assertBlocks(watched);
      assertNoProblems(watched);
    });
  });

  it('loads from where its page came from, whatever the public address is', async () => {
    const url = `${elsewhere.address}/mirador/down.tif/manifest.json`;
    await withPage(browser, { url, viewport: WINDOW }, async (watched) => {
      await assertBlocks(watched);
      assertNoProblems(watched);
    });
  });

  it('fits a phone', async () => {
    const url = `${plain.address}/mirador/a%20folder/manifest.json`;
    await withPage(browser, { url, viewport: PHONE, isMobile: true, hasTouch: true }, async (watched) => {
      await assertBlocks(watched);
      assert.equal(await watched.page.evaluate('document.documentElement.scrollWidth'), PHONE.width);
      assertNoProblems(watched);
    });
  });

  it('says so where there is no such image', async () => {
    const url = `${plain.address}/mirador/missing.tif/manifest.json`;
    await withPage(browser, { url, viewport: WINDOW }, async ({ page, problems }) => {
      await page.getByText('An error occurred').waitFor();
      assert.ok(problems.includes('404 /presentation/3/missing.tif/manifest.json'), problems.join('\n'));
    });
  });
});

/** Mirador shows a collection by itself when it comes late, and then nothing can be pressed behind it. @returns false */
async function showCollection(page: Page): Promise<boolean> {
  const button = page.getByRole('button', { name: 'Show collection' });
  if (await button.isVisible()) await button.click({ timeout: 1000 }).catch(() => undefined);
  return false;
}

function assertNoProblems({ problems }: WatchedPage): void {
  assert.deepEqual(
    problems.filter((problem) => !OWN_WARNING.test(problem)),
    [],
  );
}

/** Waits until the picture, which fits into the canvas, is there, and looks at the middle of each of its blocks. */
async function assertBlocks({ page }: WatchedPage): Promise<void> {
  let wrong = '';
  const isRight = await until(async () => {
    wrong = await firstWrongBlock(page);
    return wrong === '';
  });
  assert.ok(isRight, wrong);
}

async function firstWrongBlock(page: Page): Promise<string> {
  const [{ pixelAt }, canvas] = [await photographCanvas(page), await canvasOf(page)];
  const scale = Math.min(canvas.width / ODD.width, canvas.height / ODD.height);
  const left = canvas.x + (canvas.width - ODD.width * scale) / 2;
  const top = canvas.y + (canvas.height - ODD.height * scale) / 2;
  for (const x of middles(ODD.width)) {
    for (const y of middles(ODD.height)) {
      const seen = pixelAt(left + x * scale, top + y * scale);
      const expected = blockPixel(x, y);
      if (!isAlike(seen, expected)) return `${x},${y} is ${seen}, not ${expected}`;
    }
  }
  return '';
}

function middles(length: number): number[] {
  const starts = Array.from({ length: Math.ceil(length / BLOCK) }, (_, index) => index * BLOCK);
  return starts.map((start) => (start + Math.min(start + BLOCK, length)) / 2);
}

async function turnPages(page: Page): Promise<void> {
  for (const [index, colour] of COLOURS.entries()) {
    await page.getByText(`${index + 1} of 3`).waitFor();
    await untilMiddleIs(page, colour);
    if (index < 2) await page.getByRole('button', { name: 'Next item' }).click();
  }
}

async function untilMiddleIs(page: Page, colour: readonly number[]): Promise<void> {
  let seen: number[] = [];
  const isShown = await until(async () => {
    const [{ pixelAt }, { x, y, width, height }] = [await photographCanvas(page), await canvasOf(page)];
    seen = pixelAt(x + width / 2, y + height / 2);
    return isAlike(seen, colour);
  });
  assert.ok(isShown, `the middle is ${seen}, not ${colour}`);
}

/** Mirador tells nobody when it has drawn everything. */
async function until(isTrue: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + HANG_GUARD_MS;
  while (!(await isTrue())) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return true;
}

function isAlike(seen: readonly number[], expected: readonly number[]): boolean {
  return expected.every((value, band) => Math.abs(value - (seen[band] ?? -99)) <= TOLERANCE);
}

async function canvasOf(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await page.locator('.openseadragon-canvas').first().boundingBox();
  return box ?? assert.fail('Mirador has no canvas');
}

/** The window without what lies over the picture. */
async function photographCanvas(page: Page): Promise<{ pixelAt: (x: number, y: number) => number[] }> {
  await page.locator('.openseadragon-canvas').first().waitFor();
  // an added style sheet would violate the page's policy
  await page.evaluate(`for (const element of document.querySelectorAll('[class*="mirador-canvas-nav"]')) {
    element.style.opacity = '0';
  }`);
  const { data, info } = await sharp(await page.screenshot({ animations: 'disabled' }))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const ratio = info.width / (page.viewportSize()?.width ?? info.width);
  const pixelAt = (x: number, y: number) => {
    const at = (Math.floor(y * ratio) * info.width + Math.floor(x * ratio)) * info.channels;
    return [...data.subarray(at, at + 3)];
  };
  return { pixelAt };
}

/** A page of one colour, marked as a page. */
function drawPage(colour: readonly number[], index: number): string {
  const size = { width: 701, height: 499 };
  const [source, path] = [join(folder, '.page.ppm'), join(folder, `page${index}.tif`)];
  const pixels = Buffer.alloc(size.width * size.height * 3, Uint8Array.from(colour));
  writeFileSync(source, Buffer.concat([Buffer.from(`P6\n${size.width} ${size.height}\n255\n`), pixels]));
  execFileSync('vips', ['tiffsave', source, path, '--tile', '--compression', 'deflate'], { stdio: 'pipe' });
  execFileSync('tiffset', ['-s', '254', '2', path]);
  rmSync(source);
  return path;
}
