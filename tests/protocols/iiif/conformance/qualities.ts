import type { Check, Spot } from './check.ts';

const IN_COLOUR: readonly Spot[] = [
  [0, 0, 'red'],
  [299, 0, 'green'],
  [0, 199, 'blue'],
  [299, 199, 'yellow'],
];
/** 0.299 R + 0.587 G + 0.114 B. */
const IN_GRAY: readonly Spot[] = [
  [0, 0, [76]],
  [299, 0, [150]],
  [0, 199, [29]],
  [299, 199, [226]],
];
/** Grey values of 29 and 76 are dark, 150 and 226 light. */
const IN_TWO: readonly Spot[] = [
  [0, 0, [0]],
  [299, 0, [255]],
  [0, 199, [0]],
  [299, 199, [255]],
];
const INVERTED: readonly Spot[] = [
  [0, 0, [0, 255, 255]],
  [299, 0, [255, 0, 255]],
  [0, 199, [255, 255, 0]],
  [299, 199, [0, 0, 255]],
];

const UNKNOWN = ['sepia', 'native', 'grey', 'colour', 'Gray', 'DEFAULT', 'negative', 'log', 'default.default', ' gray'];

/** Formats by extension, and their media types in the specification's table; AVIF is an extension. */
const FORMATS = [
  ['jpg', 'image/jpeg'],
  ['png', 'image/png'],
  ['tif', 'image/tiff'],
  ['webp', 'image/webp'],
  ['avif', 'image/avif'],
  ['gif', 'image/gif'],
  ['pdf', 'application/pdf'],
  ['jp2', 'image/jp2'],
] as const;

/** What is not decoded here: how it begins, and its size. */
const BODIES: ReadonlyMap<string, RegExp> = new Map([
  ['pdf', /^%PDF-1[\s\S]*\/Width 300[\s\S]*\/Height 200/],
  ['jp2', /^.{4}jP [\s\S]*ihdr.{7},/], // 300 ends in a comma
]);

const UNKNOWN_FORMATS = ['jpeg', 'JPG', 'tiff', 'bmp', 'svg', 'jpg2', 'constructor', 'p%20ng', ''];

function checksOf(version: 2 | 3): Check[] {
  const [quality, format] = version === 3 ? ['3.0 §4.4', '3.0 §4.5'] : ['2.1 §4.4', '2.1 §4.5'];
  const urlOf = (last: string, name = 'quad.tif') => `/iiif/${version}/${name}/full/max/0/${last}`;
  return [
    { section: quality, url: urlOf('default.png'), size: '300x200', spots: IN_COLOUR },
    { section: quality, url: urlOf('color.png'), size: '300x200', spots: IN_COLOUR },
    { section: quality, url: urlOf('gray.png'), size: '300x200', spots: IN_GRAY, tolerance: 1 },
    { section: quality, url: urlOf('bitonal.png'), size: '300x200', spots: IN_TWO },
    {
      section: quality,
      url: urlOf('default.png', 'gray.tif'),
      spots: [
        [0, 0, [50]],
        [1, 0, [200]],
      ],
    },
    {
      section: quality,
      url: urlOf('color.png', 'gray.tif'),
      spots: [
        [0, 0, [50]],
        [1, 0, [200]],
      ],
    },
    {
      section: quality,
      url: urlOf('gray.png', 'gray.tif'),
      spots: [
        [0, 0, [50]],
        [1, 0, [200]],
      ],
    },
    {
      section: quality,
      url: urlOf('bitonal.png', 'gray.tif'),
      spots: [
        [0, 0, [0]],
        [1, 0, [255]],
      ],
    },
    ...UNKNOWN.map((name) => ({ section: quality, url: urlOf(`${name}.png`), status: 400, body: /quality/ })),
    ...FORMATS.map(([name, type]) => ({
      section: format,
      url: urlOf(`default.${name}`),
      ...(BODIES.has(name) ? { body: BODIES.get(name) ?? '' } : { size: '300x200' }),
      has: { 'content-type': type },
    })),
    ...UNKNOWN_FORMATS.map((name) => ({ section: format, url: urlOf(`default.${name}`), status: 400, body: /format/ })),
    { section: format, url: urlOf('default'), status: 400, body: /quality/ },
  ];
}

/** Qualities beyond the specification, where the operator wants them. */
const EXTENSIONS: readonly Check[] = [
  {
    section: '3.0 §4.9',
    on: 'extended',
    url: '/iiif/3/quad.tif/full/max/0/negative.png',
    size: '300x200',
    spots: INVERTED,
  },
  ...['stretch', 'equalization', 'log'].map((name) => ({
    section: '3.0 §4.9',
    on: 'extended' as const,
    url: `/iiif/3/quad.tif/full/max/0/${name}.png`,
    size: '300x200',
  })),
  {
    section: '3.0 §4.9',
    on: 'extended',
    url: '/iiif/3/quad.tif/info.json',
    info: { extraQualities: ['color', 'gray', 'bitonal', 'negative', 'stretch', 'equalization', 'log'] },
  },
  {
    section: '2.1 §5.3',
    on: 'extended',
    url: '/iiif/2/quad.tif/info.json',
    info: {
      'profile.1.qualities': ['default', 'color', 'gray', 'bitonal', 'negative', 'stretch', 'equalization', 'log'],
    },
  },
];

export const QUALITY_CHECKS: readonly Check[] = [...checksOf(3), ...checksOf(2), ...EXTENSIONS];
