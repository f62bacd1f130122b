import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ImageError, MalformedRequest, SourceNotFound } from '../../image/errors.ts';
import { parseDeepZoom } from '../../protocols/deepzoom/parse.ts';
import { createTargets, decodeLeniently, decodeStrictly, toUri } from '../../protocols/target.ts';

import { outcomeOf } from './arbitraries.ts';
import { appOver, stubService } from './stub-app.ts';

const { routeOf, splitTarget } = createTargets();

describe('routeOf', () => {
  it('gives the router a fixed route for everything under a mount', () => {
    const routes: Record<string, string> = {
      '/iiif/3/a/info.json': '/iiif/3',
      '/iiif/2/%zz': '/iiif/2',
      '/iiif/3': '/iiif/3',
      '/iiif/33/info.json': '/iiif',
      '/iiif?x': '/iiif',
      '/iip?IIIF=a': '/iip',
      '/fcgi-bin/iipsrv.fcgi': '/iip',
      '/fcgi-bin/iipsrv.fcgi?iiif=a': '/iiif',
      '/fcgi-bin/iipsrv.fcgi?DeepZoom=a.dzi': '/deepzoom',
      '/fcgi-bin/iipsrv.fcgi?zoomify=': '/zoomify',
      '/fcgi-bin/iipsrv.fcgi?FIF=a&IIIF=b': '/iiif',
    };
    assert.deepEqual(Object.keys(routes).map(routeOf), Object.values(routes));
  });

  it('leaves every other URL alone', () => {
    for (const url of ['/', '', '*', '/view/a%zz', '/health/live', '/iiifx', '/static?x=/iiif/3/'])
      assert.equal(routeOf(url), url);
  });
});

describe('splitTarget', () => {
  it('keeps base and rest as the client wrote them', () => {
    assert.deepEqual(splitTarget('/iiif/3/a%2Fb/info.json?x=1?y'), {
      route: '/iiif/3',
      base: '/iiif/3/',
      rest: 'a%2Fb/info.json',
      query: 'x=1?y',
      commands: '',
    });
    assert.deepEqual(splitTarget('/fcgi-bin/iipsrv.fcgi?IiiF=a&b/info.json?x'), {
      route: '/iiif',
      base: '/fcgi-bin/iipsrv.fcgi?IiiF=',
      rest: 'a&b/info.json',
      query: 'x',
      commands: '',
    });
    assert.deepEqual(splitTarget('/iip?FIF=a?b'), {
      route: '/iip',
      base: '/iip?',
      rest: '',
      query: 'FIF=a?b',
      commands: '',
    });
    assert.throws(() => splitTarget('/view/a'), SourceNotFound);
  });

  it('never fails but deliberately, and agrees with routeOf', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.webPath().map((path) => `/iiif${path}`),
        ),
        (url) => {
          const target = outcomeOf(() => splitTarget(url));
          assert.equal(routeOf(url), target instanceof ImageError ? url : target.route);
        },
      ),
    );
  });
});

