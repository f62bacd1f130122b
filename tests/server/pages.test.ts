import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { loadConfig } from '../../config/load-config.ts';
import { toUrlPath } from '../../protocols/byte-names.ts';
import { type Application, createApp } from '../../server/app.ts';
import { html } from '../../server/pages/html.ts';
import { ENTRIES_PER_PAGE } from '../../server/pages/list-images.ts';
import { writePositionPyramid } from '../support/position-picture.ts';
import { silentLog } from '../support/silent-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-pages-'));
const outside = mkdtempSync(join(tmpdir(), 'mezzotint-pages-outside-'));
const AWKWARD = `a+b %2F;#?ü"<>&'.tif`;
const LATIN = Buffer.from('caf\xe9.tif', 'latin1');

let application: Application;

before(async () => {
  const image = join(folder, 'picture.tif');
  writePositionPyramid(image, { width: 1025, height: 769 }, ['--compression', 'deflate']);
  for (const name of ['awkward', 'many', 'empty', '.hidden', 'sub/deeper']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  copyFileSync(image, join(folder, 'awkward', AWKWARD));
  copyFileSync(image, Buffer.concat([Buffer.from(join(folder, 'awkward/')), LATIN]));
  copyFileSync(image, join(folder, '.secret.tif'));
  copyFileSync(image, join(outside, 'outside.tif'));
  writeFileSync(join(folder, 'notes.txt'), 'These are no pictures but more than a few bytes.');
  writeFileSync(join(folder, 'photo.tif'), Buffer.from(`424d000000000000${'00'.repeat(40)}`, 'hex'));
  writeFileSync(join(folder, 'damaged.tif'), Buffer.from(`49492a0008000000${'ff'.repeat(40)}`, 'hex'));
  for (let index = 1; index <= ENTRIES_PER_PAGE + 5; index++)
    symlinkSync(image, join(folder, 'many', `scan${index}.tif`));
  symlinkSync(outside, join(folder, 'leak'));
  symlinkSync(join(outside, 'outside.tif'), join(folder, 'leak.tif'));
  symlinkSync(join(folder, 'sub'), join(folder, 'within'));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling.tif'));
  const config = loadConfig({ argv: [folder], env: {}, readFile: () => '', cores: 2 });
  application = await createApp({ config, log: silentLog });
});

after(async () => {
  await application.close();
  for (const path of [folder, outside]) rmSync(path, { recursive: true });
});

const get = (url: string, headers: Record<string, string> = {}) => application.app.inject({ url, headers });

async function page(url: string): Promise<string> {
  const answer = await get(url);
  assert.equal(answer.statusCode, 200, `${url}: ${answer.body}`);
  assert.match(String(answer.headers['content-type']), /^text\/html/);
  return answer.body;
}

/** What the page's cards lead to, entities undone. */
function cards(body: string): string[] {
  return [...body.matchAll(/class="card" href="(?<address>[^"]*)"/g)].map(({ groups }) =>
    (groups?.address ?? '').replaceAll('&#39;', "'").replaceAll('&amp;', '&'),
  );
}

