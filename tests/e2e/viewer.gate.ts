import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { createPyramidWriter } from '../../codecs/tiff-writer/pyramid-writer.ts';
import { jpegTiles } from '../../codecs/tiff-writer/tile-format.ts';
import type { Rect, Size } from '../../image/geometry.ts';
import { type Nginx, startNginx } from '../support/nginx.ts';
import { launchBrowser, photograph, waitForTiles, withPage } from './browser.ts';
import { type RunningServer, startServer } from './start-server.ts';

const WINDOW = { width: 800, height: 600 };
const PHONE = { width: 360, height: 740 };
const ODD = { width: 1025, height: 769 };
const LARGE = { width: 3000, height: 2200 };

/** The tile of the picture's lower right corner, which is one pixel in size, and the one of all of it. */
const PROTOCOLS = {
  iiif3: { corner: '/iiif/3/odd.tif/1024,768,1,1/1,1/0/default.jpg', tile: /^\/iiif\/3\/odd\.tif\/.*\.jpg$/ },
  iiif2: { corner: '/iiif/2/odd.tif/1024,768,1,1/1,1/0/default.jpg', tile: /^\/iiif\/2\/odd\.tif\/.*\.jpg$/ },
  deepzoom: { corner: '/deepzoom/odd.tif_files/11/4_3.jpg', tile: /^\/deepzoom\/odd\.tif_files\/.*\.jpg$/ },
  zoomify: { corner: '/zoomify/odd.tif/TileGroup0/2-4-3.jpg', tile: /^\/zoomify\/odd\.tif\/TileGroup.*\.jpg$/ },
  iip: { corner: '/iip?FIF=odd.tif&JTL=2,19', tile: /^\/iip\?FIF=odd\.tif&JTL=/ },
} as const;
type Protocol = keyof typeof PROTOCOLS;
const NAMES = Object.keys(PROTOCOLS) as Protocol[];

/**
 * Mean difference per sample, on a scale of 255, that a square of a smooth picture may have in two renderings: JPEG at
 * the server's default quality costs about 1, resampling in the browser another 1. A tile in the wrong place costs 30.
 */
const TOLERANCE = 4;
const SQUARE = 50;

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-viewer-'));
let server: RunningServer;
let browser: Browser;

