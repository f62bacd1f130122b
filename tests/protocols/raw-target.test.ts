import assert from 'node:assert/strict';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyTextOf } from './arbitraries.ts';
import { appOver, stubService } from './stub-app.ts';

/** Names that files really have, as Latin-1 bytes, and spellings of each that are not plain percent-encoding. */
const NAMES: Record<string, readonly string[]> = {
  'a+b.tif': ['a%2Bb.tif'],
  'a b.tif': ['a%20b.tif'],
  '100%.tif': ['100%25.tif'],
  'a%2Fb.tif': ['a%252Fb.tif'],
  'a;b.tif': ['a;b.tif', 'a%3bb.tif'],
  'a#b.tif': ['a%23b.tif'],
  'a?b.tif': ['a%3Fb.tif'],
  '\u00c3\u00bc.tif': ['%C3%BC.tif', '%c3%bc.tif'],
  'u\u00cc\u0088.tif': ['u%CC%88.tif'],
  'caf\u00e9.tif': ['caf%e9.tif', 'caf%E9.tif'],
  'ark:/12025/x': ['ark:/12025/x', 'ark:%2F12025%2Fx', 'ark%3A/12025/x'],
  [`${'n'.repeat(240)}.tif`]: [`${'n'.repeat(240)}.tif`],
  [`${'long/'.repeat(200)}x.tif`]: [`${'long/'.repeat(200)}x.tif`, `${'long%2f'.repeat(200)}x.tif`],
  '/images/a.tif': ['/images/a.tif', '%2Fimages%2Fa.tif'],
  'a&b=c.tif': ['a%26b%3Dc.tif'],
};

/** Every protocol's way to ask for a picture of an image. */
const ADDRESSES = [
  (name: string) => `/iiif/3/${name}/full/max/0/default.jpg`,
  (name: string) => `/iiif/2/${name}/full/max/0/default.jpg`,
  (name: string) => `/iiif/${name}/full/max/0/default.jpg`,
  (name: string) => `/fcgi-bin/iipsrv.fcgi?IIIF=${name}/full/max/0/default.jpg`,
  (name: string) => `/iip?FIF=${name}&JTL=0,0`,
  (name: string) => `/fcgi-bin/iipsrv.fcgi?FIF=${name}&JTL=0,0`,
  (name: string) => `/deepzoom/${name}_files/0/0_0.jpg`,
  (name: string) => `/fcgi-bin/iipsrv.fcgi?deepzoom=${name}_files/0/0_0.jpg`,
  (name: string) => `/zoomify/${name}/TileGroup0/0-0-0.jpg`,
  (name: string) => `/fcgi-bin/iipsrv.fcgi?ZOOMIFY=${name}/TileGroup0/0-0-0.jpg`,
];

const TRAVERSALS = [
  '..',
  '.',
  '../x',
  '..%2fx',
  '%2e%2e/x',
  '%2e%2e%2fx',
  '%2E%2E%2Fx',
  '.%2e/x',
  '%2e./x',
  'a/../x',
  'a%2f..%2fx',
  'a/..',
  './x',
  'a/./x',
  '/../x',
  '%2f..%2fx',
  '../../../../etc/passwd',
  '..%5cx',
  '..\\x',
  'a%5c..%5cx',
  '%5c',
  '%00',
  'a%00.tif',
  'a%0a',
  'a%0d%0ab',
  '%7f',
  '%01',
];

/** Sends targets that `URL` would tidy up, byte for byte. */
async function statusesOf(targets: readonly string[]): Promise<{ statuses: number[]; asked: string[] }> {
  const images = stubService();
  const app = await appOver(images);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  try {
    const statuses: number[] = [];
    for (const path of targets) statuses.push(await statusOf(port, path));
    return { statuses, asked: images.requests.map(({ identifier }) => identifier) };
  } finally {
    await app.close();
  }
}

function statusOf(port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject).end();
  });
}

