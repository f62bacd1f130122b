import type { Check } from './check.ts';

const HOST = { host: 'h.example' };
const PROFILE = (version: 2 | 3) => `<http://iiif.io/api/image/${version}/level2.json>;rel="profile"`;
const CONTEXT_2 =
  '<http://iiif.io/api/image/2/context.json>;rel="http://www.w3.org/ns/json-ld#context";type="application/ld+json"';

/** Parameters, and the canonical ones for the same picture. */
const CANONICAL_3: readonly (readonly [asked: string, canonical: string])[] = [
  ['full/max/0/default.jpg', 'full/max/0/default.jpg'],
  ['0,0,300,200/300,/0/color.jpg', 'full/max/0/default.jpg'],
  ['pct:0,0,100,100/300,200/360/default.jpg', 'full/max/0/default.jpg'],
  ['full/!300,300/0.0/default.jpg', 'full/max/0/default.jpg'],
  ['full/150,/0/default.jpg', 'full/150,100/0/default.jpg'],
  ['full/,100/90/default.jpg', 'full/150,100/90/default.jpg'],
  ['full/pct:50/!90.0/default.png', 'full/150,100/!90/default.png'],
  ['full/!150,150/22.50/default.png', 'full/150,100/22.5/default.png'],
  ['full/225,100/0/gray.png', 'full/225,100/0/gray.png'],
  ['full/^360,/0/default.jpg', 'full/^360,240/0/default.jpg'],
  ['full/^max/0/default.jpg', 'full/^max/0/default.jpg'],
  ['full/^5000,/0/default.jpg', 'full/^max/0/default.jpg'],
  ['full/^150,/0/default.jpg', 'full/150,100/0/default.jpg'],
  ['square/max/0/bitonal.png', '50,0,200,200/max/0/bitonal.png'],
  ['pct:41.6,7.5,40,70/60,/0/default.webp', '125,15,120,140/60,70/0/default.webp'],
  ['125,15,200,200/max/0/default.jpg', '125,15,175,185/max/0/default.jpg'],
];

const CANONICAL_2: readonly (readonly [asked: string, canonical: string])[] = [
  ['full/full/0/default.jpg', 'full/full/0/default.jpg'],
  ['full/max/0/default.jpg', 'full/full/0/default.jpg'],
  ['0,0,300,200/300,200/0/color.jpg', 'full/full/0/default.jpg'],
  ['full/pct:50/0/default.jpg', 'full/150,/0/default.jpg'],
  ['full/150,100/0/default.jpg', 'full/150,/0/default.jpg'],
  ['full/225,100/!90.0/gray.png', 'full/225,100/!90/gray.png'],
  ['full/600,/0/default.jpg', 'full/600,/0/default.jpg'],
  ['square/100,/0/default.jpg', '50,0,200,200/100,/0/default.jpg'],
];

function links(version: 2 | 3, rows: typeof CANONICAL_3, section: string): Check[] {
  const base = `/iiif/${version}/quad.tif`;
  return rows.map(([asked, canonical]) => ({
    section,
    headers: HOST,
    url: `${base}/${asked}`,
    has: { link: `<http://h.example${base}/${canonical}>;rel="canonical", ${PROFILE(version)}` },
  }));
}

const IMAGE = '/iiif/3/quad.tif/full/30,/0/default.jpg';
const INFO = '/iiif/3/quad.tif/info.json';
const ANY_ORIGIN = { 'access-control-allow-origin': '*' };

/** Requests of each kind, refused ones among them: scripts of any site may read what comes. */
const CROSS_ORIGIN: readonly (readonly [url: string, status: number])[] = [
  [IMAGE, 200],
  [INFO, 200],
  ['/iiif/3/quad.tif', 303],
  ['/iiif/3/quad.tif/full/x/0/default.jpg', 400],
  ['/iiif/3/nothing.tif/info.json', 404],
  ['/iiif/3/%zz/info.json', 400],
  [`/iiif/3/${'x'.repeat(8200)}/info.json`, 414],
];