describe("iipsrv's form of other protocols", () => {
  it('may have commands before them', () => {
    const { route, rest, commands } = splitTarget('/fcgi-bin/iipsrv.fcgi?CNT=1.5&GAM=2&DeepZoom=a&b_files/1/0_0.jpg');
    assert.deepEqual([route, rest, commands], ['/deepzoom', 'a&b_files/1/0_0.jpg', 'CNT=1.5&GAM=2']);
    assert.equal(routeOf('/fcgi-bin/iipsrv.fcgi?FIF=deepzoom=a'), '/iip');
  });

  it('are changed by them', async () => {
    const images = stubService();
    const app = await appOver(images);
    const tiles = 'a.tif_files/10/3_2.jpg';
    await app.inject(`/fcgi-bin/iipsrv.fcgi?CNT=1.5&QLT=33&COL=gray&SDS=2&ICC=1&_=9&DeepZoom=${tiles}`);
    await app.inject('/fcgi-bin/iipsrv.fcgi?INV&IIIF=a.tif/full/max/0/bitonal.png');
    const [tile, whole] = images.requests;
    const plain = parseDeepZoom(tiles, 0);
    assert.deepEqual(tile, {
      ...(plain.kind === 'tile' && plain.request),
      page: { x: 2 },
      operations: { contrast: 1.5 },
      quality: 'gray',
      format: { type: 'jpeg', quality: 33 },
    });
    assert.deepEqual([whole?.operations, whole?.quality], [{ invert: true }, 'bitonal']);
    const refused = await app.inject(`/fcgi-bin/iipsrv.fcgi?CNT=x&DeepZoom=${tiles}`);
    assert.equal(refused.statusCode, 400);
  });

  it('are refused with commands before them that would do nothing, naming those that do something', async () => {
    const images = stubService();
    const app = await appOver(images);
    const useless =
      'FIF=a.tif ROT=90 rot=!0 WID=9 HEI=9 RGN=0,0,1,1 OBJ=Max-size CVT=jpeg JTL=0,0 PTL=0,0 WTL=0,0 ATL=0,0 TTL=0,0 JTLS=0,0,0,0 TIL=0,0 PFL=0:0,0 SPECTRA=0,0,0,0';
    const guests = [
      'DeepZoom=a.tif_files/10/3_2.jpg',
      'DeepZoom=a.tif.dzi',
      'Zoomify=a.tif/TileGroup0/0-0-0.jpg',
      'Zoomify=a.tif/ImageProperties.xml',
      'IIIF=a.tif/full/max/0/default.jpg',
      'IIIF=a.tif/info.json',
      'IIIF=a.tif',
    ];
    const allowed = 'SDS, LYR, QLT, DPT, COL, MINMAX, SHD, CTW, GAM, INV, CMP, CNV, CNT, ICC';
    for (const command of useless.split(' ')) {
      for (const guest of guests) {
        const url = `/fcgi-bin/iipsrv.fcgi?GAM=2&${command}&${guest}`;
        const { statusCode, body } = await app.inject(url);
        const name = command.split('=', 1)[0]?.toUpperCase();
        const reason = `${name} "${command}" is not valid: expected only ${allowed} before the request of another protocol`;
        assert.deepEqual([url, statusCode, body], [url, 400, reason]);
      }
    }
    assert.deepEqual([images.requests, images.described], [[], []]);
  });

  it('describe the page that SDS names', async () => {
    const images = stubService();
    const pages: unknown[] = [];
    const describe: typeof images.describe = (identifier, caller, page) => {
      pages.push(page);
      return images.describe(identifier, caller, page);
    };
    const app = await appOver({ ...images, describe }, { iiif: { pageDelimiter: ';' } });
    for (const guest of ['DeepZoom=a.dzi', 'Zoomify=a/ImageProperties.xml', 'IIIF=a/info.json', 'IIIF=a;3/info.json']) {
      assert.equal((await app.inject(`/fcgi-bin/iipsrv.fcgi?SDS=2,0&${guest}`)).statusCode, 200);
    }
    assert.deepEqual(pages, [{ x: 2, y: 0 }, { x: 2, y: 0 }, { x: 2, y: 0 }, { x: 3 }]);
  });
});

