import type { Check } from './check.ts';

const LD_2 = 'application/ld+json;profile="http://iiif.io/api/image/2/context.json"';
const LD_3 = 'application/ld+json;profile="http://iiif.io/api/image/3/context.json"';
const JSON_TYPE = 'application/json';

const URL_3 = '/iiif/3/quad.tif/info.json';
const URL_2 = '/iiif/2/quad.tif/info.json';

/** What has to be in every document, and what is true of this one. */
const MEMBERS_3: Readonly<Record<string, unknown>> = {
  '@context': 'http://iiif.io/api/image/3/context.json',
  type: 'ImageService3',
  protocol: 'http://iiif.io/api/image',
  profile: 'level2',
  width: 300,
  height: 200,
  maxWidth: 5000,
  maxHeight: 5000,
  maxArea: undefined,
  sizes: [
    { width: 150, height: 100 },
    { width: 300, height: 200 },
  ],
  tiles: [{ width: 256, height: 256, scaleFactors: [1, 2] }],
  extraQualities: ['color', 'gray', 'bitonal'],
  extraFormats: ['tif', 'webp', 'avif', 'gif', 'pdf', 'jp2'],
  extraFeatures: ['canonicalLinkHeader', 'mirroring', 'profileLinkHeader', 'rotationArbitrary', 'sizeUpscaling'],
  rights: undefined,
  preferredFormats: undefined,
  partOf: undefined,
  seeAlso: undefined,
  '@id': undefined,
  'service.0.physicalScale': 0.00846668, // 1 / 118.11
  'service.0.physicalUnits': 'cm',
  'service.0.type': 'Service',
};

const MEMBERS_2: Readonly<Record<string, unknown>> = {
  '@context': 'http://iiif.io/api/image/2/context.json',
  protocol: 'http://iiif.io/api/image',
  width: 300,
  height: 200,
  sizes: [
    { width: 150, height: 100 },
    { width: 300, height: 200 },
  ],
  tiles: [{ width: 256, height: 256, scaleFactors: [1, 2] }],
  'profile.0': 'http://iiif.io/api/image/2/level2.json',
  'profile.1.maxWidth': 5000,
  'profile.1.maxHeight': 5000,
  'profile.1.maxArea': undefined,
  'profile.1.formats': ['jpg', 'png', 'tif', 'webp', 'avif', 'gif', 'pdf', 'jp2'],
  'profile.1.qualities': ['default', 'color', 'gray', 'bitonal'],
  'profile.1.supports': [
    ...['regionSquare', 'canonicalLinkHeader', 'mirroring', 'profileLinkHeader', 'rotationArbitrary', 'sizeAboveFull'],
  ],
  license: undefined,
  id: undefined,
  type: undefined,
  'service.0.physicalScale': 0.00846668, // 1 / 118.11
  'service.0.physicalUnits': 'cm',
};

const one = (members: Readonly<Record<string, unknown>>, shape: Omit<Check, 'info'>): Check[] =>
  Object.entries(members).map(([name, value]) => ({ ...shape, info: { [name]: value } }));

/** Accept headers, and the media types that come of them. */
const NEGOTIATED_3: readonly (readonly [accept: string | undefined, type: string])[] = [
  [undefined, LD_3],
  [LD_3, LD_3],
  ['application/ld+json', LD_3],
  ['APPLICATION/LD+JSON', LD_3],
  ['application/ld+json;charset=utf-8', LD_3],
  [`${JSON_TYPE};q=0.9, application/ld+json`, LD_3],
  [`${JSON_TYPE}, ${LD_3}`, LD_3],
  [`${LD_3};q=0.8, ${JSON_TYPE};q=0.2`, LD_3],
  [JSON_TYPE, JSON_TYPE],
  ['*/*', JSON_TYPE],
  ['application/*', JSON_TYPE],
  ['text/html,application/xhtml+xml,*/*;q=0.8', JSON_TYPE],
  [`application/ld+json;q=0.5, ${JSON_TYPE}`, JSON_TYPE],
  ['application/ld+json;q=0', JSON_TYPE],
  [`application/ld+json;q=0, ${JSON_TYPE};q=0`, JSON_TYPE],
  [LD_2, JSON_TYPE],
  ['image/png', JSON_TYPE],
  [', ,;;q=, ', JSON_TYPE],
];

const NEGOTIATED_2: readonly (readonly [accept: string | undefined, type: string])[] = [
  [undefined, JSON_TYPE],
  ['*/*', JSON_TYPE],
  [JSON_TYPE, JSON_TYPE],
  ['application/ld+json', 'application/ld+json'],
  [LD_2, 'application/ld+json'],
  [`application/ld+json;q=0.5, ${JSON_TYPE}`, JSON_TYPE],
];

/** Versions by the context that is liked best, where the address names none. */
const VERSIONS: readonly (readonly [accept: string | undefined, version: 2 | 3])[] = [
  [undefined, 3],
  [LD_3, 3],
  [LD_2, 2],
  [`${LD_2};q=0.5, ${LD_3}`, 3],
  [`${LD_2}, ${LD_3};q=0.5`, 2],
  [`${LD_2}, ${LD_3}`, 3],
  [`${LD_2};q=0`, 3],
  ['application/ld+json;profile="http://iiif.io/api/image/9/context.json"', 3],
  ['http://iiif.io/api/image/2/context.json', 3],
];

