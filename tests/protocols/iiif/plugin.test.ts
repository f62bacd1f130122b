import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createPublicAddress } from '../../../protocols/public-address.ts';
import { appOver, BODY, stubService, VALIDATORS } from '../stub-app.ts';

const LD_2 = 'application/ld+json;profile="http://iiif.io/api/image/2/context.json"';
const LD_3 = 'application/ld+json;profile="http://iiif.io/api/image/3/context.json"';

describe('IIIF images', () => {
  it('asks for what the URL says and sends it with its validators', async () => {
    const images = stubService();
    const app = await appOver(images);
    const response = await app.inject('/iiif/3/caf%e9%2Fa+b.tif/0,0,512,512/256,/!90/gray.webp?x=1');
    assert.deepEqual(images.requests, [
      {
        identifier: 'caf\u00e9/a+b.tif',
        region: { kind: 'pixels', rect: { x: 0, y: 0, width: 512, height: 512 } },
        scale: { kind: 'width', pixels: 256 },
        upscale: false,
        oversize: 'refuse',
        rotation: { mirror: true, degrees: 90 },
        quality: 'gray',
        format: { type: 'webp' },
      },
    ]);
    assert.equal(response.statusCode, 200);
    assert.deepEqual(new Uint8Array(response.rawPayload), BODY);
    const { connection, date, ...headers } = response.headers;
    assert.deepEqual(
      { ...headers },
      {
        'content-type': 'image/webp',
        'content-length': String(BODY.length),
        etag: VALIDATORS.etag,
        'last-modified': 'Sun, 22 Nov 2026 07:28:38 GMT',
        'cache-control': 'max-age=86400',
        link: '<http://localhost:80/iiif/3/caf%e9%2Fa+b.tif/full/max/0/default.webp>;rel="canonical", <http://iiif.io/api/image/3/level2.json>;rel="profile"',
      },
    );
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    const app = await appOver(stubService());
    const url = '/iiif/3/a.tif/full/max/0/default.jpg';
    const [get, head] = [await app.inject(url), await app.inject({ method: 'HEAD', url })];
    assert.equal(head.statusCode, 200);
    assert.equal(head.payload, '');
    assert.deepEqual({ ...head.headers, date: '' }, { ...get.headers, date: '' });
  });

  it('speaks the version of the prefix, else the one that Accept names, else the configured one', async () => {
    const url = (prefix: string) => `${prefix}/a.tif/full/full/0/default.jpg`;
    const app = await appOver(stubService());
    const statusOf = async (prefix: string, accept?: string) => {
      const response = await app.inject({ url: url(prefix), headers: accept ? { accept } : {} });
      return [response.statusCode, response.headers.vary];
    };
    assert.deepEqual(await statusOf('/iiif/2'), [200, undefined]);
    assert.deepEqual(await statusOf('/iiif/3', LD_2), [400, undefined]);
    assert.deepEqual(await statusOf('/iiif'), [400, 'Accept']);
    assert.deepEqual(await statusOf('/iiif', LD_2), [200, 'Accept']);
    assert.deepEqual(await statusOf('/iiif', LD_2.replace('/2/', '/9/')), [400, 'Accept']);
    const older = await appOver(stubService(), { iiif: { defaultVersion: 2 } });
    assert.equal((await older.inject(url('/iiif'))).statusCode, 200);
    assert.equal((await older.inject({ url: url('/iiif'), headers: { accept: LD_3 } })).statusCode, 400);
  });

  it('refuses malformed parameters with 400 naming the part, before anything is asked of the service', async () => {
    const images = stubService();
    const app = await appOver(images);
    const refusals: Record<string, string> = {
      '/iiif/3/a.tif/full,32912,500,500/max/0/default.jpg': 'region',
      '/iiif/3/a.tif/full/full/0/default.jpg': 'size',
      '/iiif/2/a.tif/full/%5E9,/0/default.jpg': 'size',
      '/iiif/3/a.tif/full/max/-45/default.jpg': 'rotation',
      '/iiif/3/a.tif/full/max/0/sepia.jpg': 'quality',
      '/iiif/3/a.tif/full/max/0/default.bmp': 'format',
      '/iiif/3/a%zz.tif/full/max/0/default.jpg': 'URL',
      '/iiif/3/%2e%2e%2fa.tif/full/max/0/default.jpg': 'identifier',
      '/iiif/3//full/max/0/default.jpg': 'identifier',
      '/iiif/3/x.tif/foo/bar/0/baz.jpg': 'region',
      '/iiif/3/x.tif/full/max/0': 'path',
      '/iiif/3/': 'identifier',
      '/iiif/3': 'identifier',
    };
    for (const [url, part] of Object.entries(refusals)) {
      const response = await app.inject(url);
      assert.deepEqual([url, response.statusCode, response.payload.split(' ', 1)[0]], [url, 400, part]);
    }
    assert.deepEqual(images.requests, []);
  });
});

