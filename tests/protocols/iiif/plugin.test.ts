import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SourceNotFound } from '../../../image/errors.ts';
import { appOver, BODY, DESCRIPTION, stubService, VALIDATORS } from '../stub-app.ts';

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
        link: '<http://iiif.io/api/image/3/level2.json>;rel="profile"',
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
    const older = await appOver(stubService(), { iiifVersion: 2 });
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
      '/iiif/3/a.tif/full/max/45/default.jpg': 'rotation',
      '/iiif/3/a.tif/full/max/0/sepia.jpg': 'quality',
      '/iiif/3/a.tif/full/max/0/default.gif': 'format',
      '/iiif/3/a%zz.tif/full/max/0/default.jpg': 'URL',
      '/iiif/3/%2e%2e%2fa.tif/full/max/0/default.jpg': 'identifier',
      '/iiif/3//full/max/0/default.jpg': 'identifier',
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

  it('ignore a Host header that is none', async () => {
    const app = await appOver(stubService());
    for (const host of ['x","evil":"1', 'user@evil.example', 'evil.example/x', 'a b', '[::1', 'a:b']) {
      const response = await app.inject({ url: '/iiif/3///evil.example', headers: { host } });
      assert.equal(response.headers.location, '/iiif/3///evil.example/info.json');
    }
    const response = await app.inject({ url: '/iiif/3/a', headers: { host: '[::1]:80' } });
    assert.equal(response.headers.location, 'http://[::1]:80/iiif/3/a/info.json');
  });

  it('are made with the configured origin', async () => {
    const app = await appOver(stubService(), { publicOrigin: () => 'https://example.org/images' });
    assert.equal((await app.inject('/iiif/3/a')).headers.location, 'https://example.org/images/iiif/3/a/info.json');
  });
});