describe('the request target', () => {
  it('names the same bytes in every protocol, however they are spelled', async () => {
    const cases = Object.entries(NAMES).flatMap(([name, spellings]) =>
      spellings.flatMap((spelling) => ADDRESSES.map((address) => ({ name, target: address(spelling) }))),
    );
    const { statuses, asked } = await statusesOf(cases.map(({ target }) => target));
    assert.deepEqual(new Set(statuses), new Set([200]));
    assert.deepEqual(
      asked,
      cases.map(({ name }) => name),
    );
  });

  it('never leads out of a root in any spelling', async () => {
    const cases = TRAVERSALS.flatMap((spelling) => ADDRESSES.map((address) => address(spelling)));
    const { statuses, asked } = await statusesOf(cases);
    assert.deepEqual(
      statuses,
      cases.map(() => 400),
    );
    assert.deepEqual(asked, []);
  });

  it('is decoded once: what looks encoded afterwards is a name', async () => {
    const { asked } = await statusesOf(ADDRESSES.map((address) => address('%252e%252e%252fx')));
    assert.deepEqual(
      asked,
      ADDRESSES.map(() => '%2e%2e%2fx'),
    );
  });

  it('has + for a plus sign, except in the values of IIP', async () => {
    const { asked } = await statusesOf(ADDRESSES.map((address) => address('a+b')));
    assert.deepEqual(asked, ['a+b', 'a+b', 'a+b', 'a+b', 'a b', 'a b', 'a+b', 'a+b', 'a+b', 'a+b']);
  });

  it('is refused for invalid escapes, except in IIP, where they stand for themselves', async () => {
    const { statuses, asked } = await statusesOf(
      ['a%zz', '100%', 'a%2'].flatMap((name) => ADDRESSES.map((address) => address(name))),
    );
    const once = [400, 400, 400, 400, 200, 200, 400, 400, 400, 400];
    assert.deepEqual(statuses, [...once, ...once, ...once]);
    assert.deepEqual(asked, ['a%zz', 'a%zz', '100%', '100%', 'a%2', 'a%2']);
  });

  it('may be the whole address, as clients of a proxy write it', async () => {
    const { statuses, asked } = await statusesOf([
      'http://h.example/iiif/3/a%2Fb/full/max/0/default.jpg',
      'HTTPS://h.example:8/deepzoom/a_files/0/0_0.jpg',
      'http://h.example/iip?FIF=a&JTL=0,0',
      'http://h.example/iiif/3/..%2Fx/info.json',
    ]);
    assert.deepEqual(
      [statuses, asked],
      [
        [200, 200, 200, 400],
        ['a/b', 'a', 'a'],
      ],
    );
  });

  it('is no place of ours under another spelling of a mount', async () => {
    const targets = [
      '/%69iif/3/a/info.json',
      '/%69iif/3',
      '/%69ip?FIF=a&JTL=0,0',
      '/IIIF/3/a/info.json',
      '/iiif3/a/info.json',
      '/iip/x',
      '/iipx',
    ];
    const { statuses } = await statusesOf(targets);
    assert.deepEqual(
      statuses,
      targets.map(() => 404),
    );
  });

  it('is never a defect of ours, whatever it is', async () => {
    const piece = anyTextOf([
      ...[
        '/iiif/3/',
        '/iiif/',
        '/iip?',
        '/deepzoom/',
        '/zoomify/',
        '/fcgi-bin/iipsrv.fcgi?',
        'IIIF=',
        'FIF=',
        '&',
        '?',
      ],
      ...[
        'a',
        '/',
        '%',
        '%2F',
        '%zz',
        '..',
        'full',
        'max',
        '0',
        ',',
        'default.jpg',
        'info.json',
        '.dzi',
        '_files/',
        '0_0.jpg',
      ],
      ...['TileGroup0/', '0-0-0.jpg', '/ImageProperties.xml', 'JTL=', 'CVT=jpeg', 'OBJ=Max-size', 'http://h'],
    ]);
    const targets = fc.sample(piece, 1500).map((text) => `/${text.replace(/[^!-~]/g, '_')}`.replace(/^\/\/?/, '/'));
    const { statuses } = await statusesOf(targets);
    assert.deepEqual(
      [...new Set(statuses)].filter((status) => ![200, 303, 400, 404].includes(status)),
      [],
    );
  });
});
