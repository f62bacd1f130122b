import type { Check, Spot } from './check.ts';

/** Where the four quarters meet, in the region's own pixels. */
function corner(x: number, y: number): readonly Spot[] {
  return [
    [x - 1, y - 1, 'red'],
    [x, y - 1, 'green'],
    [x - 1, y, 'blue'],
    [x, y, 'yellow'],
  ];
}

function flat(width: number, height: number, colour: 'red' | 'green' | 'blue' | 'yellow'): readonly Spot[] {
  return [
    [0, 0, colour],
    [width - 1, height - 1, colour],
  ];
}

/** Regions of 300 x 200: the size they have, and pixels in them. The first ones are the specification's examples. */
const REGIONS: readonly (readonly [region: string, size: string, spots: readonly Spot[]])[] = [
  ['full', '300x200', [[0, 0, 'red'], [299, 0, 'green'], [0, 199, 'blue'], [299, 199, 'yellow'], ...corner(150, 100)]],
  ['square', '200x200', corner(100, 100)],
  ['125,15,120,140', '120x140', corner(25, 85)],
  ['pct:41.6,7.5,40,70', '120x140', corner(25, 85)],
  ['125,15,200,200', '175x185', corner(25, 85)],
  ['pct:41.6,7.5,66.6,100', '175x185', corner(25, 85)],
  ['0,0,300,200', '300x200', corner(150, 100)],
  ['0,0,2147483647,2147483647', '300x200', corner(150, 100)],
  ['100,50,100,100', '100x100', corner(50, 50)],
  ['149,99,2,2', '2x2', corner(1, 1)],
  ['0,0,150,100', '150x100', flat(150, 100, 'red')],
  ['150,0,150,100', '150x100', flat(150, 100, 'green')],
  ['0,100,150,100', '150x100', flat(150, 100, 'blue')],
  ['150,100,150,100', '150x100', flat(150, 100, 'yellow')],
  ['0,0,1,1', '1x1', flat(1, 1, 'red')],
  ['149,99,1,1', '1x1', flat(1, 1, 'red')],
  ['299,199,1,1', '1x1', flat(1, 1, 'yellow')],
  ['299,0,5,5', '1x5', flat(1, 5, 'green')],
  ['0,199,5,5', '5x1', flat(5, 1, 'blue')],
  ['007,000,010,010', '10x10', flat(10, 10, 'red')],
  ['pct:0,0,100,100', '300x200', corner(150, 100)],
  ['pct:0,0,50,50', '150x100', flat(150, 100, 'red')],
  ['pct:50,0,50,50', '150x100', flat(150, 100, 'green')],
  ['pct:0,50,50,50', '150x100', flat(150, 100, 'blue')],
  ['pct:50,50,50,50', '150x100', flat(150, 100, 'yellow')],
  ['pct:50,50,1000,1000', '150x100', flat(150, 100, 'yellow')],
  ['pct:33.333,0,33.333,100', '100x200', corner(50, 100)], // from 99.999 to 199.998
  ['pct:0.5,0,99.5,100', '298x200', corner(148, 100)], // from 1.5
  [
    'pct:.5,0,50,50',
    '150x100',
    [
      [0, 0, 'red'],
      [147, 0, 'red'],
      [148, 0, 'green'],
    ],
  ], // from 1.5 to 151.5
  ['pct:99.9,99.9,10,10', '1x1', flat(1, 1, 'yellow')],
  ['pct:0,0,0.01,0.01', '1x1', flat(1, 1, 'red')],
];

/** No pixel in common with the image, or none at all. */
const EMPTY = ['0,0,0,10', '0,0,10,0', '0,0,0,0', '300,0,10,10', '0,200,10,10', '300,200,1,1', '2147483647,0,1,1'];
const EMPTY_PERCENT = ['pct:100,0,10,10', 'pct:0,100,10,10', 'pct:0,0,0,10', 'pct:0,0,10,0', 'pct:200,200,1,1'];

/** No region by the grammar. */
const MALFORMED = [
  ...['-1,0,10,10', '0,-1,10,10', '0,0,-10,10', '1.5,0,10,10', '0,0,10.5,10', '+1,0,10,10', '0x1,0,10,10', '0,0,1e2,1'],
  ...['0,0,10', '0,0,10,10,10', '0,0,10,', 'a,b,c,d', '2147483648,0,1,1', '0,0,99999999999999999999,1', 'NaN,0,1,1'],
  ...['pct:-1,0,10,10', 'pct:0,0,10', 'pct:1e1,0,10,10', 'pct:0,0,10,10,10', 'pct:+1,0,1,1', 'pct:1.2.3,0,1,1'],
  ...['FULL', 'Square', 'half', 'pct', 'percent:0,0,1,1', 'PCT:0,0,1,1', 'full,1'],
];

function checksOf(version: 2 | 3): Check[] {
  const section = `${version === 3 ? '3.0' : '2.1'} §4.1`;
  const urlOf = (region: string) => `/iiif/${version}/quad.tif/${region}/max/0/default.png`;
  const refused = [...EMPTY, ...EMPTY_PERCENT, ...MALFORMED];
  return [
    ...REGIONS.map(([region, size, spots]) => ({ section, url: urlOf(region), size, spots })),
    ...refused.map((region) => ({ section, url: urlOf(region), status: 400, body: /region/ })),
  ];
}

export const REGION_CHECKS: readonly Check[] = [...checksOf(3), ...checksOf(2)];