describe('the gallery', () => {
  it('shows folders and images, nothing hidden, nothing outside the root and nothing that is no image', async () => {
    assert.deepEqual(cards(await page('/')), [
      './?folder=awkward',
      './?folder=empty',
      './?folder=many',
      './?folder=sub',
      'view/damaged.tif',
      'view/photo.tif',
      'view/picture.tif',
      './?folder=within',
    ]);
  });

  it('shows the size of an image and keeps the room for its thumbnail', async () => {
    const body = await page('/');
    assert.match(body, /1025 × 769/);
    assert.match(
      body,
      /<img src="iiif\/3\/picture.tif\/full\/!320,320\/0\/default.jpg" width="320" height="320" loading="lazy"/,
    );
  });

  it('says why an image cannot be shown, on a card without a picture', async () => {
    const body = await page('/');
    assert.match(body, /title="the image file is damaged"/);
    assert.match(body, /title="this kind of image is not supported: BMP"/);
    assert.equal(body.match(/<img /g)?.length, 1);
  });

  it('leads to every image that it shows, whatever bytes the name has', async () => {
    const body = await page('/?folder=awkward');
    const links = cards(body);
    assert.deepEqual(links, [`view/awkward/${encodeURIComponent(AWKWARD)}`, 'view/awkward/caf%E9.tif']);
    assert.match(body, /a\+b %2F;#\?ü&quot;&lt;&gt;&amp;&#39;\.tif/);
    assert.ok(!body.includes('"<>'));
    const thumbnails = [...body.matchAll(/<img src="(?<address>[^"]*)"/g)].map(({ groups }) => groups?.address ?? '');
    assert.equal(thumbnails.length, 2);
    for (const address of thumbnails) {
      assert.equal((await get(address.replaceAll('&#39;', "'"))).headers['content-type'], 'image/jpeg');
    }
    for (const link of links) assert.match(await page(link), /data-image="awkward\//);
  });

  it('leads to the description of each image, to the manifest of the folder and to the page about IIP', async () => {
    const body = await page('/?folder=awkward');
    const links = [...body.matchAll(/<a (?:class="service" )?href="(?<address>[^"]*)"/g)].map(({ groups }) =>
      (groups?.address ?? '').replaceAll('&#39;', "'"),
    );
    const described = [`awkward/${encodeURIComponent(AWKWARD)}`, 'awkward/caf%E9.tif'].map(
      (name) => `iiif/3/${name}/info.json`,
    );
    assert.deepEqual(links, ['./', 'mirador/awkward/manifest.json', 'iip', ...described]);
    for (const link of links) assert.equal((await get(link)).statusCode, 200, link);
    assert.match(await page('/?folder=sub'), /href="mirador\/sub\/collection\.json"/);
    assert.doesNotMatch(await page('/?folder=empty'), /Mirador/);
  });

  it('splits large folders into pages, in the order people count', async () => {
    const first = await page('/?folder=many');
    assert.equal(cards(first).length, ENTRIES_PER_PAGE);
    assert.deepEqual(cards(first).slice(8, 11), [
      'view/many/scan9.tif',
      'view/many/scan10.tif',
      'view/many/scan11.tif',
    ]);
    assert.match(first, /href="\.\/\?folder=many&amp;page=2" rel="next"/);
    const second = await page('/?folder=many&page=2');
    assert.equal(cards(second).length, 5);
    assert.match(second, /Page 2 of 2/);
    assert.deepEqual(cards(await page('/?folder=many&page=99')), cards(second));
  });

  it('tells what to do in an empty folder, and looks again', async () => {
    const body = await page('/?folder=empty');
    assert.match(body, /No images here yet/);
    assert.match(body, /data-refresh="3"/);
    assert.doesNotMatch(await page('/'), /data-refresh/);
  });

  it('says that samples are being drawn while they are', async () => {
    const part = join(folder, 'sub', `.mezzotint-${crypto.randomUUID()}.part`);
    writeFileSync(part, 'II');
    const body = await page('/?folder=sub');
    rmSync(part);
    assert.match(body, /The sample images are being drawn/);
    assert.doesNotMatch(await page('/?folder=sub'), /being drawn/);
  });

  it('shows no folder that is hidden, missing, no folder or outside the root', async () => {
    for (const path of [
      '.hidden',
      'missing',
      'picture.tif',
      'leak',
      'sub/../..',
      '..',
      '%2e%2e',
      'sub//deeper',
      'sub/',
      '/etc',
    ]) {
      const { statusCode, body } = await get(`/?folder=${path}`);
      assert.ok([400, 404].includes(statusCode), `${path}: ${statusCode}`);
      assert.ok(!body.includes(folder) && !body.includes('outside.tif'));
    }
  });

  it('refuses page numbers that are none', async () => {
    for (const number of ['0', '-1', '1.5', 'x', '', '99999999']) {
      assert.equal((await get(`/?page=${number}`)).statusCode, 400, number);
    }
  });
});

describe('the viewer page', () => {
  it('escapes the name of the image', async () => {
    const body = await page('/view/%3Cscript%3Ealert(1)%3C%2Fscript%3E%22.tif');
    assert.ok(!body.includes('<script>alert'));
    assert.match(body, /<h1 id="name">script&gt;&quot;\.tif<\/h1>/);
  });

  it('refuses names that no image can have', async () => {
    for (const path of ['a%2F..%2Fb.tif', '%2e%2e%2fb.tif', 'a%00.tif', 'a%5Cb.tif', '%zz.tif']) {
      assert.equal((await get(`/view/${path}`)).statusCode, 400, path);
    }
  });

  it('leads back to the folder of the image', async () => {
    assert.match(await page('/view/a%20b/c%26d/e.tif'), /id="back" class="button" href="\.\/\?folder=a%20b\/c%26d"/);
  });
});

describe('the Mirador page', () => {
  it('is there for each manifest and collection, and leads back to where its image or folder is seen', async () => {
    const backs = {
      'picture.tif/manifest.json': 'view/picture.tif',
      'damaged.tif/manifest.json': 'view/damaged.tif',
      'sub%2Fdeeper/manifest.json': './?folder=sub/deeper',
      'sub/collection.json': './?folder=sub',
      'manifest.json': './',
    };
    for (const [document, back] of Object.entries(backs)) {
      const body = await page(`/mirador/${document}`);
      assert.ok(body.includes(`id="back" class="button" href="${back}"`), document);
      assert.ok(body.includes(`data-manifest="presentation/3/${document}"`), document);
    }
  });

  it('is not there for anything else', async () => {
    for (const document of ['', 'picture.tif', 'picture.tif/info.json']) {
      assert.equal((await get(`/mirador/${document}`)).statusCode, 404, document);
    }
    assert.equal((await get('/mirador/..%2Fa/manifest.json')).statusCode, 400);
  });
});

describe('every page', () => {
  it('forbids inline scripts and styles, and has none but an empty style', async () => {
    for (const url of ['/', '/view/picture.tif', '/mirador/picture.tif/manifest.json']) {
      const { headers, body } = await get(url);
      assert.match(String(headers['content-security-policy']), /default-src 'self';.*style-src 'self' 'sha256-/);
      assert.doesNotMatch(body, /<script(?![^>]* src=)|<style[^>]*>(?!<)|<[^>]* style=|<[^>]* on[a-z]+=|unsafe/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
    }
  });

  it('reckons its addresses from the root, below whatever path a proxy has put it', async () => {
    for (const url of [
      '/',
      '/?folder=sub',
      '/iip?',
      '/fcgi-bin/iipsrv.fcgi',
      '/view/picture.tif',
      '/view/a/b%2Fc?d/e',
    ]) {
      const base = /<base href="(?<href>[^"]*)">/.exec(await page(url))?.groups?.href ?? '';
      assert.equal(new URL(base, `http://a${url}`).href, 'http://a/', url);
      assert.equal(new URL(base, `http://a/archive/images${url}`).href, 'http://a/archive/images/', url);
    }
    assert.equal((await get('/view/')).headers.location, '../');
  });

  it('loads only what there is, for ever under its version, and an hour without it', async () => {
    const pages = ['/', '/view/picture.tif', '/mirador/picture.tif/manifest.json'];
    const bodies = (await Promise.all(pages.map(page))).join('');
    const addresses = [...bodies.matchAll(/"(?<address>assets\/[^"]*)"/g)].map(({ groups }) => groups?.address ?? '');
    assert.equal(new Set(addresses).size, 9);
    for (const address of addresses) {
      const answer = await get(address);
      assert.equal(answer.statusCode, 200, address);
      assert.match(String(answer.headers['cache-control']), /immutable/);
      const again = await get(address, { 'if-none-match': String(answer.headers.etag) });
      assert.deepEqual([again.statusCode, again.body], [304, '']);
      assert.match(String((await get(address.split('?')[0] ?? '')).headers['cache-control']), /max-age=3600$/);
    }
  });

  it('has no other assets', async () => {
    for (const name of ['plugin.js', '..%2Fplugin.js', '%2e%2e/plugin.js', 'toString', 'style.css/x', '']) {
      assert.equal((await get(`/assets/${name}`)).statusCode, 404, name);
    }
  });
});

describe('markup', () => {
  it('never lets a text become markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const { markup } = html`<p title="${text}">${text}</p>`;
        assert.doesNotMatch(markup.slice(10, -4).replace('">', ''), /[<>"']/);
      }),
    );
  });
});

describe('addresses', () => {
  it('have UTF-8 names encoded as browsers do, and any byte exactly once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const bytes = Buffer.from(text).toString('latin1');
        assert.equal(toUrlPath(bytes), Buffer.from(text).toString().split('/').map(encodeURIComponent).join('/'));
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const decoded = toUrlPath(Buffer.from(bytes).toString('latin1')).replace(/%(..)/g, (_, hex: string) =>
          String.fromCharCode(Number.parseInt(hex, 16)),
        );
        assert.deepEqual(Buffer.from(decoded, 'latin1'), Buffer.from(bytes));
      }),
    );
  });
});