before(async () => {
  drawPyramid('odd.tif', ODD);
  drawPyramid('large.tif', LARGE);
  drawPyramid(`a+b %2F;#?ü"<>&'.tif`, ODD);
  mkdirSync(join(folder, 'damaged'));
  await writeDamagedTiles('damaged/damaged.tif');
  server = await startServer(folder);
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

describe('the viewer', () => {
  const pictures = new Map<string, Buffer>();

  for (const name of NAMES) {
    it(`zooms from the whole image to its last pixel through ${name} without one failed request`, async () => {
      const url = `${server.address}/view/odd.tif#protocol=${name}`;
      await withPage(browser, { url, viewport: WINDOW }, async ({ page, loaded, problems }) => {
        await waitForTiles(page);
        pictures.set(`${name} whole`, await photograph(page));
        await page.mouse.move(400, 300);
        for (let turn = 0; turn < 4; turn++) {
          await page.mouse.wheel(0, -240);
          await waitForTiles(page);
        }
        await lookAt(page, name, { x: ODD.width - 700, y: ODD.height - 500, ...WINDOW });
        pictures.set(`${name} corner`, await photograph(page));
        assert.ok(loaded.includes(PROTOCOLS[name].corner), loaded.join('\n'));
        assert.ok(loaded.filter((path) => PROTOCOLS[name].tile.test(path)).length > 12);
        assert.deepEqual(problems, []);
      });
    });
  }

  it('shows the same pixels through all protocols, which are those of the picture', () => {
    const shown = { width: 700, height: 500 };
    const corner = vipsPixels(['extract_area', 'odd.tif'], [ODD.width - 700, ODD.height - 500, 700, 500]);
    for (const name of NAMES) {
      const actual = crop(pictures.get(`${name} corner`), { x: 0, y: 0, ...shown });
      assertAlike(actual, corner, { width: 700, what: `${name}: corner` });
    }
    const height = Math.round((ODD.height * WINDOW.width) / ODD.width);
    const whole = vipsPixels(['resize', 'odd.tif'], [WINDOW.width / ODD.width, '--vscale', height / ODD.height]);
    for (const name of NAMES) {
      const actual = crop(pictures.get(`${name} whole`), { x: 0, y: 0, width: WINDOW.width, height });
      assertAlike(actual, whole, { width: WINDOW.width, what: `${name}: whole` });
    }
  });

  it('reaches full resolution of a larger image by its buttons and shows it without resampling', async () => {
    const url = `${server.address}/view/large.tif`;
    await withPage(browser, { url, viewport: WINDOW }, async ({ page, loaded, problems }) => {
      await waitForTiles(page);
      for (let step = 0; step < 3; step++) {
        await page.getByRole('button', { name: 'Zoom in' }).click();
        await waitForTiles(page);
      }
      assert.ok(loaded.some((path) => /\/large\.tif\/\d+,\d+,256,256\/256,256\/0\/default\.jpg$/.test(path)));
      await lookAt(page, 'iiif3', { x: 1100, y: 900, ...WINDOW });
      const expected = vipsPixels(['extract_area', 'large.tif'], [1100, 900, WINDOW.width, WINDOW.height]);
      assertAlike(crop(await photograph(page), { x: 0, y: 0, ...WINDOW }), expected, {
        width: WINDOW.width,
        what: 'middle',
      });
      assert.deepEqual(problems, []);
    });
  });

  it('keeps the part in view when the protocol is switched, and tells which one is on', async () => {
    const url = `${server.address}/view/large.tif#protocol=iiif3&xywh=500,400,800,600`;
    await withPage(browser, { url, viewport: WINDOW }, async ({ page, problems }) => {
      await waitForTiles(page);
      for (const [label, name] of [
        ['Zoomify', 'zoomify'],
        ['IIIF 2', 'iiif2'],
        ['Deep Zoom', 'deepzoom'],
        ['IIP', 'iip'],
        ['IIIF 3', 'iiif3'],
      ] as const) {
        await page.getByRole('button', { name: label, exact: true }).click();
        await page.waitForSelector(`#viewer[data-open=${name}]`);
        await waitForTiles(page);
        const [x = 0, y = 0, width = 0] = new URL(page.url()).hash
          .replace(/^.*xywh=/, '')
          .split(',')
          .map(Number);
        assert.ok(Math.hypot(x - 500, y - 400, width - 800) < 2, `${name}: ${page.url()}`);
        assert.match(page.url(), new RegExp(`#protocol=${name}&`));
        assert.equal(await page.locator('[aria-pressed=true]').textContent(), label);
      }
      assert.deepEqual(problems, []);
    });
  });

  it('shows images of any name', async () => {
    for (const name of NAMES) {
      const url = `${server.address}/view/${encodeURIComponent(`a+b %2F;#?ü"<>&'.tif`)}#protocol=${name}`;
      await withPage(browser, { url, viewport: WINDOW }, async ({ page, problems }) => {
        await waitForTiles(page);
        assert.deepEqual(problems, []);
      });
    }
  });

  it('says what to do when there is no such image', async () => {
    await withPage(browser, { url: `${server.address}/view/missing.tif`, viewport: PHONE }, async ({ page }) => {
      await page.getByRole('alert').getByText('There is no such image').waitFor();
    });
  });

  it('says what to do when tiles fail, and shows them when asked to try again', async () => {
    const url = `${server.address}/view/large.tif`;
    await withPage(browser, { url, viewport: WINDOW }, async ({ page }) => {
      await waitForTiles(page);
      await page.context().setOffline(true);
      await page.getByRole('button', { name: 'Zoom in' }).click();
      await page.getByRole('alert').getByText('could not be loaded').waitFor();
      await page.context().setOffline(false);
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('alert').waitFor({ state: 'hidden' });
      await waitForTiles(page);
    });
  });
});

describe('the gallery', () => {
  for (const path of ['/', '/view/odd.tif']) {
    it(`needs no sideways scrolling on a phone: ${path}`, async () => {
      const url = `${server.address}${path}`;
      await withPage(browser, { url, viewport: PHONE, isMobile: true, hasTouch: true }, async ({ page }) => {
        await page.waitForLoadState('networkidle');
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), PHONE.width);
        const small = await page.evaluate(`[...document.querySelectorAll('button, a.button')]
          .filter((element) => element.offsetParent && (element.offsetWidth < 44 || element.offsetHeight < 44))
          .map((element) => element.id)`);
        assert.deepEqual(small, []);
      });
    });
  }

  it('is used by keyboard: Tab reaches an image, Enter opens it, Escape comes back', async () => {
    await withPage(browser, { url: `${server.address}/`, viewport: WINDOW }, async ({ page, problems }) => {
      await page.waitForLoadState('networkidle');
      for (let step = 0; step < 20 && (await focused(page)) !== 'view/odd.tif'; step++)
        await page.keyboard.press('Tab');
      assert.equal(await focused(page), 'view/odd.tif');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/view/odd.tif*');
      await waitForTiles(page);
      assert.equal(await page.getByRole('application', { name: /^odd\.tif: arrow keys move/ }).count(), 1);
      await page.keyboard.press('Escape');
      await page.waitForURL(`${server.address}/`);
      assert.deepEqual(problems, []);
    });
  });

  it('shows a neutral card with the reason where a thumbnail fails', async () => {
    await withPage(browser, { url: `${server.address}/?folder=damaged`, viewport: WINDOW }, async ({ page }) => {
      const frame = page.locator('a[href="view/damaged/damaged.tif"] .frame.broken');
      await frame.and(page.locator('[title*="cannot be read"]')).waitFor();
      assert.equal(await frame.locator('img').count(), 0);
    });
  });

  it('shows new images by itself while it is empty', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'mezzotint-viewer-empty-'));
    const other = await startServer(empty);
    try {
      await withPage(browser, { url: `${other.address}/`, viewport: WINDOW }, async ({ page }) => {
        await page.getByText('No images here yet').waitFor();
        writeFileSync(join(empty, 'odd.tif'), readFileSync(join(folder, 'odd.tif')));
        await page.locator('a.card', { hasText: 'odd.tif' }).waitFor();
      });
    } finally {
      await other.stop();
      rmSync(empty, { recursive: true });
    }
  });
});

