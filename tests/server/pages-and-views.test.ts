import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { loadConfig } from '../../config/load-config.ts';
import { type Application, createApp } from '../../server/app.ts';
import { silentLog } from '../support/silent-log.ts';
import { positionPicture, tiledDirectory } from '../support/tiff-pictures.ts';
import { TYPE, writeTiff } from '../support/tiff-writer.ts';

const SIZE = { width: 90, height: 60 };
const TILE = { width: 64, height: 64 };
const PAGES = 5;

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-views-'));
const root = join(folder, 'images');
const opened: Application[] = [];

/** A single picture that tells its seed. */
function single(seed: number): Buffer {
  return writeTiff({ directories: [tiledDirectory(positionPicture(SIZE, 3, seed), TILE)] });
}

function text(value: string) {
  return { type: TYPE.ascii, values: [...Buffer.from(value), 0] };
}

function stack(): Buffer {
  const names = ['layer0', '"450" nm\\', 'layer2', 'layer3', 'layer4'];
  const directories = names.map((name, seed) =>
    tiledDirectory(positionPicture(SIZE, 3, seed), TILE, {
      tags: {
        254: { type: TYPE.long, values: [2] },
        269: text(name),
        37439: { type: TYPE.float, values: [new DataView(Float32Array.of(seed * 1.5).buffer).getUint32(0, true)] },
      },
      next: seed + 1 < names.length ? seed + 1 : -1,
    }),
  );
  return writeTiff({ directories });
}

async function start(env: Record<string, string> = {}): Promise<Application> {
  const config = loadConfig({ argv: [root], env, readFile: () => '', cores: 2 });
  const application = await createApp({ config, log: silentLog });
  opened.push(application);
  return application;
}

before(() => {
  mkdirSync(join(root, 'sub'), { recursive: true });
  writeFileSync(join(root, 'stack.tif'), stack());
  writeFileSync(join(root, 'plain.tif'), single(7));
  for (const [index, view] of ['000_090', '001_090', '010_090', '1000_090', '000_045', '001_045'].entries()) {
    writeFileSync(join(root, `sub/seq_pyr_${view}.tif`), single(index));
  }
  for (const odd of ['seq_pyr_2_090.tif', 'seq_pyr_0003_090.tif', 'seq_pyr_004_090.tiff', 'seqx_pyr_005_090.tif']) {
    writeFileSync(join(root, 'sub', odd), single(8));
  }
  writeFileSync(join(root, 'two_pyr_000_090.tif'), single(0));
  writeFileSync(join(root, 'two_pyr_000_090.tiff'), single(0));
  writeFileSync(join(root, 'late_pyr_001_090.tif'), single(0));
  writeFileSync(join(root, 'other-000_090.tif'), single(3));
  writeFileSync(join(folder, 'outside_pyr_000_090.tif'), single(0));
  symlinkSync('..', join(root, 'up'));
});

after(async () => {
  for (const application of opened) await application.close();
  rmSync(folder, { recursive: true });
});

/** The picture's seed, from the blue of its third sample. */
function seedOf(png: Buffer): number {
  const [, , blue = 0] = execFileSync('convert', ['-', '-depth', '8', 'rgb:-'], { input: png });
  return blue / 31;
}

