import type { Check } from './check.ts';

const HOST = { host: 'images.example:8080' };
const ROOT = 'http://images.example:8080';

/** Identifiers of the specification's table of encodings, and others, as clients write them: all are the same picture. */
const IDENTIFIERS = [
  'id1',
  'ark:%2F12025%2F654xz321',
  'urn:foo:a123,456',
  'urn:sici:1046-8188(199501)13:1%253C69:FTTHBI%253E2.0.TX;2-4',
  'https:%2F%2Fexample.com%2F%3F54%23a',
  'ark:/12025/654xz321',
  'maps/full/max/0/default.jpg',
  'maps%2Ffull%2Fmax%2F0%2Fdefault.jpg',
  'a%20b+c&d%40e.tif',
  'a%20b%2Bc%26d@e.tif',
  'n%C3%A4me.tif',
  'n%c3%a4me.tif',
  'quad%2Etif',
];

function checksOf(version: 2 | 3): Check[] {
  const [syntax, encoding] = version === 3 ? ['3.0 §2', '3.0 §9'] : ['2.1 §2', '2.1 §9'];
  const id = version === 3 ? 'id' : '@id';
  return IDENTIFIERS.flatMap((identifier): Check[] => {
    const base = `/iiif/${version}/${identifier}`;
    const uri = `${ROOT}${base}`;
    const isPlain = !identifier.endsWith('/full/max/0/default.jpg'); // that would be an image of another
    const redirected = { section: syntax, headers: HOST, status: 303, has: { location: `${uri}/info.json` }, body: '' };
    return [
      { section: encoding, url: `${base}/150,100,10,10/max/0/default.png`, spots: [[0, 0, 'yellow']], size: '10x10' },
      { section: encoding, headers: HOST, url: `${base}/info.json`, info: { [id]: uri, width: 300, height: 200 } },
      ...(isPlain ? [{ ...redirected, url: base }] : []),
      { ...redirected, url: `${base}/` },
    ];
  });
}

/** What is no image, and what leads out of the folder. */
const MISSING: readonly Check[] = [
  ['nothing.tif', 404],
  ['quad.tif%2Fx', 404],
  ['QUAD.TIF', 404],
  ['%2e%2e%2fquad.tif', 400],
  ['..%2f..%2fetc%2fpasswd', 400],
  ['a%5cb', 400],
  ['a%00b', 400],
  ['a%zz', 400],
].flatMap(([name, status]) => {
  const [image, info] = [`/iiif/3/${name}/full/max/0/default.jpg`, `/iiif/3/${name}/info.json`];
  return [image, info].map((url) => ({ section: '3.0 §7.3, §10', url, status: Number(status) }));
});

const PARAMETERS_ENCODED: readonly Check[] = [
  '/iiif/3/quad.tif/%66ull/max/0/default.png',
  '/iiif/3/quad.tif/full/%6dax/%30/default%2Epng',
  '/iiif/3/quad.tif/0%2C0%2C300%2C200/%21300%2C200/0/default.png',
  '/iiif/3/quad.tif/pct%3A0,0,100,100/%5E300,/0/default.png',
  '/iiif/3/quad.tif/full/max/0/default.png?anything=1',
].map((url) => ({ section: '3.0 §9', url, size: '300x200' }));

const INCOMPLETE: readonly Check[] = ['full', 'full/max', 'full/max/0', 'square/10,/0', '0,0,9,9/max/0'].map((end) => ({
  section: '3.0 §2.1',
  url: `/iiif/3/quad.tif/${end}`,
  status: 400,
  body: /too few parameters/,
}));

/** A page of a file counts as an image of its own. */
const PAGES: readonly Check[] = [
  { url: '/iiif/3/stack.tif;page=0/info.json', info: { width: 300, height: 200 } },
  { url: '/iiif/3/stack.tif;page=1/info.json', info: { width: 310, height: 200 } },
  { url: '/iiif/3/stack.tif%3Bpage%3D1/info.json', info: { width: 310, height: 200 } },
  { url: '/iiif/3/stack.tif;page=1/full/max/0/default.png', size: '310x200' },
  { url: '/iiif/3/stack.tif/full/max/0/default.png', size: '300x200' },
  { url: '/iiif/3/stack.tif;page=2/info.json', status: 404 },
  { url: '/iiif/3/stack.tif;page=x/info.json', status: 404 },
  { url: '/iiif/3/stack.tif;page=/info.json', status: 404 },
  {
    url: '/iiif/3/stack.tif;page=1/info.json',
    headers: HOST,
    info: { id: `${ROOT}/iiif/3/stack.tif;page=1` },
  },
].map((check): Check => ({ section: '3.0 §3', on: 'pages', ...check }));

/** Where the operator says what addresses begin with. */
const BELOW: readonly Check[] = [
  {
    section: '3.0 §5.2',
    on: 'below',
    url: '/iiif/3/id1/info.json',
    headers: { host: 'evil.example' },
    info: { id: 'https://example.org/image-service/iiif/3/id1' },
  },
  {
    section: '3.0 §2',
    on: 'below',
    url: '/iiif/3/id1',
    status: 303,
    has: { location: 'https://example.org/image-service/iiif/3/id1/info.json' },
  },
  {
    section: '3.0 §4.8',
    on: 'below',
    url: '/iiif/3/id1/full/max/0/default.jpg',
    has: {
      link: '<https://example.org/image-service/iiif/3/id1/full/max/0/default.jpg>;rel="canonical", <http://iiif.io/api/image/3/level2.json>;rel="profile"',
    },
  },
];