describe('below a path of nginx', () => {
  let nginx: Nginx;

  before(async () => {
    nginx = await startNginx(Number(new URL(server.address).port), '/archive');
  });

  after(() => nginx?.stop());

  it('leads from the gallery to the viewer and back, and shows the image through all protocols', async () => {
    const root = `http://localhost:${nginx.port}/archive/`;
    await withPage(browser, { url: root, viewport: WINDOW }, async ({ page, loaded, problems }) => {
      await page.locator('a.card', { hasText: 'odd.tif' }).click();
      await page.waitForURL(`${root}view/odd.tif*`);
      await waitForTiles(page);
      for (const name of NAMES) {
        await page.locator(`[data-protocol=${name}]`).click();
        await page.waitForSelector(`#viewer[data-open=${name}]`);
        await waitForTiles(page);
      }
      assert.equal(new URL(page.url()).pathname, '/archive/view/odd.tif');
      await page.locator('#back').click();
      await page.waitForURL(root);
      await page.locator('a', { hasText: 'IIP by example' }).click();
      await page.waitForURL(`${root}iip`);
      assert.deepEqual(problems, []);
      assert.ok(
        loaded.every((path) => path.startsWith('/archive/')),
        loaded.join('\n'),
      );
    });
  });

  it('shows the manifest of an image in Mirador', async () => {
    const url = `http://localhost:${nginx.port}/archive/mirador/odd.tif/manifest.json`;
    await withPage(browser, { url, viewport: WINDOW }, async ({ page, problems }) => {
      await page.waitForResponse((answer) => /\/archive\/iiif\/3\/odd\.tif\/.*\.jpg$/.test(answer.url()));
      assert.deepEqual(
        problems.filter((text) => !text.includes('React 19')), // Mirador's own
        [],
      );
    });
  });
});

