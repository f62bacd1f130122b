import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SourceNotFound } from '../../../image/errors.ts';
import type { FolderPage } from '../../../image/folder.ts';
import { parseIdentifier } from '../../../image/identifier.ts';
import { parsePresentation } from '../../../protocols/presentation/parse.ts';
import { createPublicAddress } from '../../../protocols/public-address.ts';
import { createTargets } from '../../../protocols/target.ts';
import { anyName, anySpellingOf, anyTextOf, outcomeOf } from '../arbitraries.ts';
import { appOver, DESCRIPTION, stubService } from '../stub-app.ts';

const HOST = { host: 'images.example' };

/** What is looked at of a canvas. */
interface Canvas {
  readonly label: unknown;
  readonly items: readonly [{ readonly items: readonly [{ readonly body: { readonly id: string } }] }];
}

function folderOf(entries: FolderPage['entries'], pages = 1): (folder: string, page: number) => Promise<FolderPage> {
  return async (folder, page) => ({ folder, entries, page, pages, isCut: false, isBeingDrawn: false });
}

/** A service that knows every image but those whose name ends in `/folder`. */
function imagesButFolders(description = DESCRIPTION) {
  const images = stubService(description);
  return {
    ...images,
    async describe(...args: Parameters<typeof images.describe>) {
      if (/(^|\/)folder$/.test(args[0])) throw new SourceNotFound();
      return images.describe(...args);
    },
  };
}

describe('the grammar of presentation documents', () => {
  it('gives back every name that was printed, however it is encoded', () => {
    const printed = anyName.chain((name) => fc.tuple(fc.constant(name), anySpellingOf(name, /[^%?]/)));
    fc.assert(
      fc.property(printed, fc.constantFrom('manifest', 'collection'), ([name, spelling], kind) => {
        assert.deepEqual(parsePresentation(`${spelling}/${kind}.json`), { kind, path: name, uri: spelling });
      }),
    );
    assert.deepEqual(parsePresentation('manifest.json'), { kind: 'manifest', path: '', uri: '' });
  });

  it('never fails but deliberately', () => {
    const text = anyTextOf(['a', '/', 'manifest.json', 'collection.json', '%2F', '%', '..']);
    fc.assert(fc.property(text, (rest) => void outcomeOf(() => parsePresentation(rest))));
  });
});

