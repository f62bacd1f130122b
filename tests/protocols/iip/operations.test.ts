import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ImageError, MalformedRequest } from '../../../image/errors.ts';
import type { Operations } from '../../../image/operations.ts';
import { parseIip } from '../../../protocols/iip/parse.ts';
import { ODD_NUMBERS, outcomeOf } from '../arbitraries.ts';

function requestOf(modifiers: string) {
  const parsed = parseIip(`FIF=a&${modifiers}&CVT=jpeg`);
  return parsed.kind === 'picture' ? parsed.request : assert.fail('no picture');
}

const MEANT: readonly (readonly [modifiers: string, operations: Operations | undefined])[] = [
  ['CNT=1.5', { contrast: 1.5 }],
  ['CNT=1', { contrast: 1 }],
  ['CNT=1.0&GAM=1', { contrast: 1, gamma: 1 }],
  ['CNT=0', { contrast: 0 }],
  ['CNT=-2e-1', { contrast: -0.2 }],
  ['CNT=-1', { stretch: true }],
  ['cnt=ST', { stretch: true }],
  ['CNT=stretch', { stretch: true }],
  ['CNT=Eq', { equalise: true }],
  ['CNT=equalization', { equalise: true }],
  ['CNT=eq&CNT=2', { contrast: 2 }],
  ['CNT=2&CNT=eq', { equalise: true }],
  ['CNT=2&CNT=1', { contrast: 1 }],
  ['GAM=2', { gamma: 2 }],
  ['GAM=0', { gamma: 0 }],
  ['GAM=log', { gamma: 'log' }],
  ['gam=LOGARITHM', { gamma: 'log' }],
  ['GAM=-1', { gamma: 'log' }],
  ['GAM=-0.5', { gamma: -0.5 }],
  ['MINMAX=0:10,200', { ranges: [{ band: 0, min: 10, max: 200 }] }],
  ['MINMAX=-:-1.5,1e3', { ranges: [{ band: 'all', min: -1.5, max: 1000 }] }],
  [
    'MINMAX=0:1,2&MINMAX=2:3,4',
    {
      ranges: [
        { band: 0, min: 1, max: 2 },
        { band: 2, min: 3, max: 4 },
      ],
    },
  ],
  ['MINMAX=0:1,2&MINMAX=0:3,4', { ranges: [{ band: 0, min: 3, max: 4 }] }],
  ['MINMAX=0:1,2&MINMAX=-:3,4', { ranges: [{ band: 'all', min: 3, max: 4 }] }],
  [
    'MINMAX=-:3,4&MINMAX=0:1,2',
    {
      ranges: [
        { band: 'all', min: 3, max: 4 },
        { band: 0, min: 1, max: 2 },
      ],
    },
  ],
  ['SHD=45,30', { hillshade: { azimuth: 45, elevation: 30 } }],
  ['SHD=360,450', { hillshade: { azimuth: 0, elevation: 90 } }],
  ['CMP=Jet', { colourMap: 'jet' }],
  ['CMP=hot&CMP=cold', { colourMap: 'cold' }],
  ['INV', { invert: true }],
  ['INV=0', { invert: true }],
  ['INV=', undefined],
  [
    'CTW=[1,0,0;0,1,0]',
    {
      twist: [
        [1, 0, 0],
        [0, 1, 0],
      ],
    },
  ],
  ['CTW=.5,-1e-7', { twist: [[0.5, -1e-7]] }],
  [
    'CTW=%5B1%2C2%3B+3%2C4+%5D',
    {
      twist: [
        [1, 2],
        [3, 4],
      ],
    },
  ],
  ['CTW=[1;2,3]', { twist: [[1], [2, 3]] }],
  ['CNV=Sobel', { kernel: [-1, 0, 1, -2, 0, 2, -1, 0, 1] }],
  ['CNV=prewitt', { kernel: [1, 0, -1, 1, 0, -1, 1, 0, -1] }],
  ['CNV=scharr', { kernel: [-3, 0, 3, -10, 0, 10, -3, 0, 3] }],
  ['CNV=laplace', { kernel: [-1, -1, -1, -1, 8, -1, -1, -1, -1] }],
  ['CNV=gaussian', { kernel: [1, 2, 1, 2, 4, 2, 1, 2, 1] }],
  ['CNV=sharpen', { kernel: [0, -1, 0, -1, 5, -1, 0, -1, 0] }],
  ['CNV=%65mboss', { kernel: [-2, -1, 0, -1, 1, 1, 0, 1, 2] }],
  ['CNV=[2]', { kernel: [2] }],
  ['CNV=1,2,3,4,5,6,7,8,9', { kernel: [1, 2, 3, 4, 5, 6, 7, 8, 9] }],
  [
    'SHD=1,2&GAM=2&INV&CMP=hot&CNV=[1]&CNT=3&CTW=[1]&MINMAX=0:0,1',
    {
      hillshade: { azimuth: 1, elevation: 2 },
      gamma: 2,
      invert: true,
      colourMap: 'hot',
      kernel: [1],
      contrast: 3,
      twist: [[1]],
      ranges: [{ band: 0, min: 0, max: 1 }],
    },
  ],
];

