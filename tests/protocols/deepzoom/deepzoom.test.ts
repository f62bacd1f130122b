import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ImageError } from '../../../image/errors.ts';
import { parseIdentifier } from '../../../image/identifier.ts';
import { parseDeepZoom } from '../../../protocols/deepzoom/parse.ts';
import { tileRequest } from '../../../protocols/tile-request.ts';
import { anyName, anySpellingOf, anyTextOf, ODD_NUMBERS, outcomeOf } from '../arbitraries.ts';
import { appOver, BODY, DESCRIPTION, stubService, VALIDATORS } from '../stub-app.ts';

const number = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const PLAIN = /[^%?]/;

describe('the Deep Zoom grammar', () => {
  it('gives back every request that was printed, however its identifier is encoded', () => {
    const extension = fc.constantFrom(
      ['jpg', 'jpeg'],
      ['jpeg', 'jpeg'],
      ['png', 'png'],
      ['webp', 'webp'],
      ['avif', 'avif'],
    );
    const printed = anyName.chain((name) =>
      fc.tuple(fc.constant(name), anySpellingOf(name, PLAIN), extension, number, number, number),
    );
    fc.assert(
      fc.property(printed, ([name, spelling, [ending, type], level, column, row]) => {
        const parsed = parseDeepZoom(`${spelling}_files/${level}/${column}_${row}.${ending}`, 0);
        assert.equal(parsed.kind, 'tile');
        const identifier = parseIdentifier(name);
        const expected = tileRequest(
          identifier,
          { grid: 'halved-up', level, column, row, overlap: 0 },
          type === 'jpeg' ? 'jpeg' : 'png',
        );
        assert.deepEqual(parsed.kind === 'tile' && parsed.request, { ...expected, format: { type } });
        assert.deepEqual(parseDeepZoom(`${spelling}.dzi`, 0), { kind: 'descriptor', identifier });
      }),
    );
  });

  it('never fails but deliberately', () => {
    const text = anyTextOf([
      'a',
      '_files',
      '/',
      '_',
      '0',
      '12',
      '.jpg',
      '.dzi',
      '%2F',
      '%',
      '%zz',
      '..',
      '-',
      '2147483648',
    ]);
    fc.assert(
      fc.property(text, (rest) => void outcomeOf(() => parseDeepZoom(rest, 0))),
      { numRuns: 2000 },
    );
  });

  it('has a defined outcome for every odd number in every place', () => {
    for (const place of ['x_files/N/1_2.jpg', 'x_files/0/N_2.jpg', 'x_files/0/1_N.jpg']) {
      const accepted = ODD_NUMBERS.filter(
        (odd) => !(outcomeOf(() => parseDeepZoom(place.replace('N', odd), 0)) instanceof ImageError),
      );
      assert.deepEqual(accepted, ['0', '00', '2147483647']);
    }
  });

  it('ends the identifier at the last _files', () => {
    const parsed = parseDeepZoom('a_files/b_files%2F9/1_2.png', 0);
    assert.equal(parsed.kind === 'tile' && parsed.request.identifier, 'a_files/b');
  });
});

describe('Deep Zoom', () => {
  it('describes the image as the format prescribes', async () => {
    const images = stubService();
    const app = await appOver(images);
    const response = await app.inject('/deepzoom/a/b.tif.dzi?x=1');
    assert.equal(
      response.payload,
      '<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" TileSize="256" Overlap="0" Format="jpg"><Size Width="1000" Height="700"/></Image>',
    );
    assert.equal(response.headers['content-type'], 'application/xml');
    assert.deepEqual(images.described, ['a/b.tif']);
    const { etag, 'last-modified': since } = response.headers;
    const again = await app.inject({ url: '/deepzoom/a/b.tif.dzi', headers: { 'if-none-match': String(etag) } });
    assert.equal(again.statusCode, 304);
    const later = await app.inject({ url: '/deepzoom/a/b.tif.dzi', headers: { 'if-modified-since': String(since) } });
    assert.equal(later.statusCode, 304);
  });

  it('advertises the width of tiles that are not square', async () => {
    const app = await appOver(stubService({ ...DESCRIPTION, tile: { width: 512, height: 128 } }));
    assert.match((await app.inject('/deepzoom/a.dzi')).payload, / TileSize="512" /);
  });

  it('advertises the overlap that its tiles have', async () => {
    const images = stubService();
    const app = await appOver(images, { deepZoomOverlap: 1 });
    assert.match((await app.inject('/deepzoom/a.xml')).payload, / Overlap="1" /);
    await app.inject('/deepzoom/a_files/10/3_2.png');
    assert.deepEqual(images.requests[0]?.region, {
      kind: 'tile',
      tile: { grid: 'halved-up', level: 10, column: 3, row: 2, overlap: 1 },
    });
  });

  it('serves tiles under its own address and that of iipsrv', async () => {
    const images = stubService();
    const app = await appOver(images);
    for (const url of ['/deepzoom/a.tif_files/10/3_2.jpg?x', '/fcgi-bin/iipsrv.fcgi?DEEPZOOM=a.tif_files/10/3_2.jpg']) {
      const response = await app.inject(url);
      assert.deepEqual([response.statusCode, new Uint8Array(response.rawPayload)], [200, BODY]);
      assert.equal(response.headers.etag, VALIDATORS.etag);
    }
    const expected = tileRequest(
      parseIdentifier('a.tif'),
      { grid: 'halved-up', level: 10, column: 3, row: 2, overlap: 0 },
      'jpeg',
    );
    assert.deepEqual(images.requests, [expected, expected]);
  });

  it('is 400 for malformed tiles and 404 for those that cannot be', async () => {
    const images = stubService();
    const app = await appOver(images);
    const statuses: Record<string, number> = {
      'a.tif_files/10/3_2': 400,
      'a.tif_files/10/3-2.jpg': 400,
      'a.tif_files/10/3_2.jpg/': 400,
      'a.tif_files/-1/0_0.jpg': 400,
      'a.tif_files/2147483648/0_0.jpg': 400,
      '_files/0/0_0.jpg': 400,
      '.dzi': 400,
      '..%2Fa.dzi': 400,
      'a%zz.dzi': 400,
      'a.tif_files/10/3_2.gif': 404,
      'a.tif_files/10/3_2.constructor': 404,
      'a.tif': 404,
      'a.tif.DZI': 404,
      '': 404,
    };
    for (const [rest, status] of Object.entries(statuses)) {
      assert.deepEqual([rest, (await app.inject(`/deepzoom/${rest}`)).statusCode], [rest, status]);
    }
    assert.deepEqual([images.requests, images.described], [[], []]);
  });
});