function focused(page: Page): Promise<unknown> {
  return page.evaluate(`document.activeElement.getAttribute('href')`);
}

/** Goes to a part of the image as somebody does who was sent the link. */
async function lookAt(page: Page, protocol: Protocol, { x, y, width, height }: Rect): Promise<void> {
  await page.evaluate(`delete document.getElementById('viewer').dataset.open;
    location.hash = 'protocol=${protocol}&xywh=${x},${y},${width},${height}'`);
  await page.waitForSelector(`#viewer[data-open=${protocol}]`);
  await waitForTiles(page);
}

/** A smooth picture that is nowhere the same, as a pyramid made by libvips. */
function drawPyramid(name: string, { width, height }: Size): void {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const wave = 128 + 90 * Math.sin(x / 40) * Math.sin(y / 40);
      pixels.set([(x * 255) / width, (y * 255) / height, wave], (y * width + x) * 3);
    }
  }
  const source = join(folder, 'source.ppm');
  writeFileSync(source, Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), pixels]));
  const layout = ['--tile', '--pyramid', '--tile-width', '256', '--tile-height', '256', '--compression', 'deflate'];
  execFileSync('vips', ['tiffsave', source, join(folder, name), ...layout], { stdio: 'pipe' });
  rmSync(source);
}

/** A TIFF whose directories are right and whose tiles are not JPEG at all. */
async function writeDamagedTiles(name: string): Promise<void> {
  const file = openSync(join(folder, name), 'wx');
  const format = jpegTiles(3, () => Uint8Array.from({ length: 500 }, (_, index) => index % 251));
  const writer = createPyramidWriter(
    { size: { width: 512, height: 256 }, bands: 3, tileSide: 256, format },
    {
      async write(bytes, offset) {
        writeSync(file, bytes, 0, bytes.length, offset);
      },
    },
  );
  await writer.writeTileRow(new Uint8Array(512 * 256 * 3));
  await writer.finish();
}

/** Interleaved RGB of what an operation of libvips makes of an image of the folder. */
function vipsPixels([operation, name]: readonly [string, string], parameters: readonly (string | number)[]): Buffer {
  const result = join(folder, '.result.v');
  execFileSync('vips', [operation, join(folder, name), result, ...parameters.map(String)], { stdio: 'pipe' });
  return rawPixels(result);
}

function crop(picture: Buffer | undefined, { x, y, width, height }: Rect): Buffer {
  assert.ok(picture, 'there is no screenshot');
  const [png, part] = [join(folder, '.shot.png'), join(folder, '.part.v')];
  writeFileSync(png, picture);
  execFileSync('vips', ['extract_area', png, part, ...[x, y, width, height].map(String)], { stdio: 'pipe' });
  return rawPixels(part);
}

function rawPixels(file: string): Buffer {
  const raw = join(folder, '.pixels.raw');
  execFileSync('vips', ['rawsave', file, raw], { stdio: 'pipe' });
  return readFileSync(raw);
}

/** Every square of the pictures, which are of the same size, must be alike. */
function assertAlike(actual: Buffer, expected: Buffer, { width, what }: { width: number; what: string }): void {
  assert.equal(actual.length, expected.length, what);
  const squares = new Map<string, { sum: number; count: number }>();
  for (const [index, value] of actual.entries()) {
    const [x, y] = [Math.floor(index / 3) % width, Math.floor(index / 3 / width)];
    const name = `${Math.floor(x / SQUARE) * SQUARE},${Math.floor(y / SQUARE) * SQUARE}`;
    const square = squares.get(name) ?? { sum: 0, count: 0 };
    square.sum += Math.abs(value - (expected[index] ?? 0));
    square.count++;
    squares.set(name, square);
  }
  for (const [place, { sum, count }] of squares) {
    assert.ok(sum / count <= TOLERANCE, `${what}: mean difference ${sum / count} at ${place}`);
  }
}