const FORWARDED_VARY =
  'Forwarded, X-Forwarded-Host, X-Forwarded-Port, X-Forwarded-Prefix, X-Forwarded-Proto, X-IIIF-ID';

/** Headers of a proxy, and the address that they make of `/iiif/3/id1` at `images.example:8080`. */
const FORWARDED: readonly (readonly [headers: Readonly<Record<string, string>>, base: string])[] = [
  [{}, ROOT],
  [{ 'x-forwarded-proto': 'https' }, 'https://images.example:8080'],
  [{ 'x-forwarded-host': 'public.example' }, 'http://public.example'],
  [{ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'public.example' }, 'https://public.example'],
  [{ 'x-forwarded-host': 'public.example', 'x-forwarded-port': '8443' }, 'http://public.example:8443'],
  [{ 'x-forwarded-host': 'public.example:81', 'x-forwarded-port': '8443' }, 'http://public.example:81'],
  [
    { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'public.example', 'x-forwarded-port': '443' },
    'https://public.example',
  ],
  [{ 'x-forwarded-prefix': '/images' }, `${ROOT}/images`],
  [{ 'x-forwarded-prefix': '/a/b%20c/' }, `${ROOT}/a/b%20c`],
  [{ forwarded: 'for=1.2.3.4;proto=https;host=public.example' }, 'https://public.example'],
  [{ forwarded: 'host="public.example:81"' }, 'http://public.example:81'],
  [{ forwarded: 'for=x;host=evil.example, for=y;host=public.example;proto=https' }, 'https://public.example'],
  [{ forwarded: 'host=first.example', 'x-forwarded-host': 'second.example' }, 'http://first.example'],
  [{ 'x-forwarded-host': 'evil.example, public.example' }, 'http://public.example'],
  [{ 'x-forwarded-host': '[2001:db8::1]:81' }, 'http://[2001:db8::1]:81'],
  [{ 'x-forwarded-host': 'image_server:8080' }, 'http://image_server:8080'],
];

/** What no host, path or scheme can be, and so is passed over. */
const NONSENSE: readonly Readonly<Record<string, string>>[] = [
  { 'x-forwarded-host': 'x","evil":"1' },
  { 'x-forwarded-host': 'user@evil.example' },
  { 'x-forwarded-host': 'evil.example/path' },
  { 'x-forwarded-host': 'evil.example#' },
  { 'x-forwarded-proto': 'javascript' },
  { 'x-forwarded-prefix': '//evil.example' },
  { 'x-forwarded-prefix': 'evil' },
  { 'x-forwarded-prefix': '/a"b' },
  { 'x-forwarded-prefix': '/a?b' },
  { forwarded: 'host="x\\"y"' },
  { forwarded: 'nothing' },
  { 'x-iiif-id': 'javascript:alert(1)' },
  { 'x-iiif-id': 'https://evil.example/"<b>' },
  { 'x-forwarded-port': '99999999' },
];

const PROXIES: readonly Check[] = [
  ...FORWARDED.flatMap(([headers, base]): Check[] => {
    const asked = { section: '3.0 §5.2', on: 'trusting', headers: { ...HOST, ...headers } } as const;
    const location = `${base}/iiif/3/id1/info.json`;
    return [
      {
        ...asked,
        url: '/iiif/3/id1/info.json',
        info: { id: `${base}/iiif/3/id1` },
        has: { vary: `${FORWARDED_VARY}, Accept` },
      },
      { ...asked, url: '/iiif/3/id1', status: 303, has: { location, vary: FORWARDED_VARY } },
    ];
  }),
  ...NONSENSE.map(
    (headers): Check => ({
      section: '3.0 §10',
      on: 'trusting',
      headers: { ...HOST, ...headers },
      url: '/iiif/3/id1/info.json',
      info: { id: `${ROOT}/iiif/3/id1` },
    }),
  ),
  ...[...FORWARDED.map(([headers]) => headers), { 'x-iiif-id': 'https://evil.example/x' }].map(
    (headers): Check => ({
      section: '3.0 §10',
      headers: { ...HOST, ...headers },
      url: '/iiif/3/id1/info.json',
      info: { id: `${ROOT}/iiif/3/id1` },
      has: { vary: 'Accept' },
    }),
  ),
  {
    section: '3.0 §5.2',
    on: 'trusting',
    headers: { ...HOST, 'x-iiif-id': 'https://id.example/ark:%2F1', 'x-forwarded-host': 'other.example' },
    url: '/iiif/3/id1/info.json',
    info: { id: 'https://id.example/ark:%2F1' },
  },
];

export const ADDRESS_CHECKS: readonly Check[] = [
  ...checksOf(3),
  ...checksOf(2),
  ...MISSING,
  ...PARAMETERS_ENCODED,
  ...INCOMPLETE,
  ...PAGES,
  ...BELOW,
  ...PROXIES,
];