describe('pages and views', () => {
  let application: Application;
  before(async () => {
    application = await start({ IIIF_DELIMITER: ';p=' });
  });

  const get = (url: string) => application.app.inject(url);
  const seedAt = async (url: string) => {
    const answer = await get(url);
    assert.equal(answer.statusCode, 200, `${url}: ${answer.body}`);
    return seedOf(answer.rawPayload);
  };
  const statusOf = async (url: string) => (await get(url)).statusCode;
  const line = async (query: string) => (await get(`/iip?${query}`)).payload.trimEnd();

  it('are chosen by SDS, JTLS and the delimiter of IIIF, also on single levels', async () => {
    for (let page = 0; page < PAGES; page++) {
      assert.equal(await seedAt(`/iip?FIF=stack.tif&SDS=${page}&PTL=0,0`), page);
      assert.equal(await seedAt(`/iip?FIF=stack.tif&SDS=${page},90&CVT=png`), page);
      assert.equal(await seedAt(`/iiif/3/stack.tif;p=${page}/full/max/0/default.png`), page);
    }
    assert.equal(await seedAt('/iip?FIF=stack.tif&PTL=0,0'), 0);
    assert.equal(await seedAt('/iiif/2/stack.tif/full/full/0/default.png'), 0);
    assert.equal(
      (await get('/iip?FIF=stack.tif&JTLS=3,0,0,90')).headers.etag,
      (await get('/iip?FIF=stack.tif&SDS=3&JTL=0,0')).headers.etag,
    );
  });

  it('have an entity tag and a cache entry each, the first that of no page at all', async () => {
    const tags = await Promise.all(
      ['', '&SDS=0', '&SDS=0,45', '&SDS=1', '&SDS=2'].map(
        async (page) => (await get(`/iip?FIF=stack.tif${page}&JTL=0,0`)).headers.etag,
      ),
    );
    assert.equal(new Set(tags).size, 3);
    assert.equal(new Set(tags.slice(0, 3)).size, 1);
  });

  it('do not exist beyond the last, or behind a delimiter that no number follows', async () => {
    for (const page of ['5', '999999999', '9999999999', 'x', '', '-1', '1.0', ' 1']) {
      assert.equal(await statusOf(`/iiif/3/stack.tif;p=${encodeURIComponent(page)}/full/max/0/default.png`), 404, page);
      assert.equal(await statusOf(`/iiif/3/stack.tif;p=${encodeURIComponent(page)}/info.json`), 404, page);
    }
    assert.equal(await statusOf('/iip?FIF=stack.tif&SDS=5&JTL=0,0'), 404);
    assert.equal(await statusOf('/iip?FIF=plain.tif&SDS=1&JTL=0,0'), 404);
    assert.equal(await statusOf('/iip?FIF=plain.tif&SDS=0&JTL=0,0'), 200);
    assert.equal(await statusOf('/iip?FIF=plain.tif&SDS=x&JTL=0,0'), 400);
    assert.equal(await statusOf('/iip?FIF=plain.tif&SDS=1,2,3&JTL=0,0'), 400);
    assert.equal(await statusOf('/iip?FIF=plain.tif&JTLS=0,0,0'), 400);
  });

  it('keep the delimiter in the id of info.json', async () => {
    const { id } = (await get('/iiif/3/stack.tif;p=2/info.json')).json();
    assert.match(id, /\/iiif\/3\/stack\.tif;p=2$/);
  });

  it('are listed by IIP', async () => {
    assert.equal(
      await line('FIF=stack.tif&OBJ=Horizontal-views&OBJ=Vertical-views'),
      'Horizontal-views:0 1 2 3 4\r\nVertical-views:90',
    );
    assert.equal(
      await line('FIF=plain.tif&OBJ=Horizontal-views&OBJ=Vertical-views'),
      'Horizontal-views:0\r\nVertical-views:90',
    );
    assert.equal(
      await line('FIF=sub/seq&OBJ=Horizontal-views&OBJ=Vertical-views'),
      'Horizontal-views:0 1 10 1000\r\nVertical-views:45 90',
    );
  });

  it('are described by OBJ=stack with names and scales, as JSON in white space of its own', async () => {
    const answer = await get('/iip?FIF=stack.tif&OBJ=stack');
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.ok(
      answer.payload.startsWith(
        '[ \n\t{\n\t\t"id": 0,\n\t\t"name": "layer0",\n\t\t"scale": 0\n\t},\n\t{\n\t\t"id": 1,\n',
      ),
    );
    assert.ok(answer.payload.endsWith('\n\t}\n]\r\n'));
    assert.deepEqual(answer.json()[1], { id: 1, name: '"450" nm\\', scale: 1.5 });
    assert.equal(await statusOf('/iip?FIF=plain.tif&OBJ=stack'), 400);
  });

  it('of a sequence are its files, the second angle 90 unless it is given', async () => {
    assert.equal(await seedAt('/iip?FIF=sub/seq&PTL=0,0'), 0);
    assert.equal(await seedAt('/iip?FIF=sub/seq&SDS=1&PTL=0,0'), 1);
    assert.equal(await seedAt('/iip?FIF=sub/seq&SDS=10,90&PTL=0,0'), 2);
    assert.equal(await seedAt('/iip?FIF=sub/seq&SDS=1000&PTL=0,0'), 3);
    assert.equal(await seedAt('/iip?FIF=sub/seq&SDS=0,45&PTL=0,0'), 4);
    assert.equal(await seedAt('/iip?FIF=sub/seq&SDS=1,45&PTL=0,0'), 5);
    assert.equal(await seedAt('/iiif/3/sub%2Fseq;p=10/full/max/0/default.png'), 2);
    assert.equal(await statusOf('/iip?FIF=sub/seq&SDS=2&PTL=0,0'), 404);
    assert.equal(await statusOf('/iip?FIF=sub/seq&SDS=3&PTL=0,0'), 404);
    assert.equal(await statusOf('/iip?FIF=sub/seq&SDS=1,0&PTL=0,0'), 404);
  });

  it('of a sequence need one file for the usual view, inside the root', async () => {
    for (const name of ['two', 'late', 'up/outside', 'sub', 'sub/', 'nothing', 'sub/seq_pyr_000_090']) {
      assert.equal(await statusOf(`/iiif/3/${encodeURIComponent(name)}/info.json`), 404, name);
    }
  });

  it('of a sequence are named as FILENAME_PATTERN says', async () => {
    const other = await start({ FILENAME_PATTERN: '-', SOURCE_CHECK_INTERVAL: '0' });
    const answer = await other.app.inject('/iip?FIF=other&PTL=0,0');
    assert.equal(seedOf(answer.rawPayload), 3);
    assert.equal((await other.app.inject('/iip?FIF=sub/seq&PTL=0,0')).statusCode, 404);
    writeFileSync(join(root, 'other-004_090.tif'), single(4));
    const views = await other.app.inject('/iip?FIF=other&OBJ=Horizontal-views');
    assert.equal(views.payload, 'Horizontal-views:0 4\r\n');
  });

  it('have no meaning in IIIF without a delimiter', async () => {
    const plain = await start();
    assert.equal((await plain.app.inject('/iiif/3/stack.tif;p=1/info.json')).statusCode, 404);
  });

  it('have a canvas each in a manifest, whose picture is that of the view', async () => {
    for (const env of [{}, { IIIF_DELIMITER: ';' }]) {
      const { app } = await start(env);
      const manifest = (
        await app.inject({ url: '/presentation/3/sub/seq/manifest.json', headers: { host: 'x' } })
      ).json();
      const labels = manifest.items.map(({ label }: { label: { none: string[] } }) => label.none[0]);
      assert.deepEqual(labels, ['0°', '1°', '10°', '1000°']);
      for (const [index, x] of [0, 1, 10, 1000].entries()) {
        const { width, height, items } = manifest.items[index];
        assert.deepEqual({ width, height }, SIZE);
        const { pathname, search } = new URL(items[0].items[0].body.id);
        const picture = await app.inject(`${pathname}${search}`);
        const view = await app.inject(`/iip?FIF=sub/seq&SDS=${x},90&CVT=jpeg`);
        assert.equal(picture.statusCode, 200);
        assert.deepEqual(picture.rawPayload, view.rawPayload);
      }
    }
  });

  it('are found or not, but never fail otherwise, whatever the numbers', async () => {
    const angle = fc.integer({ min: 0, max: 1100 });
    await fc.assert(
      fc.asyncProperty(angle, angle, async (x, y) => {
        const exists = [
          [0, 90],
          [1, 90],
          [10, 90],
          [1000, 90],
          [0, 45],
          [1, 45],
        ].some(([a, b]) => a === x && b === y);
        assert.equal(await statusOf(`/iip?FIF=sub/seq&SDS=${x},${y}&JTL=0,0`), exists ? 200 : 404);
        assert.equal(await statusOf(`/iip?FIF=stack.tif&SDS=${x},${y}&JTL=0,0`), x < PAGES ? 200 : 404);
      }),
      {
        numRuns: 60,
        examples: [
          [1, 45],
          [0, 0],
          [4, 1],
        ],
      },
    );
  });
});