const asking = (accept: string | undefined) => (accept === undefined ? {} : { headers: { accept } });

/** Sizes and tiles within the limits, and the limits themselves. */
const LIMITED: readonly Check[] = [
  ...one(
    {
      maxWidth: 200,
      maxHeight: 200,
      sizes: [{ width: 150, height: 100 }],
      'tiles.0.width': 200,
      'tiles.0.height': 200,
    },
    { section: '3.0 §5.2, §5.3, §5.4', on: 'atMost200', url: URL_3 },
  ),
  ...one(
    { 'profile.1.maxWidth': 200, sizes: [{ width: 150, height: 100 }], 'tiles.0.width': 200 },
    { section: '2.1 §5.2, §5.3', on: 'atMost200', url: URL_2 },
  ),
  {
    section: '3.0 §5.7',
    on: 'fixed',
    url: URL_3,
    info: { extraFeatures: ['canonicalLinkHeader', 'mirroring', 'profileLinkHeader', 'rotationArbitrary'] },
  },
  {
    section: '2.1 §5.3',
    on: 'fixed',
    url: URL_2,
    info: {
      'profile.1.supports': [
        ...['regionSquare', 'canonicalLinkHeader', 'mirroring', 'profileLinkHeader', 'rotationArbitrary'],
      ],
    },
  },
  { section: '3.0 §4.4', url: '/iiif/3/gray.tif/info.json', info: { extraQualities: ['gray', 'bitonal'] } },
  { section: '3.0 §5.3', url: '/iiif/3/gray.tif/info.json', info: { sizes: [{ width: 2, height: 1 }] } },
  { section: '3.0 §5.8', url: '/iiif/3/gray.tif/info.json', info: { service: undefined } },
  { section: '3.0 §5.2', url: '/iiif/3/thin.tif/info.json', info: { width: 1, height: 700 } },
];

const IN_C_EDU = 'http://rightsstatements.org/vocab/InC-EDU/1.0/';
const BY = 'https://creativecommons.org/licenses/by/4.0/';

/** What the operator adds, in the words of each version. */
const ADDED: readonly Check[] = [
  ...one(
    {
      '@context': ['https://example.org/context1.json', 'http://iiif.io/api/image/3/context.json'],
      preferredFormats: ['webp', 'png'], // bmp cannot be had
      rights: IN_C_EDU,
      'seeAlso.0.id': 'https://example.org/image1.xml',
      'partOf.0': { id: 'https://example.org/manifest/1', type: 'Manifest' },
      'service.0.physicalUnits': 'cm',
      'service.1': { id: 'https://example.org/service/example', type: 'Service' },
      attribution: undefined,
      license: undefined,
    },
    { section: '3.0 §5.5, §5.6, §5.8', on: 'added', url: URL_3 },
  ),
  ...one(
    {
      '@context': 'http://iiif.io/api/image/2/context.json',
      license: IN_C_EDU,
      attribution: 'Example',
      'service.1.id': 'https://example.org/service/example',
      preferredFormats: undefined,
      partOf: undefined,
      seeAlso: undefined,
      rights: undefined,
    },
    { section: '2.1 §5.4, §5.5', on: 'added', url: URL_2 },
  ),
  { section: '3.0 §5.6', url: '/iiif/3/described.tif/info.json', info: { rights: BY } },
  { section: '2.1 §5.4', url: '/iiif/2/described.tif/info.json', info: { license: BY } },
  { section: '3.0 §5.6', on: 'added', url: '/iiif/3/described.tif/info.json', info: { rights: BY } },
  { section: '3.0 §5.6', on: 'added', url: '/iiif/3/damaged.tif/info.json', info: { rights: IN_C_EDU } },
  { section: '3.0 §5.6', url: '/iiif/3/damaged.tif/info.json', info: { rights: undefined, width: 300 } },
];

export const DOCUMENT_CHECKS: readonly Check[] = [
  ...one(MEMBERS_3, { section: '3.0 §5.2–§5.8', url: URL_3 }),
  ...one(MEMBERS_2, { section: '2.1 §5.2–§5.5', url: URL_2 }),
  { section: '3.0 §5.2', url: URL_3, body: /^\{"@context":/ },
  { section: '2.1 §5.2', url: URL_2, body: /^\{"@context":/ },
  ...NEGOTIATED_3.map(([accept, type]) => ({
    section: '3.0 §5.1',
    url: URL_3,
    ...asking(accept),
    has: { 'content-type': type, vary: 'Accept' },
  })),
  ...NEGOTIATED_2.map(([accept, type]) => ({
    section: '2.1 §5.1',
    url: URL_2,
    ...asking(accept),
    has: { 'content-type': type, vary: 'Accept' },
  })),
  ...VERSIONS.map(([accept, version]) => ({
    section: '3.0 §5.1',
    url: '/iiif/quad.tif/info.json',
    ...asking(accept),
    has: { vary: 'Accept' },
    info: { '@context': `http://iiif.io/api/image/${version}/context.json` },
  })),
  {
    section: '2.1 §5.1',
    on: 'older',
    url: '/iiif/quad.tif/info.json',
    info: { '@context': 'http://iiif.io/api/image/2/context.json' },
  },
  {
    section: '3.0 §5.1',
    on: 'older',
    url: '/iiif/quad.tif/info.json',
    ...asking(LD_3),
    info: { type: 'ImageService3' },
  },
  ...LIMITED,
  ...ADDED,
];