describe('info.json', () => {
  it('of version 3 has every member that the specification requires, the context first', async () => {
    const images = stubService();
    const app = await appOver(images);
    const response = await app.inject({ url: '/iiif/3/a%2Fb.tif/info.json', headers: { host: 'h.example' } });
    assert.ok(response.payload.startsWith('{"@context":'));
    assert.deepEqual(response.json(), {
      '@context': 'http://iiif.io/api/image/3/context.json',
      id: 'http://h.example/iiif/3/a%2Fb.tif',
      type: 'ImageService3',
      protocol: 'http://iiif.io/api/image',
      profile: 'level2',
      width: 1000,
      height: 700,
      sizes: [
        { width: 250, height: 175 },
        { width: 500, height: 350 },
        { width: 1000, height: 700 },
      ],
      tiles: [{ width: 256, height: 256, scaleFactors: [1, 2, 4] }],
      maxWidth: 5000,
      maxHeight: 5000,
      extraQualities: ['color', 'gray', 'bitonal'],
      extraFormats: ['tif', 'webp', 'avif'],
      extraFeatures: ['mirroring', 'profileLinkHeader', 'sizeUpscaling'],
    });
    assert.deepEqual(images.described, ['a/b.tif']);
  });

  it('of version 2 has every member that the specification requires', async () => {
    const app = await appOver(stubService());
    const response = await app.inject({ url: '/iiif/2/a.tif/info.json', headers: { host: 'h.example' } });
    assert.deepEqual(response.json(), {
      '@context': 'http://iiif.io/api/image/2/context.json',
      '@id': 'http://h.example/iiif/2/a.tif',
      protocol: 'http://iiif.io/api/image',
      width: 1000,
      height: 700,
      sizes: [
        { width: 250, height: 175 },
        { width: 500, height: 350 },
        { width: 1000, height: 700 },
      ],
      tiles: [{ width: 256, height: 256, scaleFactors: [1, 2, 4] }],
      profile: [
        'http://iiif.io/api/image/2/level2.json',
        {
          formats: ['jpg', 'png', 'tif', 'webp', 'avif'],
          qualities: ['default', 'color', 'gray', 'bitonal'],
          supports: ['regionSquare', 'mirroring', 'profileLinkHeader', 'sizeAboveFull'],
          maxWidth: 5000,
          maxHeight: 5000,
        },
      ],
    });
  });

  it('says in its type what the client wanted to hear', async () => {
    const app = await appOver(stubService());
    const typeOf = async (version: 2 | 3, accept?: string) => {
      const response = await app.inject({ url: `/iiif/${version}/a/info.json`, headers: accept ? { accept } : {} });
      assert.equal(response.headers.vary, 'Accept');
      return response.headers['content-type'];
    };
    assert.equal(await typeOf(3), LD_3);
    assert.equal(await typeOf(3, LD_3), LD_3);
    assert.equal(await typeOf(3, '*/*'), 'application/json');
    assert.equal(await typeOf(3, 'application/json'), 'application/json');
    assert.equal(await typeOf(2), 'application/json');
    assert.equal(await typeOf(2, '*/*'), 'application/json');
    assert.equal(await typeOf(2, LD_2), 'application/ld+json');
  });

  it('names its profile, and the context where plain JSON of version 2 cannot', async () => {
    const app = await appOver(stubService());
    const linkOf = async (url: string) => (await app.inject(url)).headers.link;
    const profile = (version: number) => `<http://iiif.io/api/image/${version}/level2.json>;rel="profile"`;
    const context =
      '<http://iiif.io/api/image/2/context.json>;rel="http://www.w3.org/ns/json-ld#context";type="application/ld+json"';
    assert.equal(await linkOf('/iiif/3/a/info.json'), profile(3));
    assert.equal(await linkOf('/iiif/2/a/info.json'), `${context}, ${profile(2)}`);
  });

  it('has the identifier as the client wrote it, whatever it holds', async () => {
    const app = await appOver(stubService());
    const headers = { host: 'h.example' };
    for (const name of ['a%22b', 'caf%e9', 'a+b', '100%25', 'a%3Fb%23c', 'ark:/12025/x', '//x', 'x'.repeat(1000)]) {
      const response = await app.inject({ url: `/iiif/3/${name}/info.json`, headers });
      assert.equal(response.json().id, `http://h.example/iiif/3/${name}`);
    }
    const old = await app.inject({ url: '/fcgi-bin/iipsrv.fcgi?IIIF=/images/a.tif/info.json', headers });
    assert.equal(old.json().id, 'http://h.example/fcgi-bin/iipsrv.fcgi?IIIF=/images/a.tif');
  });

  it('is 304 to those who have it, and not to those who have another of its forms', async () => {
    const app = await appOver(stubService());
    const url = '/iiif/3/a/info.json';
    const { etag = '' } = (await app.inject(url)).headers;
    const again = await app.inject({ url, headers: { 'if-none-match': String(etag) } });
    assert.deepEqual([again.statusCode, again.payload, again.headers.etag], [304, '', etag]);
    const plain = await app.inject({ url, headers: { 'if-none-match': String(etag), accept: 'application/json' } });
    assert.equal(plain.statusCode, 200);
    const elsewhere = await app.inject({ url, headers: { 'if-none-match': String(etag), host: 'other.example' } });
    assert.equal(elsewhere.statusCode, 200);
  });

  it('promises no size over the limits and always one', async () => {
    const sizesWith = async (limits: object) => {
      const app = await appOver(stubService({ ...DESCRIPTION, ...limits }));
      return (await app.inject('/iiif/3/a/info.json')).json();
    };
    const bySide = await sizesWith({ maxSide: 500 });
    assert.deepEqual([bySide.sizes.length, bySide.maxWidth, bySide.maxArea], [2, 500, undefined]);
    const byArea = await sizesWith({ maxArea: 500 * 350 - 1 });
    assert.deepEqual([byArea.sizes.length, byArea.maxWidth, byArea.maxArea], [1, 5000, 500 * 350 - 1]);
    assert.deepEqual((await sizesWith({ maxSide: 100 })).sizes, [{ width: 100, height: 70 }]);
    const [tiny] = (await sizesWith({ maxArea: 1000 })).sizes;
    assert.ok(tiny.width * tiny.height <= 1000 && tiny.width >= 37 && tiny.height >= 26);
    const unlimited = await sizesWith({ maxSide: Number.POSITIVE_INFINITY, maxArea: Number.POSITIVE_INFINITY });
    assert.deepEqual([unlimited.maxWidth, unlimited.maxHeight, unlimited.maxArea], [undefined, undefined, undefined]);
    assert.ok(!unlimited.extraFeatures.includes('sizeUpscaling'));
  });

  it('promises only what the image and the configuration allow', async () => {
    const layout = { bands: 1, photometric: 'gray', hasAlpha: false, bitsPerSample: 16 } as const;
    const app = await appOver(stubService({ ...DESCRIPTION, layout, allowUpscaling: false }));
    const info = (await app.inject('/iiif/3/a/info.json')).json();
    assert.deepEqual(info.extraQualities, ['gray', 'bitonal']);
    assert.ok(!info.extraFeatures.includes('sizeUpscaling'));
    const [, profile] = (await app.inject('/iiif/2/a/info.json')).json().profile;
    assert.ok(!profile.supports.includes('sizeAboveFull'));
  });

  it('offers halvings where the levels are no whole reductions', async () => {
    const [full] = DESCRIPTION.levels;
    const odd = { width: 617, height: 432, tile: full.tile, scaleFactor: 1000 / 617 };
    const app = await appOver(stubService({ ...DESCRIPTION, levels: [full, odd] }));
    const [tile] = (await app.inject('/iiif/3/a/info.json')).json().tiles;
    assert.deepEqual(tile.scaleFactors, [1, 2, 4]);
  });

  it('is 404 for an image that is not there', async () => {
    const images = stubService();
    const app = await appOver({ ...images, describe: () => Promise.reject(new SourceNotFound()) });
    assert.equal((await app.inject('/iiif/3/a/info.json')).statusCode, 404);
  });
});
