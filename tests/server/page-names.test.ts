import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { writePositionPyramid } from '../support/position-picture.ts';
import { silentLog } from '../support/silent-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-page-names-'));
let application: Application;

/** Each file, and each page of the stack, is told by its width. */
function draw(name: string, width: number): string {
  const [plain, path] = [join(folder, 'plain'), join(folder, name)];
  writePositionPyramid(plain, { width, height: 50 }, []);
  execFileSync('mv', [plain, path]);
  return path;
}

before(async () => {
  const pages = [100, 101, 102].map((width) => draw(`page${width}.tif`, width));
  for (const page of pages) execFileSync('tiffset', ['-s', '254', '2', page]);
  execFileSync('tiffcp', [...pages, join(folder, 'stack')], { stdio: 'pipe' });
  for (const page of pages) rmSync(page);
  draw('stack;1', 201);
  draw('stack;7', 207);
  draw('alone;2', 302);
  draw('odd;x', 400);
  const config = loadConfig({ argv: [folder], env: { IIIF_DELIMITER: ';' }, readFile: () => '', cores: 2 });
  application = await createApp({ config, log: silentLog });
});

after(async () => {
  await application.close();
  rmSync(folder, { recursive: true });
});

const get = (url: string) => application.app.inject({ url, headers: { host: 'x' } });

describe('names with the delimiter of pages in them', () => {
  const WIDTHS: Record<string, number | string> = {
    stack: 100,
    'stack;2': 102,
    'stack%3B2': 102,
    'stack;1': 101, // the page comes before the file of that name
    'stack;1;0': 201,
    'stack;7': 207, // there is no such page
    'stack;8': 'no such page: 8 of 3',
    'alone;2': 302,
    'alone%3b2': 302,
    'alone;2;0': 302,
    'alone;3': 'no such image',
    'odd;x': 400,
  };

  for (const [name, expected] of Object.entries(WIDTHS)) {
    it(`mean a page where there is one, else the file: ${name}`, async () => {
      const info = await get(`/iiif/3/${name}/info.json`);
      const picture = await get(`/iiif/3/${name}/full/10,/0/default.jpg`);
      if (typeof expected === 'string') {
        for (const answer of [info, picture])
          assert.deepEqual([answer.statusCode, answer.json().message], [404, expected]);
      } else {
        assert.deepEqual([info.json().width, info.json().id], [expected, `http://x/iiif/3/${name}`]);
        assert.equal(picture.statusCode, 200);
      }
    });
  }

  it('are written so that they mean the file in manifests, in the gallery and in the viewer', async () => {
    const { items } = (await get('/presentation/3/manifest.json')).json();
    for (const canvas of items) {
      const { id } = canvas.items[0].items[0].body.service[0];
      const info = (await get(`${new URL(id).pathname}/info.json`)).json();
      assert.deepEqual([id, info.width], [id, canvas.width]);
    }
    assert.equal(items.length, 5);
    const gallery = (await get('/')).body;
    assert.match(gallery, /src="iiif\/3\/stack%3B1%3B0\/full\//);
    assert.match(gallery, /href="iiif\/3\/stack\/info\.json"/);
    assert.match((await get('/view/stack%3B1')).body, /data-iiif-name="stack%3B1%3B0"/);
  });
});