const REFUSED: Readonly<Record<string, readonly string[]>> = {
  CNT: ['CNT', 'CNT=high', 'CNT=NaN', 'CNT=1e999', 'CNT=1,5', 'CNT=Infinity'],
  GAM: ['GAM', 'GAM=ln', 'GAM=2x', 'GAM=-Infinity'],
  MINMAX: [
    'MINMAX',
    'MINMAX=0,255',
    'MINMAX=0:1',
    'MINMAX=-1:0,1',
    'MINMAX=x:0,1',
    'MINMAX=0:0,1,2',
    'MINMAX=:0,1',
    'MINMAX=0:NaN,1',
    'MINMAX=2147483648:0,1',
  ],
  SHD: ['SHD', 'SHD=45', 'SHD=45,', 'SHD=45,30,1', 'SHD=-45,30', 'SHD=45.5,30', 'SHD=a,b'],
  CMP: ['CMP', 'CMP=rainbow', 'CMP=hot,cold'],
  CTW: ['CTW', 'CTW=[]', 'CTW=[1,2;]', 'CTW=[1,,2]', 'CTW=[1,2', 'CTW=1,2]', 'CTW=[[1]]', 'CTW=[a]', 'CTW=[NaN]'],
  CNV: ['CNV', 'CNV=blur', 'CNV=[]', 'CNV=[1,2]', 'CNV=[1e999]', 'CNV=[1,2,3,4,5,6,7,8,9', 'CNV=[1;2;3]'],
  COL: ['COL', 'COL=red', 'COL=rgb'],
  LYR: ['LYR', 'LYR=-1', 'LYR=1.5', 'LYR=all'],
};

describe('the operations of IIP', () => {
  it('are what their arguments mean, the last of several counting', () => {
    for (const [modifiers, operations] of MEANT) {
      assert.deepEqual(requestOf(modifiers).operations, operations, modifiers);
    }
  });

  it('are the same for tiles', () => {
    const parsed = parseIip('FIF=a&CNT=2&COL=grey&LYR=3&JTL=0,0&CNT=3');
    assert.equal(parsed.kind, 'picture');
    if (parsed.kind !== 'picture') return;
    const { operations, quality, layers } = parsed.request;
    assert.deepEqual([operations, quality, layers], [{ contrast: 2 }, 'gray', 3]);
  });

  it('are grey or bilevel by COL, and LYR of 0 is none', () => {
    assert.deepEqual(
      ['grey', 'GRAY', 'Binary'].map((name) => requestOf(`COL=${name}`).quality),
      ['gray', 'gray', 'bitonal'],
    );
    assert.equal(requestOf('LYR=4').layers, 4);
    assert.equal(requestOf('LYR=4&LYR=0').layers, undefined);
    assert.equal(requestOf('LYR=').layers, undefined);
  });

  it('are refused by the names of their commands where they are malformed', () => {
    for (const [part, malformed] of Object.entries(REFUSED)) {
      for (const query of malformed) {
        const error = outcomeOf(() => parseIip(`FIF=a&${query}&CVT=jpeg`));
        assert.ok(error instanceof MalformedRequest && error.part === part, query);
      }
    }
  });

  it('name what there is where a name is unknown', () => {
    const messageOf = (query: string) => {
      const error = outcomeOf(() => parseIip(`FIF=a&${query}&CVT=jpeg`));
      return error instanceof ImageError ? error.message : assert.fail(query);
    };
    assert.match(messageOf('CMP=rainbow'), /hot, cold, jet/);
    assert.match(messageOf('CNV=blur'), /sobel, prewitt, scharr, laplace, gaussian, sharpen, emboss/);
    assert.match(messageOf('CVT=bmp'), /jpeg, jpg, png, webp, avif, tiff, tif/);
    assert.match(messageOf('COL=red'), /grey, gray, binary/);
  });

  it('take real numbers as JavaScript prints them, and no other spelling', () => {
    const accepted = (query: string) =>
      ODD_NUMBERS.filter(
        (odd) => !(outcomeOf(() => parseIip(`FIF=a&${query.replace('#', odd)}&CVT=jpg`)) instanceof ImageError),
      );
    const real = ['0', '-1', '1e9', '00', '+1', '1.0', '2147483647', '2147483648'];
    assert.deepEqual(accepted('CNT=#'), ['', ...real]);
    assert.deepEqual(accepted('GAM=#'), ['', ...real]);
    assert.deepEqual(accepted('MINMAX=0:#,1'), real);
    assert.deepEqual(accepted('MINMAX=0:0,#'), real);
    assert.deepEqual(accepted('MINMAX=#:0,1'), ['0', '00', '2147483647']);
    assert.deepEqual(accepted('SHD=#,1'), ['0', '00', '2147483647']);
    // where + is a space, and spaces count for nothing
    const spaced = ['0', '-1', '1e9', '00', '+1', '1.0', ' 1', '1 ', '2147483647', '2147483648'];
    assert.deepEqual(accepted('CTW=[#]'), spaced);
    assert.deepEqual(accepted('CNV=[#]'), spaced);
    const anyReal = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(anyReal, (value) =>
        assert.deepEqual(requestOf(`MINMAX=0:${value},1`).operations?.ranges?.[0]?.min, Number(String(value))),
      ),
    );
  });

  it('have limits in size', () => {
    const outcome = (query: string) => outcomeOf(() => parseIip(`FIF=a&${query}&CVT=jpeg`));
    const row = (length: number) => Array(length).fill('0').join(',');
    const isRefused = (query: string) => outcome(query) instanceof MalformedRequest;
    assert.deepEqual(
      [row(64), row(65)].map((columns) => isRefused(`CTW=[${columns}]`)),
      [false, true],
    );
    assert.deepEqual(
      [16, 17].map((rows) => isRefused(`CTW=[${Array(rows).fill('1').join(';')}]`)),
      [false, true],
    );
    const lengths = [0, 1, 2, 8, 9, 10, 24, 25, 26, 49].filter((length) => !isRefused(`CNV=[${row(length)}]`));
    assert.deepEqual(lengths, [1, 9, 25]);
    assert.deepEqual(
      [254, 255].map((count) => isRefused(Array(count).fill('INV').join('&'))),
      [false, true],
    );
  });
});