describe('IIIF base URIs', () => {
  const LOCATIONS: Record<string, string> = {
    '/iiif/3/a.tif': 'http://images.example:8080/iiif/3/a.tif/info.json',
    '/iiif/3/a.tif/': 'http://images.example:8080/iiif/3/a.tif/info.json',
    '/iiif/2/a/b%2Fc.tif': 'http://images.example:8080/iiif/2/a/b%2Fc.tif/info.json',
    '/iiif/a/b/c/d/e/f.tif?x=1': 'http://images.example:8080/iiif/a/b/c/d/e/f.tif/info.json',
    '/iiif/3///evil.example': 'http://images.example:8080/iiif/3///evil.example/info.json',
    '/iiif/3/http:%2f%2fevil.example': 'http://images.example:8080/iiif/3/http:%2f%2fevil.example/info.json',
    '/fcgi-bin/iipsrv.fcgi?IiiF=a.tif': 'http://images.example:8080/fcgi-bin/iipsrv.fcgi?IiiF=a.tif/info.json',
  };

  it('lead to info.json on this site, whatever the identifier', async () => {
    const images = stubService();
    const app = await appOver(images);
    for (const [url, location] of Object.entries(LOCATIONS)) {
      const response = await app.inject({ url, headers: { host: 'images.example:8080' } });
      assert.deepEqual([url, response.statusCode, response.headers.location], [url, 303, location]);
    }
    assert.deepEqual(images.described, []);
  });

  it('answer HEAD as GET', async () => {
    const app = await appOver(stubService());
    const [get, head] = await Promise.all(
      (['GET', 'HEAD'] as const).map((method) => app.inject({ method, url: '/iiif/3/a.tif', headers: { host: 'x' } })),
    );
    const { date: _, ...headers } = head?.headers ?? {};
    const { date: __, ...expected } = get?.headers ?? {};
    assert.deepEqual([head?.statusCode, headers], [303, expected]);
    assert.equal(headers['content-length'], '0');
  });

  it('ignore a Host header that is none', async () => {
    const app = await appOver(stubService());
    for (const host of ['x","evil":"1', 'user@evil.example', 'evil.example/x', 'a b', '[::1', 'a:b']) {
      const response = await app.inject({ url: '/iiif/3///evil.example', headers: { host } });
      assert.equal(response.headers.location, '/iiif/3///evil.example/info.json');
    }
    const response = await app.inject({ url: '/iiif/3/a', headers: { host: '[::1]:80' } });
    assert.equal(response.headers.location, 'http://[::1]:80/iiif/3/a/info.json');
  });

  it('stay on this site where IIIF takes every path and Host is none', () => {
    const { uriOf } = createPublicAddress({});
    for (const host of ['my server', 'user@evil.example', '']) {
      const request = { headers: { host }, socket: {} };
      const uri = uriOf(request, { base: '/', name: '/evil.example/x' });
      assert.equal(new URL(uri, 'http://this.example').href, 'http://this.example//evil.example/x');
      assert.equal(uriOf(request, { base: '/', name: 'a.tif' }), '/a.tif');
    }
  });

  for (const [baseUrl, url, location] of [
    ['https://example.org/images/', '/iiif/3/a%2Fb', 'https://example.org/images/iiif/3/a%2Fb/info.json'],
    ['https://example.org/', '/iiif/a/b.tif', 'https://example.org/iiif/a/b.tif/info.json'],
    ['https://example.org/iiif/', '/fcgi-bin/iipsrv.fcgi?IIIF=a/b.tif', 'https://example.org/iiif/a/b.tif/info.json'],
    ['https://example.org/iiif/', '/iiif/a/b.tif', 'https://example.org/iiif/a/b.tif/info.json'],
    ['https://iiif/', '/iiif/a/b.tif', 'https://iiif/iiif/a/b.tif/info.json'],
    ['https://example.org/i?IIIF=', '/fcgi-bin/iipsrv.fcgi?iiif=a.tif', 'https://example.org/i?IIIF=a.tif/info.json'],
    ['https://example.org/i?IIIF=d/', '/iiif/3/a.tif', 'https://example.org/i?IIIF=d/a.tif/info.json'],
    ['https://example.org/i?IIIF=', '/iiif/2/a.tif', 'https://example.org/i?IIIF=a.tif/info.json'],
  ] as const) {
    it(`of ${url} begin with BASE_URL=${baseUrl} as iipsrv has it`, async () => {
      const app = await appOver(stubService(), { publicAddress: createPublicAddress({ baseUrl }) });
      assert.equal((await app.inject(url)).headers.location, location);
      const info = await app.inject(`${url}/info.json`);
      assert.equal(info.json()['@id'] ?? info.json().id, location.slice(0, -'/info.json'.length));
    });
  }
});