describe('a manifest', () => {
  it('of an image has one canvas of its size, painted by its image service', async () => {
    const app = await appOver(imagesButFolders());
    const response = await app.inject({ url: '/presentation/3/a%2Fb%20c.tif/manifest.json', headers: HOST });
    assert.equal(
      response.headers['content-type'],
      'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"',
    );
    const service = 'http://images.example/iiif/3/a/b%20c.tif';
    const canvas = 'http://images.example/presentation/3/a%2Fb%20c.tif/canvas/1';
    assert.deepEqual(response.json(), {
      '@context': 'http://iiif.io/api/presentation/3/context.json',
      id: 'http://images.example/presentation/3/a%2Fb%20c.tif/manifest.json',
      type: 'Manifest',
      label: { none: ['b c.tif'] },
      items: [
        {
          id: canvas,
          type: 'Canvas',
          label: { none: ['b c.tif'] },
          width: 1000,
          height: 700,
          thumbnail: [
            {
              id: `${service}/full/400,280/0/default.jpg`,
              type: 'Image',
              format: 'image/jpeg',
              width: 400,
              height: 280,
            },
          ],
          items: [
            {
              id: `${canvas}/page`,
              type: 'AnnotationPage',
              items: [
                {
                  id: `${canvas}/picture`,
                  type: 'Annotation',
                  motivation: 'painting',
                  body: {
                    id: `${service}/full/max/0/default.jpg`,
                    type: 'Image',
                    format: 'image/jpeg',
                    width: 1000,
                    height: 700,
                    service: [{ id: service, type: 'ImageService3', profile: 'level2' }],
                  },
                  target: canvas,
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it('has a thumbnail that the limits allow', async () => {
    const app = await appOver(imagesButFolders({ ...DESCRIPTION, maxSide: 300 }));
    const { items } = (await app.inject({ url: '/presentation/3/a.tif/manifest.json', headers: HOST })).json();
    assert.equal(items[0].thumbnail[0].id, 'http://images.example/iiif/3/a.tif/full/300,210/0/default.jpg');
  });

  it('says what the image says of itself, and never as markup', async () => {
    const text = { title: 'Dunes', creator: '<b>A & B</b>', rights: '(c) Somebody' };
    const app = await appOver(imagesButFolders({ ...DESCRIPTION, metadata: { text } }));
    const manifest = (await app.inject('/presentation/3/a/manifest.json')).json();
    assert.deepEqual(manifest.label, { none: ['Dunes'] });
    assert.deepEqual(manifest.metadata[0], {
      label: { en: ['Creator'] },
      value: { none: ['<span>&lt;b>A &amp; B&lt;/b></span>'] },
    });
    assert.deepEqual(manifest.requiredStatement, { label: { en: ['Rights'] }, value: { none: ['(c) Somebody'] } });
    const uri = 'https://creativecommons.org/licenses/by/4.0/';
    const other = await appOver(imagesButFolders({ ...DESCRIPTION, metadata: { text: { rights: uri } } }));
    const licensed = (await other.inject('/presentation/3/a/manifest.json')).json();
    assert.deepEqual([licensed.rights, licensed.requiredStatement], [uri, undefined]);
    const sidecar = await appOver(imagesButFolders({ ...DESCRIPTION, extra: { rights: uri } }));
    assert.equal((await sidecar.inject('/presentation/3/a/manifest.json')).json().rights, uri);
  });

  it('of a stack has a canvas for each page, by IIIF where pages have an address there and else by IIP', async () => {
    const stack = [
      { name: 'infrared', scale: 1 },
      { name: '', scale: 1 },
    ];
    const images = imagesButFolders({ ...DESCRIPTION, stack });
    const bodies = async (pageDelimiter: string) => {
      const app = await appOver(images, { iiif: { pageDelimiter } });
      const response = await app.inject({ url: '/presentation/3/s.tif/manifest.json', headers: HOST });
      const { items } = response.json<{ items: readonly Canvas[] }>();
      return items.map((canvas) => [canvas.label, canvas.items[0].items[0].body.id]);
    };
    assert.deepEqual(await bodies(';'), [
      [{ none: ['infrared'] }, 'http://images.example/iiif/3/s.tif%3B0/full/max/0/default.jpg'],
      [{ none: ['Page 2'] }, 'http://images.example/iiif/3/s.tif%3B1/full/max/0/default.jpg'],
    ]);
    assert.deepEqual((await bodies('')).at(1), [
      { none: ['Page 2'] },
      'http://images.example/iip?FIF=s.tif&SDS=1,90&CVT=jpeg',
    ]);
  });

  it('is found at the server where BASE_URL leads to images alone, and its images by BASE_URL', async () => {
    const publicAddress = createPublicAddress({ baseUrl: 'https://pub.example/fcgi-bin/iipsrv.fcgi?IIIF=' });
    const app = await appOver(imagesButFolders(), { publicAddress });
    const manifest = (await app.inject('/presentation/3/a.tif/manifest.json')).json();
    assert.equal(manifest.id, 'https://pub.example/presentation/3/a.tif/manifest.json');
    assert.deepEqual(manifest.items[0].items[0].items[0].body.service, [
      { id: 'https://pub.example/fcgi-bin/iipsrv.fcgi?IIIF=a.tif', type: 'ImageService3', profile: 'level2' },
    ]);
    const map = (await app.inject('/tiles/a.tif/tilejson.json')).json();
    assert.deepEqual(map.tiles, ['https://pub.example/tiles/a.tif/{z}/{x}/{y}.jpg']);
  });

  it('names image services where the operator has put IIIF, unless another version is spoken there', async () => {
    const targets = createTargets([
      { prefix: 'zoom', protocol: 'deepzoom' },
      { prefix: 'pictures', protocol: 'iiif' },
      { prefix: 'old/images', protocol: 'iiif' },
    ]);
    const serviceOf = async (options: Parameters<typeof appOver>[1]) => {
      const app = await appOver(imagesButFolders(), { targets, ...options });
      const manifest = (await app.inject({ url: '/presentation/3/a%20b.tif/manifest.json', headers: HOST })).json();
      const [service] = manifest.items[0].items[0].items[0].body.service;
      const path = new URL(service.id).pathname;
      const info = (await app.inject({ url: `${path}/info.json`, headers: HOST })).json();
      assert.equal(info.type, 'ImageService3');
      if (!options?.publicAddress) assert.equal(info.id, service.id);
      return service.id;
    };
    assert.equal(await serviceOf({}), 'http://images.example/pictures/a%20b.tif');
    assert.equal(await serviceOf({ iiif: { defaultVersion: 2 } }), 'http://images.example/iiif/3/a%20b.tif');
    const everything = createTargets([{ prefix: '', protocol: 'iiif' }]);
    assert.equal(await serviceOf({ targets: everything }), 'http://images.example/iiif/3/a%20b.tif');
    const publicAddress = createPublicAddress({ baseUrl: 'https://pub.example/' });
    assert.equal(await serviceOf({ publicAddress }), 'https://pub.example/pictures/a%20b.tif');
  });

  it('is at the prefix of a proxy that is trusted, if it is one', async () => {
    const app = await appOver(imagesButFolders(), { publicAddress: createPublicAddress({ isTrusted: () => true }) });
    const idsBehind = async (prefix: string) => {
      const headers = { ...HOST, 'x-forwarded-prefix': prefix };
      const manifest = (await app.inject({ url: '/presentation/3/a.tif/manifest.json', headers })).json();
      const { tiles } = (await app.inject({ url: '/tiles/a.tif/tilejson.json', headers })).json();
      return [manifest.id, manifest.items[0].items[0].items[0].body.service[0].id, tiles[0]];
    };
    const expected = (root: string) => [
      `${root}/presentation/3/a.tif/manifest.json`,
      `${root}/iiif/3/a.tif`,
      `${root}/tiles/a.tif/{z}/{x}/{y}.jpg`,
    ];
    for (const prefix of ['/img', '/img/', '/a/b.c/..d', '/...']) {
      assert.deepEqual(await idsBehind(prefix), expected(`http://images.example${prefix.replace(/\/$/, '')}`));
    }
    for (const prefix of ['/../x', '/x/..', '/./x', '/x/%2e%2E/y', '/.%2e', '//x', 'x', '/x y', '/x"', '/']) {
      assert.deepEqual(await idsBehind(prefix), expected('http://images.example'), prefix);
    }
  });

  it('and TileJSON do not take the identifier that a proxy names for an image', async () => {
    const publicAddress = createPublicAddress({ isTrusted: () => true });
    const app = await appOver(imagesButFolders(), { publicAddress });
    const headers = { ...HOST, 'x-iiif-id': 'https://pub.example/iiif/a' };
    const map = (await app.inject({ url: '/tiles/a.tif/tilejson.json', headers })).json();
    assert.deepEqual(map.tiles, ['http://images.example/tiles/a.tif/{z}/{x}/{y}.jpg']);
  });

  it('of a folder has a canvas for each image in it', async () => {
    const entries: FolderPage['entries'] = [
      { kind: 'folder', path: 'x/folder/deeper' },
      { kind: 'image', identifier: parseIdentifier('x/folder/a.tif'), size: { width: 1, height: 1 } },
      { kind: 'problem', identifier: parseIdentifier('x/folder/b.tif'), reason: 'damaged' },
      { kind: 'image', identifier: parseIdentifier('x/folder/c.tif'), size: { width: 1, height: 1 } },
    ];
    const app = await appOver(imagesButFolders(), { listImages: folderOf(entries) });
    const manifest = (await app.inject('/presentation/3/x/folder/manifest.json')).json();
    assert.deepEqual(
      manifest.items.map(({ label }: { label: unknown }) => label),
      [{ none: ['a.tif'] }, { none: ['c.tif'] }],
    );
    const collection = (await app.inject({ url: '/presentation/3/x/folder/collection.json', headers: HOST })).json();
    assert.deepEqual(collection.items, [
      {
        id: 'http://images.example/presentation/3/x/folder/deeper/collection.json',
        type: 'Collection',
        label: { none: ['deeper'] },
      },
      {
        id: 'http://images.example/presentation/3/x/folder/a.tif/manifest.json',
        type: 'Manifest',
        label: { none: ['a.tif'] },
      },
      {
        id: 'http://images.example/presentation/3/x/folder/c.tif/manifest.json',
        type: 'Manifest',
        label: { none: ['c.tif'] },
      },
    ]);
  });

  it('of a folder without images is 404 and says why; its collection is there', async () => {
    const entries: FolderPage['entries'] = [{ kind: 'folder', path: 'x/folder/deeper' }];
    const app = await appOver(imagesButFolders(), { listImages: folderOf(entries) });
    const { statusCode, body } = await app.inject('/presentation/3/x/folder/manifest.json');
    assert.deepEqual([statusCode, body], [404, 'no image in this folder: collection.json lists the folders in it']);
    assert.equal((await app.inject('/presentation/3/x/folder/collection.json')).statusCode, 200);
  });

  it('of a folder is current by its entity tag alone: it may change twice in a second', async () => {
    const entries: FolderPage['entries'] = [
      { kind: 'image', identifier: parseIdentifier('x/folder/a.tif'), size: { width: 1, height: 1 } },
    ];
    const app = await appOver(imagesButFolders(), { listImages: folderOf(entries) });
    for (const url of ['/presentation/3/x/folder/manifest.json', '/presentation/3/x/folder/collection.json']) {
      const first = await app.inject(url);
      assert.equal(first.headers['last-modified'], undefined);
      const since = new Date(Date.now() + 60_000).toUTCString();
      assert.equal((await app.inject({ url, headers: { 'if-modified-since': since } })).statusCode, 200);
      const again = await app.inject({ url, headers: { 'if-none-match': String(first.headers.etag) } });
      assert.deepEqual([again.statusCode, again.body], [304, '']);
    }
  });

  it('lists no more than 1000 pictures, and says so', async () => {
    const entries = Array.from({ length: 60 }, (_, index) => ({
      kind: 'image' as const,
      identifier: parseIdentifier(`folder/${index}.tif`),
      size: { width: 1, height: 1 },
    }));
    const manifestOf = async (pages: number) => {
      const app = await appOver(imagesButFolders(), { listImages: folderOf(entries, pages) });
      return (await app.inject('/presentation/3/folder/manifest.json')).json();
    };
    const [few, many] = [await manifestOf(16), await manifestOf(17)];
    assert.deepEqual([few.items.length, few.summary], [960, undefined]);
    assert.deepEqual([many.items.length, many.summary], [1000, { en: ['Only the first 1000 pictures are listed.'] }]);
  });

  it('is 404 for what is neither image nor folder', async () => {
    const app = await appOver(imagesButFolders());
    for (const url of ['folder/manifest.json', 'folder/collection.json', 'a.tif', 'a.tif/manifest.xml', '']) {
      assert.deepEqual([url, (await app.inject(`/presentation/3/${url}`)).statusCode], [url, 404]);
    }
    assert.equal((await app.inject('/presentation/3/..%2Fa/manifest.json')).statusCode, 400);
  });
});
