import type { Check, ServerName } from './check.ts';

type Row = readonly [size: string, outcome: string | number];

/** Sizes of 300 x 200 in version 3, first the specification's examples: what comes of them, or the status. */
const IN_3: readonly Row[] = [
  ['max', '300x200'],
  ['150,', '150x100'],
  [',150', '225x150'],
  ['pct:50', '150x100'],
  ['225,100', '225x100'],
  ['!225,100', '150x100'],
  ['^360,', '360x240'],
  ['^,240', '360x240'],
  ['^pct:120', '360x240'],
  ['^360,360', '360x360'],
  ['^!360,360', '360x240'],
  ['300,', '300x200'],
  [',200', '300x200'],
  ['300,200', '300x200'],
  ['299,', '299x199'], // 199.33
  ['100,', '100x67'], // 66.67
  ['7,', '7x5'], // 4.67
  ['3,', '3x2'],
  ['1,', '1x1'],
  [',1', '2x1'], // 1.5
  [',7', '11x7'], // 10.5
  ['1,1', '1x1'],
  ['1,200', '1x200'],
  ['300,1', '300x1'],
  ['!300,200', '300x200'],
  ['!300,300', '300x200'],
  ['!1000,1000', '300x200'],
  ['!2147483647,2147483647', '300x200'],
  ['!1000,100', '150x100'],
  ['!100,1000', '100x67'],
  ['!1,1', '1x1'],
  ['pct:100', '300x200'],
  ['pct:100.0', '300x200'],
  ['pct:33.3', '100x67'], // 99.9 and 66.6
  ['pct:12.5', '38x25'], // 37.5
  ['pct:.5', '2x1'], // 1.5
  ['^150,', '150x100'],
  ['^pct:50', '150x100'],
  ['^!100,100', '100x67'],
  ['^100,50', '100x50'],
  ['^300,200', '300x200'],
  ['^301,', '301x201'], // 200.67
  ['^1,400', '1x400'],
  ['full', 400],
  ['301,', 400],
  [',201', 400],
  ['pct:101', 400],
  ['pct:100.5', 400],
  ['301,200', 400],
  ['300,201', 400],
  ['301,1', 400],
  ['pct:0', 400],
  ['pct:0.1', 400], // no pixel
  ['^5001,', 400],
  ['^1,5001', 400],
  ['^pct:9999', 400],
  ['^2147483647,', 400],
];

const MALFORMED = [
  ...['0,', ',0', '0,0', '10,0', '0,10', '!0,10', '!10,0', '', '^', '!', '^!', ',', '!10', '!10,', '!,10', '10'],
  ...['10,10,10', '-10,', '10,-10', '10.5,', '1e2,', '0x10,', '+10,', 'abc', '10px,', 'max,', 'MAX', ' max', 'pct:'],
  ...['pct:-5', 'pct:abc', 'pct:1e1', 'pct:5%25', '!^10,10', '2147483648,', 'NaN,', 'pct:50,50'],
];

/** What only version 3 or only version 2 has. */
const FOREIGN_IN_3 = ['^full', '^^10,', 'full,'];
const FOREIGN_IN_2 = ['^max', '^10,', '^pct:50', '^!10,10', '^,10', '^10,10'];

const IN_2: readonly Row[] = [
  ['full', '300x200'],
  ['max', '300x200'],
  ['150,', '150x100'],
  [',150', '225x150'],
  ['pct:50', '150x100'],
  ['225,100', '225x100'],
  ['!225,100', '150x100'],
  ['!600,600', '300x200'],
  ['600,', '600x400'],
  [',400', '600x400'],
  ['pct:200', '600x400'],
  ['600,300', '600x300'],
  ['7,', '7x5'],
  ['1,', '1x1'],
  ['pct:0', 400],
  ['pct:0.1', 400],
  ['5001,', 400],
];

/** Within maxWidth 200, as in the specification's first example. */
const AT_MOST_200: readonly Row[] = [
  ['max', '200x133'],
  ['^max', '200x133'],
  ['200,', '200x133'],
  [',133', '200x133'], // 199.5
  ['!300,300', '200x133'],
  ['^!300,300', '200x133'],
  ['200,200', '200x200'],
  ['pct:66', '198x132'],
  ['201,', 400],
  ['201,1', 400],
  ['pct:67', 400],
  ['^201,', 400],
  ['^1,201', 400],
];

