import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ImageError } from '../../../image/errors.ts';
import { parseIdentifier } from '../../../image/identifier.ts';
import { describeTileJson } from '../../../protocols/xyz/describe.ts';
import { parseXyz } from '../../../protocols/xyz/parse.ts';
import { anyName, anySpellingOf, anyTextOf, ODD_NUMBERS, outcomeOf } from '../arbitraries.ts';
import { appOver, BODY, DESCRIPTION, stubService } from '../stub-app.ts';

const number = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe('the XYZ grammar', () => {
  it('gives back every tile that was printed, however its identifier is encoded', () => {
    const printed = anyName.chain((name) =>
      fc.tuple(fc.constant(name), anySpellingOf(name, /[^%?]/), number, number, number),
    );
    fc.assert(
      fc.property(printed, ([name, spelling, level, column, row]) => {
        const parsed = parseXyz(`${spelling}/${level}/${column}/${row}.webp`);
        assert.ok(parsed.kind === 'tile');
        assert.equal(parsed.request.identifier, parseIdentifier(name));
        assert.deepEqual(parsed.request.region, { kind: 'tile', tile: { grid: 'padded', level, column, row } });
        assert.equal(parsed.request.format.type, 'webp');
        const document = parseXyz(`${spelling}/tilejson.json`);
        assert.deepEqual(document, { kind: 'tilejson', uri: spelling, identifier: parseIdentifier(name) });
      }),
    );
  });

  it('never fails but deliberately', () => {
    const text = anyTextOf(['a', '/', '0', '12', '.jpg', '.png', '%2F', '%', '..', '-', 'tilejson.json', '2147483648']);
    fc.assert(
      fc.property(text, (rest) => void outcomeOf(() => parseXyz(rest))),
      { numRuns: 2000 },
    );
  });

  it('has a defined outcome for every odd number in every place', () => {
    for (const place of ['x/N/1/2.jpg', 'x/0/N/2.jpg', 'x/0/1/N.jpg']) {
      const accepted = ODD_NUMBERS.filter(
        (odd) => !(outcomeOf(() => parseXyz(place.replace('N', odd))) instanceof ImageError),
      );
      assert.deepEqual(accepted, ['0', '00', '2147483647']);
    }
  });

  it('is 400 for malformed tiles and 404 for those that cannot be', async () => {
    const images = stubService();
    const app = await appOver(images);
    const statuses: Record<string, number> = {
      'a.tif/0/0/0.jpg': 200,
      'a.tif/0/0/0': 400,
      'a.tif/-1/0/0.jpg': 400,
      'a.tif/0/0/2147483648.jpg': 400,
      'a.tif/0/0/0.gif': 404,
      'a.tif/0.jpg': 404,
      'a.tif': 404,
      '': 404,
    };
    for (const [rest, status] of Object.entries(statuses)) {
      assert.deepEqual([rest, (await app.inject(`/tiles/${rest}`)).statusCode], [rest, status]);
    }
    assert.deepEqual(new Uint8Array((await app.inject('/tiles/a/0/0/0.jpg')).rawPayload), BODY);
  });
});

describe('TileJSON', () => {
  it('names the tiles by the address that the client used', async () => {
    const app = await appOver(stubService());
    const url = '/tiles/a%20b/c.tif/tilejson.json';
    const response = await app.inject({ url, headers: { host: 'images.example:8080' } });
    assert.equal(response.headers['content-type'], 'application/json');
    assert.deepEqual(response.json().tiles, ['http://images.example:8080/tiles/a%20b/c.tif/{z}/{x}/{y}.jpg']);
  });

  it('puts the image at the north-west corner of the world', () => {
    const document = JSON.parse(describeTileJson(DESCRIPTION, 'x'));
    assert.deepEqual([document.tilejson, document.minzoom, document.maxzoom], ['3.0.0', 0, 2]);
    // 1000 x 700 of 1024: longitude is linear, latitude 2 atan(exp(pi (1 - 2 y))) - pi / 2 (spherical Mercator)
    const [west, south, east, north] = document.bounds;
    assert.equal(west, -180);
    assert.equal(east, (1000 / 1024) * 360 - 180);
    assert.ok(Math.abs(south - -54.977613670696265) < 1e-9, String(south));
    assert.ok(Math.abs(north - 85.0511287798066) < 1e-12);
  });

  it('leaves no markup in the attribution', () => {
    const metadata = { text: { rights: '(c) <b>A & B</b>', title: 'A "map"' } };
    const document = JSON.parse(describeTileJson({ ...DESCRIPTION, metadata }, 'x'));
    assert.deepEqual([document.name, document.attribution], ['A "map"', '(c) &#60;b&#62;A &#38; B&#60;/b&#62;']);
  });
});
