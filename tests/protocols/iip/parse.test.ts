import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ImageError, MalformedRequest } from '../../../image/errors.ts';
import { parseIdentifier } from '../../../image/identifier.ts';
import type { ImageRequest } from '../../../image/request.ts';
import { IipError } from '../../../protocols/iip/errors.ts';
import { parseIip } from '../../../protocols/iip/parse.ts';
import { anyName, anySpellingOf, anyTextOf, ODD_NUMBERS, outcomeOf } from '../arbitraries.ts';

const number = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const side = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const share = fc.double({ min: 1e-9, max: 1, noNaN: true });

const BASE = { upscale: false, oversize: 'reduce', quality: 'default', scale: { kind: 'max' } } as const;

function pictureOf(query: string): ImageRequest {
  const parsed = parseIip(query);
  assert.equal(parsed.kind, 'picture');
  return parsed.kind === 'picture' ? parsed.request : assert.fail();
}

function formatOf(query: string): ImageRequest['format'] {
  return pictureOf(`FIF=a&${query}`).format;
}

function faultsOf(query: string): string[] {
  const error = outcomeOf(() => parseIip(query));
  assert.ok(error instanceof IipError, query);
  return error.faults.map(({ code, argument }) => `${code} ${argument}`);
}

describe('the IIP grammar', () => {
  it('gives back every tile that was printed, however its path is encoded', () => {
    const printed = anyName.chain((name) => fc.tuple(fc.constant(name), anySpellingOf(name, /[^%&+]/), number, number));
    const turn = fc.record({ mirror: fc.boolean(), turns: fc.integer({ min: -9, max: 9 }) });
    fc.assert(
      fc.property(printed, turn, ([name, spelling, level, index], { mirror, turns }) => {
        const query = `fif=${spelling}&ROT=${mirror ? '!' : ''}${turns * 90}&jTl=${level},${index}`;
        assert.deepEqual(pictureOf(query), {
          ...BASE,
          identifier: parseIdentifier(name),
          region: { kind: 'tile', tile: { grid: 'stored', level, index } },
          rotation: { mirror, degrees: (((turns % 4) + 4) % 4) * 90 },
          format: { type: 'jpeg' },
        });
      }),
    );
  });

  it('takes the depth of samples beside any quality', () => {
    assert.deepEqual(formatOf('DPT=native&QLT=lzw:1&CVT=tiff'), {
      type: 'tiff',
      quality: 1,
      compression: 'lzw',
      depth: 'native',
    });
    assert.deepEqual(formatOf('QLT=50&CVT=gif'), { type: 'gif' }, 'which has no quality');
    assert.deepEqual(formatOf('dpt=NATIVE&PTL=0,0'), { type: 'png', depth: 'native' });
    assert.deepEqual(formatOf('DPT=native&DPT=8&CVT=png'), { type: 'png', depth: 8 });
    for (const argument of ['16', '08', '-1', 'NaN', 'natives']) {
      assert.match(String(outcomeOf(() => parseIip(`FIF=a&DPT=${argument}&CVT=png`))), /DPT.*8 or native/);
    }
  });

  it('gives back every export that was printed, as JavaScript prints numbers', () => {
    fc.assert(
      fc.property(fc.tuple(share, share, share, share), side, side, ([x, y, width, height], wid, hei) => {
        assert.deepEqual(pictureOf(`FIF=a&RGN=${x},${y},${width},${height}&WID=${wid}&HEI=${hei}&CVT=png`), {
          ...BASE,
          upscale: true,
          identifier: 'a',
          region: { kind: 'fraction', part: { x, y, width, height } },
          scale: { kind: 'fit', within: { width: wid, height: hei } },
          rotation: { mirror: false, degrees: 0 },
          format: { type: 'png' },
        });
      }),
    );
  });

  it('never fails but deliberately', () => {
    const text = anyTextOf([
      'FIF=a',
      'OBJ=',
      'Max-size',
      'JTL=',
      'CVT=',
      'jpeg',
      'WID=',
      'RGN=',
      'ROT=',
      'QLT=',
      '&',
      '&',
      '=',
      ',',
      '0',
      '1.5',
      '-1',
      ':',
      '%',
      '%zz',
      '%00',
      '..',
      '!',
      'foo',
    ]);
    fc.assert(
      fc.property(text, (query) => void outcomeOf(() => parseIip(query))),
      { numRuns: 3000 },
    );
  });

  it('has a defined outcome for every odd number in every place', () => {
    const accepted = (query: string) =>
      ODD_NUMBERS.filter(
        (odd) => !(outcomeOf(() => parseIip(`FIF=a&${query.replace('#', odd)}&CVT=jpg`)) instanceof ImageError),
      );
    const whole = ['0', '00', '2147483647'];
    const real = ['0', '-1', '1e9', '00', '+1', '1.0', '2147483647', '2147483648'];
    const positive = real.filter((text) => Number(text) > 0);
    assert.deepEqual(accepted('JTL=#,0'), whole);
    assert.deepEqual(accepted('JTL=0,#'), whole);
    assert.deepEqual(accepted('WID=#'), ['', ...whole]);
    assert.deepEqual(accepted('HEI=#'), ['', ...whole]);
    assert.deepEqual(accepted('QLT=#'), ['', '0', '-1', '00', '2147483647']);
    assert.deepEqual(accepted('QLT=lzw:#'), ['0', '-1', '00', '2147483647']);
    assert.deepEqual(accepted('ROT=#'), ['', ...real]);
    assert.deepEqual(accepted('RGN=#,0,1,1'), real);
    assert.deepEqual(accepted('RGN=0,#,1,1'), real);
    assert.deepEqual(accepted('RGN=0,0,#,1'), positive);
    assert.deepEqual(accepted('RGN=0,0,1,#'), positive);
  });

  it('refuses what is malformed by the name of the command', () => {
    const queries: Record<string, string[]> = {
      JTL: ['JTL=-1,0', 'JTL=1', 'JTL=1,2,3', 'JTL=,', 'JTL', 'JTL=1,2x'],
      WID: ['WID=300px', 'WID=-5', 'WID=1e3', 'WID'],
      RGN: ['RGN=0,0,1', 'RGN=0,0,1,1,1', 'RGN=0,0,0,1', 'RGN=0,0,1,-1', 'RGN=0,0,1,NaN', 'RGN=0,0,1,1e400', 'RGN=,,,'],
      ROT: ['ROT=!', 'ROT=1e999', 'ROT=abc', 'ROT=90!', 'ROT=1e400'],
      QLT: ['QLT=high', 'QLT=1.5', 'QLT=zip:1', 'QLT=lzw:', 'QLT=lzw:1:2', 'QLT=:1', 'QLT=--1'],
      CVT: ['CVT=bmp', 'CVT=jxl', 'CVT'],
    };
    for (const [part, malformed] of Object.entries(queries)) {
      for (const query of malformed) {
        const error = outcomeOf(() => parseIip(`FIF=a&${query}&JTL=0,0`));
        assert.ok(error instanceof MalformedRequest && error.part === part, query);
      }
    }
  });

  it('lets modifiers act on what is to their right, the last of several counting', () => {
    assert.deepEqual(pictureOf('QLT=10&FIF=a&WID=5&WID=7&CVT=jpeg&WID=9').scale, { kind: 'width', pixels: 7 });
    assert.deepEqual(pictureOf('QLT=10&FIF=a&JTL=0,0').format, { type: 'jpeg', quality: 10 });
    assert.deepEqual(pictureOf('FIF=a&JTL=0,0&QLT=10').format, { type: 'jpeg' });
    assert.equal(pictureOf('FIF=a&FIF=b&JTL=0,0&FIF=c').identifier, 'b');
  });

  it('answers the first picture and nothing else', () => {
    assert.deepEqual(pictureOf('FIF=a&OBJ=Max-size&foo=1&PTL=1,2&CVT=jpeg&OBJ=bar').format, { type: 'png' });
  });

  it('takes a size of 0 or none for not given', () => {
    assert.deepEqual(pictureOf('FIF=a&WID=0&HEI=5&CVT=jpeg').scale, { kind: 'height', pixels: 5 });
    assert.deepEqual(pictureOf('FIF=a&WID=5&HEI=&CVT=jpeg').scale, { kind: 'width', pixels: 5 });
    const { scale, upscale } = pictureOf('FIF=a&RGN=0,0,.5,.5&CVT=jpeg');
    assert.deepEqual([scale, upscale], [{ kind: 'max' }, false]);
  });

  it('holds each number of a region between 0 and 1', () => {
    const { region } = pictureOf('FIF=a&RGN=-0.5,1e-7,7,+1&CVT=jpeg');
    assert.deepEqual(region, { kind: 'fraction', part: { x: 0, y: 1e-7, width: 1, height: 1 } });
  });

  it('holds a quality on the scale of the format', () => {
    assert.deepEqual(formatOf('QLT=0&CVT=jpeg'), { type: 'jpeg', quality: 0 });
    assert.deepEqual(formatOf('QLT=-5&CVT=jpeg'), { type: 'jpeg', quality: 0 });
    assert.deepEqual(formatOf('QLT=101&CVT=jpeg'), { type: 'jpeg', quality: 100 });
    assert.deepEqual(formatOf('QLT=80&PTL=0,0'), { type: 'png', quality: 9 });
    assert.deepEqual(formatOf('QLT=0&WTL=0,0'), { type: 'webp', quality: -1 });
    assert.deepEqual(formatOf('QLT=-0&ATL=0,0'), { type: 'avif', quality: 0 });
    assert.deepEqual(formatOf('QLT=-7&ATL=0,0'), { type: 'avif', quality: -1 });
    assert.deepEqual(formatOf('QLT=deflate:50&TTL=0,0'), { type: 'tiff', quality: 9, compression: 'deflate' });
    assert.deepEqual(formatOf('QLT=ZSTD:50&CVT=tif'), { type: 'tiff', quality: 19, compression: 'zstd' });
    assert.deepEqual(formatOf('QLT=jpeg:80&CVT=jpg'), { type: 'jpeg', quality: 80 });
    assert.deepEqual(formatOf('QLT=80&CVT=TIFF'), { type: 'tiff', quality: 80 });
  });

  it('decodes a path once, + being a space in it and invalid escapes themselves', () => {
    const names = {
      'a+b': 'a b',
      'a%2Bb': 'a+b',
      'a%252Fb': 'a%2Fb',
      '100%': '100%',
      'a%zzb': 'a%zzb',
      'x=y': 'x=y',
      'caf%e9': 'caf\u00e9',
      '/images/a.tif': '/images/a.tif',
    };
    for (const [written, name] of Object.entries(names))
      assert.equal(pictureOf(`FIF=${written}&JTL=0,0`).identifier, name);
    assert.equal(pictureOf('FIF&JTL=0,0').identifier, 'FIF');
    assert.deepEqual(pictureOf('FIF=a&JTL=1%2C2').region, {
      kind: 'tile',
      tile: { grid: 'stored', level: 1, index: 2 },
    });
  });

  it('says what is wrong in the codes of IIP', () => {
    assert.deepEqual(faultsOf('FIF=x&obj=foo'), ['3 2 foo']);
    assert.deepEqual(faultsOf('obj=Max-size'), ['1 3 max-size']);
    assert.deepEqual(faultsOf('FIF=rgbd.tif'), ['2 1 FIF=rgbd.tif']);
    assert.deepEqual(faultsOf('FIF=x&foo=bar'), ['2 2 foo']);
    assert.deepEqual(faultsOf('JTL=0,0&FIF=x'), ['1 3 ']);
    assert.deepEqual(faultsOf('SPECTRA=x'), ['1 3 ']);
    assert.deepEqual(faultsOf('FIF=x&OBJ=Max-size&OBJ=Foo&bar=1'), ['3 2 foo', '2 2 bar']);
    assert.deepEqual(faultsOf('CVT=jpeg&WID=652455'), ['1 3 ']);
  });

  it('is nothing where there are no commands', () => {
    assert.deepEqual([parseIip(''), parseIip('&&')], [{ kind: 'nothing' }, { kind: 'nothing' }]);
  });
});
