import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { dusk } from '../../server/samples/dusk.ts';
import { ensureSamples } from '../../server/samples/ensure-samples.ts';
import { spectra } from '../../server/samples/spectra.ts';
import { terrain, terrainNormals } from '../../server/samples/terrain.ts';
import { launchBrowser, withPage } from './browser.ts';
import { type RunningServer, startServer } from './start-server.ts';

const WINDOW = { width: 1100, height: 800 };
const PHONE = { width: 360, height: 740 };

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-iip-page-'));
const empty = mkdtempSync(join(tmpdir(), 'mezzotint-iip-page-'));
let server: RunningServer;
let browser: Browser;

before(async () => {
  const pictures = [terrain(512), terrainNormals(512), spectra(256), dusk(400)];
  await ensureSamples({ folder, pictures, signal: new AbortController().signal, onProgress: () => {} });
  server = await startServer(folder);
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
  for (const path of [folder, empty]) rmSync(path, { recursive: true });
});

/** Waits until the picture of an example is the one that its address names. */
async function settled(page: Page, id: string): Promise<string> {
  const look = `(() => {
    const { complete, naturalWidth, src } = document.querySelector('#${id} img');
    const { value } = document.querySelector('#${id}-address');
    return complete && naturalWidth > 0 && src === value ? value : '';
  })()`;
  for (let looks = 0; looks < 400; looks++) {
    const url = String(await page.evaluate(look));
    if (url !== '') return url;
    await page.waitForTimeout(50);
  }
  return assert.fail(`${id}: the picture never followed its address`);
}

/** The picture as it is on the screen. */
function photographOf(page: Page, id: string): Promise<Buffer> {
  return page.locator(`#${id} img`).screenshot({ animations: 'disabled' });
}

