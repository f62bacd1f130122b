import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import type { Size } from '../../image/geometry.ts';
import { BLOCK, blockPixel, writePositionPyramid, writeRoundedUpPyramid } from '../support/position-picture.ts';
import { launchBrowser, photograph, waitForTiles, withPage } from './browser.ts';
import { type RunningServer, startServer } from './start-server.ts';

const WINDOW = { width: 800, height: 600 };
const ODD = { width: 1025, height: 769 };

/** As odd, but with a last row and column that JPEG, which halves the resolution of colours, can keep apart from others. */
const WIDE = { width: 1057, height: 801 };

/** JPEG in the middle of a block of one colour. */
const TOLERANCE = 6;

/** Name and size of each image; the levels of `up.tif` are rounded up, those that libvips halves are rounded down. */
const IMAGES = [
  ['odd.tif', ODD],
  ['up.tif', ODD],
  ['a folder/a+b %ü;.tif', ODD],
  ['dot.tif', { width: 1, height: 1 }],
  ['line.tif', { width: 700, height: 1 }],
] as const;

const PROTOCOLS = ['iiif3', 'iiif2', 'deepzoom', 'zoomify', 'iip'] as const;

const load = createRequire(import.meta.url);
const SCRIPTS = ['leaflet/dist/leaflet.js', 'leaflet-iiif/leaflet-iiif.js'].map((path) =>
  readFileSync(load.resolve(path), 'utf8'),
);
const PAGE = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<style>${readFileSync(load.resolve('leaflet/dist/leaflet.css'), 'utf8')} body { margin: 0 } #map { height: 100vh }</style>
<div id="map"></div>${SCRIPTS.map((text) => `<script>${text}</script>`).join('')}`;

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-leaflet-'));
let mezzotint: RunningServer;
let overlapping: RunningServer;
let browser: Browser;
let site: Server;
let siteAddress: string;

before(async () => {
  mkdirSync(join(folder, 'a folder'));
  for (const [name, size] of IMAGES) {
    const plain = join(folder, 'plain.tif'); // vips takes options from other names
    if (name === 'up.tif') writeRoundedUpPyramid(plain, size, blockPixel);
    else writePositionPyramid(plain, size, ['--compression', 'deflate'], blockPixel);
    renameSync(plain, join(folder, name));
  }
  writePositionPyramid(join(folder, 'wide.tif'), WIDE, ['--compression', 'deflate'], blockPixel);
  mezzotint = await startServer(folder);
  overlapping = await startServer(folder, '--deepzoom-overlap', '1');
  site = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(PAGE));
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const address = site.address();
  assert.ok(address !== null && typeof address === 'object');
  siteAddress = `http://127.0.0.1:${address.port}/`;
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  site?.close();
  await mezzotint?.stop();
  await overlapping?.stop();
  rmSync(folder, { recursive: true });
});

describe('Leaflet on a page of another site', () => {
  for (const [name, size] of IMAGES) {
    const path = name.split('/').map(encodeURIComponent).join('/');

    for (const format of ['jpg', 'png']) {
      it(`shows ${name} as XYZ tiles of ${format} at every zoom, block by block at the last`, async () => {
        await withPage(browser, { url: siteAddress, viewport: WINDOW }, async ({ page, loaded, problems }) => {
          const last = await page.evaluate<number>(`(async () => {
          const url = '${mezzotint.address}/tiles/${path}';
          const { width, height, maxzoom } = await (await fetch(url + '/tilejson.json')).json();
          const bounds = [[-height / 2 ** maxzoom, 0], [0, width / 2 ** maxzoom]];
          ${MAP}
          layer = L.tileLayer(url + '/{z}/{x}/{y}.${format}', { maxZoom: maxzoom, bounds, noWrap: true });
          map.setView([0, 0], 0);
          await new Promise((resolve) => layer.once('load', resolve).addTo(map));
          return maxzoom;
        })()`);
          for (let zoom = 1; zoom < last; zoom++) await look(page, zoom, { x: 0, y: 0 });
          await assertCorners(page, last, size);
          assert.ok(
            loaded.some((url) => url.endsWith(`/tiles/${path}/${last}/0/0.${format}`)),
            loaded.join('\n'),
          );
          assert.deepEqual(problems, []);
        });
      });
    }

    for (const version of [3, 2]) {
      it(`shows ${name} through Leaflet-IIIF and version ${version}`, async () => {
        await withPage(browser, { url: siteAddress, viewport: WINDOW }, async ({ page, loaded, problems }) => {
          const last = await page.evaluate<number>(`(async () => {
            ${MAP}
            map.setView([0, 0], 0);
            layer = L.tileLayer.iiif('${mezzotint.address}/iiif/${version}/${path}/info.json');
            await new Promise((resolve) => layer.once('load', resolve).addTo(map));
            return layer.maxNativeZoom;
          })()`);
          await assertCorners(page, last, size);
          assert.ok(
            loaded.some((url) => /\/default\.jpg$/.test(url)),
            loaded.join('\n'),
          );
          assert.deepEqual(problems, []);
        });
      });
    }
  }
});