const CORS: readonly Check[] = [
  ...CROSS_ORIGIN.flatMap(([url, status]): Check[] => {
    const headers = { origin: 'https://viewer.example' };
    const allowed = { 'access-control-allow-origin': 'https://viewer.example' };
    return [
      { section: '3.0 §7.1', url, status, has: ANY_ORIGIN },
      { section: '3.0 §7.1', url, headers, status, has: ANY_ORIGIN },
      { section: '3.0 §7.1', on: 'listed', url, headers, status, has: allowed },
    ];
  }),
  {
    section: '3.0 §7.1',
    on: 'listed',
    url: INFO,
    headers: { origin: 'https://evil.example' },
    has: { 'access-control-allow-origin': null },
  },
  {
    section: '3.0 §7.1',
    on: 'listed',
    url: INFO,
    headers: { origin: 'https://viewer.example' },
    has: { vary: 'Origin, Accept' },
  },
  { section: '3.0 §7.1', url: IMAGE, has: { 'access-control-expose-headers': 'Link' } },
  ...[IMAGE, INFO, '/iiif/3/quad.tif', '/iiif/2/a%2Fb/info.json', '/iiif/x'].flatMap((url): Check[] => {
    const asked = { section: '3.0 §7.1', method: 'OPTIONS', url, status: 204, body: '' } as const;
    const preflight = { origin: 'https://viewer.example', 'access-control-request-method': 'GET' };
    const wishes = { ...preflight, 'access-control-request-headers': 'authorization, x-any-thing' };
    return [
      { ...asked, headers: preflight, has: ANY_ORIGIN },
      {
        ...asked,
        headers: wishes,
        has: { ...ANY_ORIGIN, 'access-control-allow-headers': 'authorization, x-any-thing' },
      },
      { ...asked, has: ANY_ORIGIN },
    ];
  }),
];

/** What the client has already. */
const CONDITIONAL: readonly Check[] = [IMAGE, INFO].flatMap((url): Check[] => {
  const asked = { section: '3.0 §7.2', url, status: 304, body: '' } as const;
  return [
    { ...asked, headers: { 'if-none-match': '*' }, has: { ...ANY_ORIGIN, 'content-type': null } },
    { ...asked, headers: { 'if-none-match': '"x", *' }, status: 200, body: /./ },
    { ...asked, headers: { 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' }, has: ANY_ORIGIN },
    { ...asked, method: 'HEAD', headers: { 'if-none-match': '*' } },
  ];
});

const METHODS: readonly Check[] = [
  { section: '3.0 §7', method: 'HEAD', url: IMAGE, body: '', has: { 'content-type': 'image/jpeg' } },
  { section: '3.0 §7', method: 'HEAD', url: INFO, body: '' },
  { section: '3.0 §7', method: 'HEAD', url: '/iiif/3/quad.tif', status: 303, body: '' },
  { section: '3.0 §7', method: 'HEAD', url: '/iiif/3/nothing.tif/info.json', status: 404, body: '' },
  { section: '3.0 §7', method: 'POST', url: IMAGE, status: 405, has: { allow: 'GET, HEAD, OPTIONS' } },
  { section: '3.0 §7', method: 'POST', url: INFO, status: 405 },
  { section: '3.0 §7.2', url: '/iiif/3/quad.tif', status: 303, body: '' },
];

export const RESPONSE_CHECKS: readonly Check[] = [
  ...links(3, CANONICAL_3, '3.0 §4.8, §6'),
  ...links(2, CANONICAL_2, '2.1 §4.7, §6'),
  { section: '3.0 §6', url: INFO, has: { link: PROFILE(3) } },
  { section: '2.1 §6', url: '/iiif/2/quad.tif/info.json', has: { link: `${CONTEXT_2}, ${PROFILE(2)}` } },
  {
    section: '2.1 §6',
    url: '/iiif/2/quad.tif/info.json',
    headers: { accept: 'application/ld+json' },
    has: { link: PROFILE(2) },
  },
  ...CORS,
  ...CONDITIONAL,
  ...METHODS,
];
