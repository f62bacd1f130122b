import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SourceNotFound } from '../../../image/errors.ts';
import { appOver, DESCRIPTION, stubService } from '../stub-app.ts';

const LD_2 = 'application/ld+json;profile="http://iiif.io/api/image/2/context.json"';
const LD_3 = 'application/ld+json;profile="http://iiif.io/api/image/3/context.json"';

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
      extraFormats: ['tif', 'webp', 'avif', 'gif', 'pdf', 'jp2'],
      extraFeatures: ['canonicalLinkHeader', 'mirroring', 'profileLinkHeader', 'rotationArbitrary', 'sizeUpscaling'],
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
          formats: ['jpg', 'png', 'tif', 'webp', 'avif', 'gif', 'pdf', 'jp2'],
          qualities: ['default', 'color', 'gray', 'bitonal'],
          supports: [
            'regionSquare',
            'canonicalLinkHeader',
            'mirroring',
            'profileLinkHeader',
            'rotationArbitrary',
            'sizeAboveFull',
          ],
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

  it('is what each client asks for, whatever the last one did', async () => {
    const app = await appOver(stubService());
    for (const host of ['h.example', 'other.example', 'h.example']) {
      for (const accept of ['application/json', 'application/ld+json', 'application/json']) {
        const response = await app.inject({ url: '/iiif/3/a/info.json', headers: { host, accept } });
        assert.equal(response.json().id, `http://${host}/iiif/3/a`);
        assert.ok(String(response.headers['content-type']).startsWith(accept));
        const old = await app.inject({ url: '/iiif/2/a/info.json', headers: { host, accept } });
        assert.equal(old.json()['@id'], `http://${host}/iiif/2/a`);
      }
    }
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
    const small = await sizesWith({ maxSide: 100 });
    assert.deepEqual([small.sizes, small.tiles[0].width], [[{ width: 100, height: 70 }], 100]);
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