describe('OpenSeadragon', () => {
  for (const [name, size] of IMAGES) {
    for (const protocol of PROTOCOLS) {
      it(`shows ${name} through ${protocol} without a failed request`, async () => {
        const path = name.split('/').map(encodeURIComponent).join('/');
        const url = `${mezzotint.address}/view/${path}#protocol=${protocol}`;
        await withPage(browser, { url, viewport: WINDOW }, async ({ page, problems }) => {
          await waitForTiles(page);
          if (size === ODD) await assertCornersOfViewer(page, protocol, size);
          assert.deepEqual(problems, []);
        });
      });
    }
  }

  it('puts Deep Zoom tiles that overlap in their places', async () => {
    const url = `${overlapping.address}/view/wide.tif#protocol=deepzoom`;
    await withPage(browser, { url, viewport: WINDOW }, async ({ page, loaded, problems }) => {
      await waitForTiles(page);
      await assertCornersOfViewer(page, 'deepzoom', WIDE);
      assert.ok(loaded.includes('/deepzoom/wide.tif_files/11/4_3.jpg'), loaded.join('\n'));
      assert.deepEqual(problems, []);
    });
  });
});

/** Shows the upper left and the lower right part of the full resolution in the viewer. */
async function assertCornersOfViewer(page: Page, protocol: string, size: Size): Promise<void> {
  for (const { x, y } of cornersOf(size)) {
    await page.evaluate(`delete document.getElementById('viewer').dataset.open;
      location.hash = 'protocol=${protocol}&xywh=${x},${y},${WINDOW.width},${WINDOW.height}'`);
    await page.waitForSelector(`#viewer[data-open=${protocol}]`);
    await waitForTiles(page);
    await assertBlocks(await photograph(page), { x, y }, size);
  }
}

function cornersOf({ width, height }: Size): { x: number; y: number }[] {
  const end = { x: Math.max(0, width - WINDOW.width), y: Math.max(0, height - WINDOW.height) };
  return [{ x: 0, y: 0 }, end];
}

const MAP = `globalThis.map = L.map('map', { crs: L.CRS.Simple, zoomControl: false, attributionControl: false,
  fadeAnimation: false, zoomAnimation: false, zoomSnap: 0, minZoom: 0 }); globalThis.layer = undefined;`;

/** Puts a pixel of a zoom into the window's corner and waits for the tiles. */
async function look(page: Page, zoom: number, { x, y }: { x: number; y: number }): Promise<void> {
  await page.evaluate(`(async () => {
    map.setMaxBounds(null);
    map.setView(map.unproject([${x} + ${WINDOW.width / 2}, ${y} + ${WINDOW.height / 2}], ${zoom}), ${zoom}, { animate: false });
    while (layer.isLoading()) await new Promise((resolve) => layer.once('load', resolve));
  })()`);
}

/** Shows the upper left and the lower right part of the full resolution. */
async function assertCorners(page: Page, zoom: number, size: Size): Promise<void> {
  for (const corner of cornersOf(size)) {
    await look(page, zoom, corner);
    await assertBlocks(await photograph(page), corner, size);
  }
}

/** Compares the middle of every block in view. */
async function assertBlocks(png: Buffer, corner: { x: number; y: number }, size: Size): Promise<void> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const middles = (from: number, shown: number, whole: number) => {
    const all = Array.from({ length: Math.ceil(whole / BLOCK) }, (_, index) => index * BLOCK);
    return all
      .map((start) => Math.floor((start + Math.min(start + BLOCK, whole)) / 2))
      .filter((at) => at >= from && at < from + shown);
  };
  const [columns, rows] = [middles(corner.x, WINDOW.width, size.width), middles(corner.y, WINDOW.height, size.height)];
  assert.ok(columns.length * rows.length > 0);
  for (const x of columns) {
    for (const y of rows) {
      const at = ((y - corner.y) * info.width + x - corner.x) * info.channels;
      const seen = [...data.subarray(at, at + 3)];
      const isRight = blockPixel(x, y).every((value, band) => Math.abs(value - (seen[band] ?? -99)) <= TOLERANCE);
      assert.ok(isRight, `${x},${y} is ${seen}, not ${blockPixel(x, y)}`);
    }
  }
}
