import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ImageError } from '../../../image/errors.ts';
import { parseIdentifier } from '../../../image/identifier.ts';
import type { ImageRequest } from '../../../image/request.ts';
import { type IiifVersion, qualitiesOf } from '../../../protocols/iiif/offers.ts';
import { type IiifGrammar, parseIiif } from '../../../protocols/iiif/parse.ts';
import { anyName, anySpellingOf, anyTextOf, ODD_NUMBERS, outcomeOf } from '../arbitraries.ts';

const grammarOf = (version: IiifVersion): IiifGrammar => ({
  version,
  pageDelimiter: '',
  qualities: qualitiesOf(false),
});
const VERSION_3 = grammarOf(3);

const length = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const percent = fc.integer({ min: 1, max: 999_999 }).map((tenths) => tenths / 10_000);
const size = fc.record({ width: length, height: length });

const anyRegion: fc.Arbitrary<ImageRequest['region']> = fc.oneof(
  fc.constantFrom({ kind: 'full' as const }, { kind: 'square' as const }),
  fc.record({
    kind: fc.constant('pixels' as const),
    rect: fc.record({ x: length, y: length, width: length, height: length }),
  }),
  fc.tuple(percent, percent, percent, percent).map(([x, y, width, height]) => ({
    kind: 'fraction' as const,
    part: { x: x / 100, y: y / 100, width: width / 100, height: height / 100 },
  })),
);

const anyScale: fc.Arbitrary<ImageRequest['scale']> = fc.oneof(
  fc.constant({ kind: 'max' as const }),
  percent.map((value) => ({ kind: 'factor' as const, factor: value / 100 })),
  fc.record({ kind: fc.constantFrom('width' as const, 'height' as const), pixels: length }),
  fc.record({ kind: fc.constant('exact' as const), size }),
  fc.record({ kind: fc.constant('fit' as const), within: size }),
);

const anyRequest: fc.Arbitrary<ImageRequest> = fc.record({
  identifier: anyName.map(parseIdentifier),
  region: anyRegion,
  scale: anyScale,
  upscale: fc.boolean(),
  oversize: fc.constant('refuse' as const),
  rotation: fc.record({
    mirror: fc.boolean(),
    degrees: fc.oneof(
      fc.constantFrom(0, 90, 180, 270),
      fc.integer({ min: 1, max: 3599 }).map((tenths) => tenths / 10),
    ),
  }),
  quality: fc.constantFrom('default' as const, 'color' as const, 'gray' as const, 'bitonal' as const),
  format: fc
    .constantFrom('jpeg' as const, 'png' as const, 'webp' as const, 'avif' as const, 'tiff' as const)
    .map((type) => ({ type })),
});

function decimal(fraction: number): string {
  return (fraction * 100).toFixed(4);
}

function printRegion(region: ImageRequest['region']): string {
  if (region.kind === 'pixels') return `${region.rect.x},${region.rect.y},${region.rect.width},${region.rect.height}`;
  if (region.kind !== 'fraction') return region.kind;
  const { x, y, width, height } = region.part;
  return `pct:${[x, y, width, height].map(decimal).join(',')}`;
}

function printScale(scale: ImageRequest['scale']): string {
  if (scale.kind === 'factor') return `pct:${decimal(scale.factor)}`;
  if (scale.kind === 'width') return `${scale.pixels},`;
  if (scale.kind === 'height') return `,${scale.pixels}`;
  if (scale.kind === 'exact') return `${scale.size.width},${scale.size.height}`;
  if (scale.kind === 'fit') return `!${scale.within.width},${scale.within.height}`;
  return 'max';
}

function printParameters({ region, scale, upscale, rotation, quality, format }: ImageRequest): string {
  const { type } = format;
  const extension = type === 'jpeg' ? 'jpg' : type === 'tiff' ? 'tif' : type;
  const turn = `${rotation.mirror ? '!' : ''}${rotation.degrees}`;
  return `${printRegion(region)}/${upscale ? '^' : ''}${printScale(scale)}/${turn}/${quality}.${extension}`;
}

