import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ImageError } from '../../../image/errors.ts';
import { parseIdentifier } from '../../../image/identifier.ts';
import { pyramidOf } from '../../../image/pyramid.ts';
import { tileRequest } from '../../../protocols/tile-request.ts';
import { describeZoomify } from '../../../protocols/zoomify/describe.ts';
import { parseZoomify } from '../../../protocols/zoomify/parse.ts';
import { anyName, anySpellingOf, anyTextOf, ODD_NUMBERS, outcomeOf } from '../arbitraries.ts';
import { appOver, stubService } from '../stub-app.ts';

const number = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const PLAIN = /[^%?]/;

describe('the Zoomify grammar', () => {
  it('gives back every request that was printed, however its identifier is encoded', () => {
    const printed = anyName.chain((name) =>
      fc.tuple(fc.constant(name), anySpellingOf(name, PLAIN), number, number, number),
    );
    fc.assert(
      fc.property(printed, number, ([name, spelling, level, column, row], group) => {
        const identifier = parseIdentifier(name);
        assert.deepEqual(parseZoomify(`${spelling}/TileGroup${group}/${level}-${column}-${row}.jpg`), {
          kind: 'tile',
          request: tileRequest(identifier, { grid: 'halved-down', level, column, row }, 'jpeg'),
        });
        assert.deepEqual(parseZoomify(`${spelling}/ImageProperties.xml`), { kind: 'descriptor', identifier });
      }),
    );
  });

  it('never fails but deliberately', () => {
    const text = anyTextOf([
      'a',
      '/TileGroup',
      '/',
      '-',
      '0',
      '12',
      '.jpg',
      '/ImageProperties.xml',
      '%2F',
      '%',
      '%zz',
      '..',
    ]);
    fc.assert(
      fc.property(text, (rest) => void outcomeOf(() => parseZoomify(rest))),
      { numRuns: 2000 },
    );
  });

  it('has a defined outcome for every odd number in every place', () => {
    for (const place of ['x/TileGroup0/N-1-2.jpg', 'x/TileGroup0/0-N-2.jpg', 'x/TileGroup0/0-1-N.jpg']) {
      const accepted = ODD_NUMBERS.filter(
        (odd) => !(outcomeOf(() => parseZoomify(place.replace('N', odd))) instanceof ImageError),
      );
      assert.deepEqual(accepted, ['0', '00', '2147483647']);
    }
  });

  it('ends the identifier at the last TileGroup', () => {
    const parsed = parseZoomify('a/TileGroup0/b/TileGroup12%2F3-1-2.jpg');
    assert.equal(parsed.kind === 'tile' && parsed.request.identifier, 'a/TileGroup0/b');
  });
});

describe('Zoomify', () => {
  it('describes the image as the format prescribes', async () => {
    const images = stubService();
    const app = await appOver(images);
    const response = await app.inject('/fcgi-bin/iipsrv.fcgi?Zoomify=a/b.tif/ImageProperties.xml');
    const document =
      '<IMAGE_PROPERTIES WIDTH="1000" HEIGHT="700" NUMTILES="17" NUMIMAGES="1" VERSION="1.8" TILESIZE="256"/>';
    assert.equal(response.payload, document);
    assert.equal(response.headers['content-type'], 'application/xml');
    assert.equal((await app.inject('/zoomify/a/b.tif/ImageProperties.xml')).payload, document);
    assert.deepEqual(images.described, ['a/b.tif', 'a/b.tif']);
  });

  it('counts the tiles of the format, not those of the file', () => {
    const tile = { width: 256, height: 256 };
    const countOf = (width: number, height: number) =>
      /NUMTILES="(\d+)"/.exec(describeZoomify({ levels: pyramidOf([{ width, height, tile }]), tile }))?.[1];
    assert.equal(countOf(10_000, 8000), '1709');
    assert.equal(countOf(1024, 1024), '21');
    assert.equal(countOf(256, 256), '1');
    assert.equal(countOf(257, 1), '3');
  });

  it('serves tiles whatever their group is said to be', async () => {
    const images = stubService();
    const app = await appOver(images);
    assert.equal((await app.inject('/zoomify/a.tif/TileGroup99/2-3-1.jpg')).statusCode, 200);
    const expected = tileRequest(
      parseIdentifier('a.tif'),
      { grid: 'halved-down', level: 2, column: 3, row: 1 },
      'jpeg',
    );
    assert.deepEqual(images.requests, [expected]);
  });

  it('is 400 for malformed tiles and 404 for any other path', async () => {
    const images = stubService();
    const app = await appOver(images);
    const statuses: Record<string, number> = {
      'a/TileGroup/0-0-0.jpg': 400,
      'a/TileGroup0/0-0.jpg': 400,
      'a/TileGroup0/0_0_0.jpg': 400,
      'a/TileGroup0/-1-0-0.jpg': 400,
      'a/TileGroup0/0-0-0.png': 400,
      '/TileGroup0/0-0-0.jpg': 400,
      '/ImageProperties.xml': 400,
      'a%5cb/ImageProperties.xml': 400,
      'ImageProperties.xml': 404,
      'a/imageproperties.xml': 404,
      'a.tif': 404,
      '': 404,
    };
    for (const [rest, status] of Object.entries(statuses)) {
      assert.deepEqual([rest, (await app.inject(`/zoomify/${rest}`)).statusCode], [rest, status]);
    }
    assert.deepEqual([images.requests, images.described], [[], []]);
  });
});