describe('the page about IIP', () => {
  it('shows its four examples at the bare address, without an error', async () => {
    for (const path of ['/iip', '/fcgi-bin/iipsrv.fcgi']) {
      await withPage(browser, { url: `${server.address}${path}`, viewport: WINDOW }, async ({ page, problems }) => {
        for (const id of ['light', 'colours', 'tone', 'spectra']) await settled(page, id);
        assert.equal(await page.locator('.example').count(), 4);
        assert.deepEqual(problems, []);
      });
    }
  });

  it('changes picture and address by keyboard, and the address gives that picture', async () => {
    await withPage(browser, { url: `${server.address}/iip`, viewport: WINDOW }, async ({ page, problems }) => {
      await settled(page, 'light');
      const first = await photographOf(page, 'light');
      const direction = page.getByLabel('Direction');
      await direction.focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowRight');
      const url = await settled(page, 'light');
      assert.match(url, /FIF=terrain-normals\.tif&WID=720&SHD=1,40&CNT=2&CVT=jpeg$/);
      assert.equal(await direction.getAttribute('aria-valuetext'), '1°');
      assert.notDeepEqual(await photographOf(page, 'light'), first);
      assert.equal((await fetch(url)).headers.get('content-type'), 'image/jpeg');
      assert.deepEqual(problems, []);
    });
  });

  it('puts a choice and a switch into the address, and takes them out again', async () => {
    await withPage(browser, { url: `${server.address}/iip`, viewport: WINDOW }, async ({ page, problems }) => {
      await page.locator('#colours').getByLabel('Colour map').selectOption('turbo');
      await page.locator('#colours').getByLabel('Invert').check();
      assert.match(await settled(page, 'colours'), /MINMAX=0:0,3000&CMP=turbo&INV&CVT=jpeg$/);
      await page.locator('#colours').getByLabel('Colour map').selectOption('none: grey');
      await page.locator('#colours').getByLabel('Invert').uncheck();
      assert.match(await settled(page, 'colours'), /MINMAX=0:0,3000&CVT=jpeg$/);
      await page.locator('#tone').getByLabel('Convolution').selectOption('sobel');
      assert.match(await settled(page, 'tone'), /CNT=1&GAM=1&CNV=sobel&CVT=jpeg$/);
      assert.deepEqual(problems, []);
    });
  });

  it('moves the light until it is told to stop', async () => {
    await withPage(browser, { url: `${server.address}/iip`, viewport: WINDOW }, async ({ page, problems }) => {
      const button = page.getByRole('button', { name: 'Move the light' });
      await button.click();
      const seen = new Set<string>();
      for (let look = 0; look < 600 && seen.size < 4; look++) {
        seen.add(await page.locator('#light-address').inputValue());
        await page.waitForTimeout(20);
      }
      assert.ok(seen.size >= 4, [...seen].join('\n'));
      await button.click();
      assert.equal(await button.getAttribute('aria-pressed'), 'false');
      const stopped = await settled(page, 'light');
      await page.waitForTimeout(500);
      assert.equal(await page.locator('#light-address').inputValue(), stopped);
      assert.deepEqual(problems, []);
    });
  });

  it('draws the spectrum of the point that is pressed, as the server gives it', async () => {
    await withPage(browser, { url: `${server.address}/iip`, viewport: WINDOW }, async ({ page, problems }) => {
      await settled(page, 'spectra');
      const picture = page.locator('#spectra img');
      const box = await picture.boundingBox();
      assert.ok(box);
      await picture.click({ position: { x: box.width * 0.25, y: box.height * 0.75 } });
      const source = page.locator('#spectra .source');
      await page.locator('#spectra .source[href$="SPECTRA=0,0,64,192"]').waitFor();
      const answer = await (await fetch(`${server.address}/${await source.getAttribute('href')}`)).text();
      const values = [...answer.matchAll(/<reflectance>([\d.]+)</g)].map(([, value]) => Number(value));
      assert.equal(values.length, 12);
      const label = `Curve of 12 values from 450 nm to 1000 nm, the highest ${Math.max(...values)}`;
      await page.getByRole('img', { name: label }).waitFor();
      const points = await page.locator('#spectra polyline').getAttribute('points');
      assert.equal(points?.split(' ').length, 12);
      assert.deepEqual(problems, []);
    });
  });

  it('draws the heights along the line', async () => {
    await withPage(browser, { url: `${server.address}/iip`, viewport: WINDOW }, async ({ page, problems }) => {
      await page.getByLabel('Line at row').fill('0');
      await page.locator('#colours .source[href$="PFL=0:0,0-256,0"]').waitFor();
      await page.getByRole('img', { name: /^Curve of 256 values from 0 to 255/ }).waitFor();
      assert.deepEqual(problems, []);
    });
  });

  it('copies an address', async () => {
    const permissions = ['clipboard-read', 'clipboard-write'];
    await withPage(browser, { url: `${server.address}/iip`, viewport: WINDOW, permissions }, async ({ page }) => {
      const url = await settled(page, 'tone');
      await page.locator('#tone').getByRole('button', { name: 'Copy' }).click();
      await page.locator('#tone').getByRole('button', { name: 'Copied' }).waitFor();
      assert.equal(await page.evaluate('navigator.clipboard.readText()'), url);
    });
  });

  it('fits a phone, with labels and room for fingers on everything that can be turned', async () => {
    await withPage(
      browser,
      { url: `${server.address}/iip`, viewport: PHONE, hasTouch: true },
      async ({ page, problems }) => {
        await settled(page, 'spectra');
        assert.deepEqual(await page.evaluate('[document.documentElement.scrollWidth, innerWidth]'), [360, 360]);
        const parts =
          (await page.evaluate(`[...document.querySelectorAll('[data-part], .address input, main button')].map((part) => ({
        name: part.labels?.[0]?.textContent ?? part.textContent,
        height: Math.max(part.closest('.control')?.offsetHeight ?? 0, part.offsetHeight),
      }))`)) as { name: string; height: number }[];
        assert.ok(parts.length > 20);
        for (const { name, height } of parts) assert.ok(name !== '' && height >= 44, `${name}: ${height}`);
        assert.deepEqual(problems, []);
      },
    );
  });

  it('says what is missing where there are no sample images', async () => {
    writeFileSync(join(empty, 'readme.txt'), 'nothing to see');
    const other = await startServer(empty);
    try {
      await withPage(browser, { url: `${other.address}/iip`, viewport: WINDOW }, async ({ page, problems }) => {
        assert.equal(await page.getByText('one of the sample images').count(), 4);
        assert.equal(await page.locator('main img').count(), 0);
        assert.deepEqual(problems, []);
      });
    } finally {
      await other.stop();
    }
  });
});