describe('paths of the operator', () => {
  const targets = createTargets(
    [
      { prefix: 'images', protocol: 'iiif' },
      { prefix: 'old/zoom', protocol: 'deepzoom' },
      { prefix: 'iiif/3', protocol: 'zoomify' },
      { prefix: 'iip', protocol: 'iip' },
      { prefix: '', protocol: 'iiif' },
    ],
    ['/assets'],
  );

  it('lead to their protocols, before the usual ones', () => {
    const routes: Record<string, string> = {
      '/images/a.tif/info.json': '/iiif',
      '/old/zoom/a.dzi': '/deepzoom',
      '/iiif/3/a/TileGroup0/0-0-0.jpg': '/zoomify',
      '/iiif/2/a/info.json': '/iiif/2',
      '/iip/a.tif?WID=5': '/iip',
      '/iip?FIF=a.tif': '/iip',
      '/anything/else': '/iiif',
      '/imagesof/a': '/iiif',
    };
    assert.deepEqual(Object.keys(routes).map(targets.routeOf), Object.values(routes));
  });

  it('count by the longest that fits, in whatever order they are given', () => {
    const nested = [
      { prefix: 'a', protocol: 'iiif' },
      { prefix: 'a/b', protocol: 'deepzoom' },
      { prefix: 'a/b/c', protocol: 'zoomify' },
    ] as const;
    for (const mappings of [nested, nested.toReversed(), [nested[1], nested[2], nested[0]]]) {
      const { routeOf, splitTarget } = createTargets(mappings);
      const urls = ['/a/b/c/x', '/a/b/x', '/a/x', '/a/bc/x'];
      assert.deepEqual(urls.map(routeOf), ['/zoomify', '/deepzoom', '/iiif', '/iiif']);
      assert.deepEqual(
        urls.map((url) => splitTarget(url).base),
        ['/a/b/c/', '/a/b/', '/a/', '/a/'],
      );
    }
  });

  it('leave the pages of the server alone', () => {
    for (const url of ['/', '/?page=2', '/assets/style.css']) assert.equal(targets.routeOf(url), url);
    assert.equal(targets.routeOf('/assetsof/a'), '/iiif');
  });

  it('are part of the base that addresses are made of', () => {
    const { base, rest } = targets.splitTarget('/images/a%2Fb.tif/info.json?x=1');
    assert.deepEqual([base, rest], ['/images/', 'a%2Fb.tif/info.json']);
    assert.equal(targets.splitTarget('/a/b').base, '/');
  });

  it('name the image of IIP commands, whatever stands in the name', () => {
    assert.equal(
      targets.splitTarget('/iip/a+b&c%20d.tif?WID=5&CVT=jpeg').query,
      'FIF=a%2Bb%26c%20d.tif&WID=5&CVT=jpeg',
    );
    assert.equal(targets.splitTarget('/iip/a.tif').query, 'FIF=a.tif');
  });

  it('hide nothing where they say what is so already', () => {
    const same = createTargets([{ prefix: 'iiif', protocol: 'iiif' }]);
    const urls = ['/iiif/3/a/info.json', '/iiif/2/a/info.json', '/iiif/a/info.json'];
    assert.deepEqual(urls.map(same.routeOf), ['/iiif/3', '/iiif/2', '/iiif']);
  });

  it('mean nothing where there are none', () => {
    assert.equal(routeOf('/images/a.tif/info.json'), '/images/a.tif/info.json');
  });
});

describe('percent-encoding', () => {
  it('is undone for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const buffer = Buffer.from(bytes);
        const encoded = buffer.toString('hex').replace(/../g, '%$&');
        assert.equal(decodeStrictly(encoded), buffer.toString('latin1'));
        assert.equal(decodeLeniently(encoded), buffer.toString('latin1'));
      }),
    );
  });

  it('has no way to spell what is no byte', () => {
    for (const decode of [decodeStrictly, decodeLeniently]) {
      assert.throws(() => decode('\u012f..\u012fx'), MalformedRequest);
    }
  });

  it('is added to what no URI may hold', () => {
    assert.equal(toUri('http://h/a%2Fb"<>\\^`{|} \u00e9\r\n'), 'http://h/a%2Fb%22%3C%3E%5C%5E%60%7B%7C%7D%20%E9%0D%0A');
    const clean = "/a-z._~:/?#[]@!$&'()*+,;=%41";
    assert.equal(toUri(clean), clean);
  });
});