describe('the IIIF grammar', () => {
  it('gives back every version 3 request that was printed, however its identifier is encoded', () => {
    const printed = anyRequest.chain((request) =>
      anySpellingOf(request.identifier, /[^%?]/).map(
        (name) => [request, `${name}/${printParameters(request)}`] as const,
      ),
    );
    fc.assert(
      fc.property(printed, ([request, text]) => {
        const parsed = parseIiif(text, VERSION_3);
        assert.equal(parsed.kind, 'image');
        assert.deepEqual(parsed.kind === 'image' && parsed.request, structuredClone(request));
      }),
    );
  });

  it('takes percent-encoded parameters for the plain ones', () => {
    assert.deepEqual(
      parseIiif('a/pct%3A0%2C0%2C50%2C50/%5E%21200%2C200/%2190/default%2Ejpg', VERSION_3),
      parseIiif('a/pct:0,0,50,50/^!200,200/!90/default.jpg', VERSION_3),
    );
  });

  it('never fails but deliberately', () => {
    const text = anyTextOf([
      'full',
      'square',
      'pct:',
      ',',
      '/',
      '/',
      '^',
      '!',
      'max',
      '0',
      '12',
      '.',
      '%2F',
      '%',
      '%zz',
      'default',
      '.jpg',
      'info.json',
      '..',
      '\\',
    ]);
    fc.assert(
      fc.property(text, fc.constantFrom<IiifVersion>(2, 3), (rest, version) => {
        outcomeOf(() => parseIiif(rest, grammarOf(version)));
      }),
      { numRuns: 2000 },
    );
  });

  it('has a defined outcome for every odd number in every place', () => {
    const places = [
      'x/N,0,9,9/max/0',
      'x/0,N,9,9/max/0',
      'x/0,0,N,9/max/0',
      'x/0,0,9,N/max/0',
      'x/pct:N,0,9,9/max/0',
      'x/pct:0,0,N,9/max/0',
      'x/full/N,/0',
      'x/full/,N/0',
      'x/full/9,N/0',
      'x/full/N,9/0',
      'x/full/!N,9/0',
      'x/full/!9,N/0',
      'x/full/pct:N/0',
      'x/full/^pct:N/0',
      'x/full/max/N',
      'x/full/max/!N',
    ];
    const accepted = places.map((place) =>
      ODD_NUMBERS.filter(
        (number) =>
          !(outcomeOf(() => parseIiif(`${place.replace('N', number)}/default.jpg`, VERSION_3)) instanceof ImageError),
      ),
    );
    const offset = ['0', '00', '2147483647'];
    const extent = ['2147483647'];
    const decimalOffset = ['0', '00', '1.0', '2147483647'];
    const side = ['2147483647'];
    const openSide = ['', '2147483647'];
    assert.deepEqual(accepted, [
      offset,
      offset,
      extent,
      extent,
      decimalOffset,
      ['1.0', '2147483647'],
      side,
      side,
      openSide,
      openSide,
      side,
      side,
      ['1.0'],
      ['1.0', '2147483647'],
      ['0', '00', '1.0'],
      ['0', '00', '1.0'],
    ]);
  });

  it('refuses paths that end in too few parameters', () => {
    for (const text of [
      'x.tif/full',
      'x.tif/square/max',
      'x.tif/full/0',
      'x.tif/full/max/0',
      'x.tif/full/max/default.jpg',
      'x.tif/full/max/typo',
      'x.tif/0,0,512,512/256,/0',
      'x.tif/%66ull/0/default.jpg',
      'x.tif/max/0/default.jpg',
      'full/max/0/default.jpg',
    ]) {
      assert.throws(() => parseIiif(text, VERSION_3), /too few parameters/, text);
    }
  });

  it('takes a number before the name of an image file for parameters, but not when numbers come before it', () => {
    assert.throws(() => parseIiif('x.tif/foo/bar/!90/baz.png', VERSION_3), /^Error: region/);
    assert.equal(parseIiif('archive/2019/5/12/x.tif', VERSION_3).kind, 'base');
    assert.equal(parseIiif('archive/maps/paris/03/x.tif', VERSION_3).kind, 'base');
  });

  it('takes names of folders that parameters also have for folders', () => {
    for (const text of [
      'maps/full/paris.tif',
      'a/b/square/c.tif',
      'maps/a,b,c,d.tif',
      'photos/0/default.jpg',
      'max/full.tif',
      'full',
    ]) {
      assert.equal(parseIiif(text, VERSION_3).kind, 'base', text);
    }
  });

  it('keeps identifiers with slashes whole, encoded or not', () => {
    const identifierOf = (text: string) => {
      const parsed = parseIiif(text, VERSION_3);
      return [parsed.kind, parsed.kind === 'image' ? parsed.request.identifier : parsed.identifier, parsed.uri];
    };
    assert.deepEqual(identifierOf('ark:/12025/x/full/max/0/default.jpg'), ['image', 'ark:/12025/x', 'ark:/12025/x']);
    assert.deepEqual(identifierOf('a%2Fb/info.json'), ['info', 'a/b', 'a%2Fb']);
    assert.deepEqual(identifierOf('2019/05/12/03/x.tif'), ['base', '2019/05/12/03/x.tif', '2019/05/12/03/x.tif']);
    assert.deepEqual(identifierOf('a%2Ffull%2Fmax%2F0%2Fdefault.jpg'), [
      'base',
      'a/full/max/0/default.jpg',
      'a%2Ffull%2Fmax%2F0%2Fdefault.jpg',
    ]);
    assert.deepEqual(identifierOf('x.tif/'), ['base', 'x.tif', 'x.tif']);
    assert.deepEqual(identifierOf('//evil.example'), ['base', '//evil.example', '//evil.example']);
  });
});