/** Within maxWidth 360, as in its second. */
const AT_MOST_360: readonly Row[] = [
  ['max', '300x200'],
  ['^max', '360x240'],
  ['^360,', '360x240'],
  ['^,240', '360x240'],
  ['^360,360', '360x360'],
  ['^!999,999', '360x240'],
  ['^pct:120', '360x240'],
  ['^361,', 400],
  ['^360,361', 400],
  ['^,241', 400], // 361.5
  ['^pct:121', 400],
];

/** Where the server does not enlarge. */
const FIXED: readonly Row[] = [
  ['^360,', 501],
  ['^pct:120', 501],
  ['^max', 501],
  ['^!360,360', 501],
  ['^,201', 501],
  ['^301,1', 501],
  ['^300,', '300x200'],
  ['^!300,900', '300x200'],
  ['^pct:100', '300x200'],
  ['max', '300x200'],
  ['301,', 400],
  ['^abc', 400],
  ['^0,', 400],
];

interface Table {
  readonly section: string;
  readonly version: 2 | 3;
  readonly on?: ServerName;
}

function checksOf(rows: readonly Row[], { section, version, on = 'plain' }: Table): Check[] {
  return rows.map(([size, outcome]) => ({
    section,
    on,
    url: `/iiif/${version}/quad.tif/full/${size}/0/default.png`,
    ...(typeof outcome === 'string' ? { size: outcome } : { status: outcome }),
  }));
}

const refused = (sizes: readonly string[]): Row[] => sizes.map((size) => [size, 400]);

/** The region is what is scaled, not the image. */
const OF_REGIONS: readonly Check[] = [
  ['125,15,120,140/60,', '60x70'],
  ['125,15,120,140/,70', '60x70'],
  ['125,15,120,140/pct:50', '60x70'],
  ['125,15,120,140/!100,35', '30x35'],
  ['125,15,120,140/^240,', '240x280'],
  ['125,15,200,200/max', '175x185'],
  ['125,15,200,200/175,', '175x185'],
  ['square/100,', '100x100'],
  ['square/^!300,400', '300x300'],
].map(([parameters, size = '']) => ({
  section: '3.0 §4.2',
  url: `/iiif/3/quad.tif/${parameters}/0/default.png`,
  size,
}));

const TOO_LARGE_FOR_REGIONS: readonly Check[] = ['125,15,200,200/176,', '0,0,10,10/11,', '0,0,10,10/pct:101'].map(
  (parameters) => ({ section: '3.0 §4.2', url: `/iiif/3/quad.tif/${parameters}/0/default.png`, status: 400 }),
);

/** One pixel wide: no side is ever rounded away where only the other is given. */
const THIN: readonly Check[] = [
  ['max', '1x700'],
  [',350', '1x350'],
  [',1', '1x1'],
  ['1,', '1x700'],
  ['!100,100', '1x100'],
  ['^2,', '2x1400'],
  ['1,7', '1x7'],
].map(([size, expected = '']) => ({
  section: '3.0 §4.2',
  url: `/iiif/3/thin.tif/full/${size}/0/default.png`,
  size: expected,
}));

export const SIZE_CHECKS: readonly Check[] = [
  ...checksOf([...IN_3, ...refused(MALFORMED), ...refused(FOREIGN_IN_3)], { section: '3.0 §4.2', version: 3 }),
  ...checksOf([...IN_2, ...refused(MALFORMED), ...refused(FOREIGN_IN_2)], { section: '2.1 §4.2', version: 2 }),
  ...checksOf(AT_MOST_200, { section: '3.0 §4.2, §5.2', version: 3, on: 'atMost200' }),
  ...checksOf(AT_MOST_360, { section: '3.0 §4.2, §5.2', version: 3, on: 'atMost360' }),
  ...checksOf(
    [
      ['max', '200x133'],
      ['full', '200x133'],
      ['201,', 400],
    ],
    {
      section: '2.1 §4.2, §5.3',
      version: 2,
      on: 'atMost200',
    },
  ),
  ...checksOf(FIXED, { section: '3.0 §4.2', version: 3, on: 'fixed' }),
  ...checksOf(
    [
      ['600,', 501],
      ['300,', '300x200'],
    ],
    { section: '2.1 §7.2', version: 2, on: 'fixed' },
  ),
  ...OF_REGIONS,
  ...TOO_LARGE_FOR_REGIONS,
  ...THIN,
];
