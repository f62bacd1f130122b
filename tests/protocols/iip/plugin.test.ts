import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MalformedRequest, SourceNotFound } from '../../../image/errors.ts';
import { parseIdentifier } from '../../../image/identifier.ts';
import { pyramidOf } from '../../../image/pyramid.ts';
import type { PixelLayout } from '../../../image/source.ts';
import { dispositionOf } from '../../../protocols/iip/disposition.ts';
import { iipErrorBody } from '../../../protocols/iip/errors.ts';
import { appOver, BODY, DESCRIPTION, stubService, VALIDATORS } from '../stub-app.ts';

const RESOLVED = {
  region: { x: 0, y: 0, width: 1000, height: 700 },
  size: { width: 300, height: 210 },
  rotation: { mirror: false, degrees: 0 },
  quality: 'color',
  format: { type: 'png' },
  purpose: 'export',
} as const;

async function linesOf(query: string, layout: Partial<PixelLayout> = {}): Promise<string[]> {
  const app = await appOver(stubService({ ...DESCRIPTION, layout: { ...DESCRIPTION.layout, ...layout } }));
  const response = await app.inject(`/iip?${query}`);
  assert.deepEqual([response.statusCode, response.headers['content-type']], [200, 'application/vnd.netfpx']);
  assert.ok(response.payload.endsWith('\r\n'));
  return response.payload.slice(0, -2).split('\r\n');
}

describe('IIP objects', () => {
  it('are answered in the exact words that clients search for', async () => {
    const app = await appOver(stubService());
    const response = await app.inject(
      '/fcgi-bin/iipsrv.fcgi?FIF=a&OBJ=IIP,1.0&OBJ=Max-size&OBJ=Tile-size&OBJ=Resolution-number',
    );
    assert.equal(response.payload, 'Max-size:1000 700\r\nTile-size:256 256\r\nResolution-number:3\r\n');
    assert.equal(response.headers.iip, '1.3');
    assert.equal(response.headers['last-modified'], 'Sun, 22 Nov 2026 07:28:38 GMT');
    assert.equal(response.headers['content-length'], String(response.payload.length));
  });

  it('each have their line', async () => {
    assert.deepEqual(await linesOf('FIF=a&OBJ=basic-INFO'), [
      'IIP-server:3.65',
      'Max-size:1000 700',
      'Resolution-number:3',
      'Colorspace,0-2,0:0 0 3 3 0 1 2',
    ]);
    assert.deepEqual(await linesOf('FIF=a&OBJ=Resolutions'), ['Resolutions:250 175,500 350,1000 700']);
    assert.deepEqual(await linesOf('FIF=a&OBJ=Bits-per-channel', { bitsPerSample: 16 }), ['Bits-per-channel:16']);
    assert.deepEqual(await linesOf('FIF=a&OBJ=Horizontal-views&OBJ=Vertical-views'), [
      'Horizontal-views:0',
      'Vertical-views:90',
    ]);
    assert.deepEqual(await linesOf('OBJ=IIP-server'), ['IIP-server:3.65']);
    assert.deepEqual(await linesOf('FIF=a&OBJ=min-max-sample-VALUES'), [
      'Min-Max-sample-values: 0  255  0  255  0  255',
    ]);
    assert.deepEqual(await linesOf('FIF=a&OBJ=Min-Max-sample-values', { bands: 1, sample: 'uint16' }), [
      'Min-Max-sample-values: 0  65535',
    ]);
  });

  it('and commands are all there that the server says it has', async () => {
    const [commands = '', objects = ''] = await linesOf('OBJ=IIP-opt-comm&OBJ=IIP-opt-obj');
    assert.equal(commands, 'IIP-opt-comm:CVT CNT QLT JTL JTLS WID HEI RGN MINMAX SHD CMP INV CTW');
    assert.match(objects, /^IIP-opt-obj:.*Tile-size.* Min-Max-sample-values/);
    const app = await appOver(stubService());
    for (const name of objects.replace('IIP-opt-obj:', '').split(' ')) {
      assert.ok((await app.inject(`/iip?FIF=a&OBJ=${name}`)).payload.startsWith(`${name}:`), name);
    }
    for (const name of commands.replace('IIP-opt-comm:', '').split(' ')) {
      assert.ok(!(await app.inject(`/iip?FIF=a&${name}=x`)).payload.includes('2 2'), name);
    }
  });

  it('describe colour as the protocol numbers it', async () => {
    const colorspaceOf = (photometric: PixelLayout['photometric']) =>
      linesOf('FIF=a&OBJ=Colorspace,*,*', { photometric });
    assert.deepEqual(await colorspaceOf('cielab'), ['Colorspace,0-2,0:1 0 4 3 0 1 2']);
    assert.deepEqual(await colorspaceOf('gray'), ['Colorspace,0-2,0:0 0 1 1 0']);
    assert.deepEqual(await colorspaceOf('bilevel'), ['Colorspace,0-2,0:0 0 3 3 0 1 2']);
    assert.deepEqual(await colorspaceOf('cmyk'), ['Colorspace,0-2,0:0 0 3 3 0 1 2']);
  });

  it('follow the rotation before them', async () => {
    assert.deepEqual(await linesOf('FIF=a&OBJ=Max-size&ROT=-90&OBJ=Max-size'), [
      'Max-size:1000 700',
      'Max-size:700 1000',
    ]);
  });

  it('tell the tile size of the file, which JTL counts by', async () => {
    const levels = pyramidOf([{ width: 5000, height: 4000, tile: { width: 2048, height: 1024 } }]);
    const app = await appOver(stubService({ ...DESCRIPTION, levels }));
    assert.equal((await app.inject('/iip?FIF=a&OBJ=Tile-size')).payload, 'Tile-size:2048 1024\r\n');
  });

  it('are 304 to those who have them', async () => {
    const app = await appOver(stubService());
    const url = '/iip?FIF=a&OBJ=Max-size';
    const { etag } = (await app.inject(url)).headers;
    const again = await app.inject({ url, headers: { 'if-none-match': String(etag) } });
    assert.deepEqual([again.statusCode, again.payload], [304, '']);
  });
});

describe('IIP pictures', () => {
  it('are exports with a file name, after the size before rotation', async () => {
    const app = await appOver(stubService(DESCRIPTION, { resolved: RESOLVED }));
    const response = await app.inject('/iip?FIF=/images/rgb.tif&WID=300&CVT=png');
    assert.equal(response.headers['content-disposition'], 'inline; filename="rgb_300x210.png"');
    assert.equal(response.headers['content-length'], String(BODY.length));
    const posted = await app.inject({ method: 'POST', url: '/iip', payload: 'FIF=rgb.tif&CVT=tif' });
    assert.equal(posted.headers['content-disposition'], 'attachment; filename="rgb_300x210.tif"');
  });

  it('are tiles without one', async () => {
    const images = stubService(DESCRIPTION, { resolved: RESOLVED });
    const app = await appOver(images);
    const response = await app.inject('/iip?FIF=a.tif&JTL=2,11');
    assert.deepEqual([response.statusCode, response.headers['content-disposition']], [200, undefined]);
    assert.equal(response.headers.etag, VALIDATORS.etag);
    assert.deepEqual(images.requests[0]?.region, { kind: 'tile', tile: { grid: 'stored', level: 2, index: 11 } });
  });

  it('never let a name out of its quotes', () => {
    const nameOf = (name: string) =>
      dispositionOf({ identifier: parseIdentifier(name), type: 'jpeg', size: undefined, kind: 'inline' });
    assert.equal(nameOf('x/a"; filename="b.exe".tif'), 'inline; filename="a_; filename=_b.exe_.jpg"');
    assert.equal(nameOf('caf\u00e9.tif'), 'inline; filename="caf_.jpg"');
    assert.equal(nameOf('noextension'), 'inline; filename="noextension.jpg"');
    assert.equal(nameOf('x/'), 'inline; filename=".jpg"');
  });
});

describe('IIP errors', () => {
  it('are the whole error line, under a status of their own', async () => {
    const images = stubService();
    const app = await appOver(images);
    const bodies: Record<string, string> = {
      'FIF=x&obj=foo': 'Error/7:3 2 foo\r\n',
      'obj=Max-size': 'Error/12:1 3 max-size\r\n',
      'FIF=rgbd.tif': 'Error/16:2 1 FIF=rgbd.tif\r\n',
      'FIF=x&foo=bar': 'Error/7:2 2 foo\r\n',
      'JTL=1,2': 'Error/4:1 3 \r\n',
      'FIF=x&OBJ=IIP,1.0': 'Error/21:2 1 FIF=x&OBJ=IIP,1.0\r\n',
      'FIF=x&OBJ=foo&bar=1': 'Error/7:3 2 foo\r\nError/7:2 2 bar\r\n',
    };
    for (const [query, body] of Object.entries(bodies)) {
      const response = await app.inject(`/iip?${query}`);
      assert.deepEqual([query, response.statusCode, response.payload], [query, 400, body]);
      assert.equal(response.headers['content-type'], 'application/vnd.netfpx');
    }
    assert.deepEqual(images.requests, []);
  });

  it('are 404 for an image that is not there', async () => {
    const images = stubService();
    const app = await appOver({ ...images, lend: () => Promise.reject(new SourceNotFound()) });
    const response = await app.inject('/iip?FIF=x&OBJ=Max-size');
    assert.deepEqual([response.statusCode, response.payload], [404, 'Error/17:1 3 no such image\r\n']);
  });

  it('stay on their line whatever the client wrote', () => {
    const { body } = iipErrorBody(new MalformedRequest('FIF', 'a\r\nSet-Cookie: \u00e9', 'x'));
    assert.equal(body, 'Error/51:2 1 FIF "a??Set-Cookie: ?" is not valid: expected x\r\n');
    assert.equal(body.length, 'Error/51:\r\n'.length + 51);
  });
});

describe('IIP by POST', () => {
  it('takes the body for the query, whatever type it says it has', async () => {
    const images = stubService();
    const app = await appOver(images);
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/json', 'image/x']) {
      const response = await app.inject({
        method: 'POST',
        url: '/fcgi-bin/iipsrv.fcgi',
        headers: { 'content-type': type },
        payload: 'FIF=caf%e9&JTL=0,0',
      });
      assert.equal(response.statusCode, 200);
    }
    assert.deepEqual(
      images.requests.map(({ identifier }) => identifier),
      Array(4).fill('caf\u00e9'),
    );
  });

  it('refuses a body beside a query, and one of more than 8 KiB', async () => {
    const app = await appOver(stubService());
    assert.equal((await app.inject({ method: 'POST', url: '/iip?FIF=a', payload: 'JTL=0,0' })).statusCode, 400);
    const query = 'FIF=a&JTL=0,0';
    const atLimit = query.padEnd(8192, '&');
    assert.equal((await app.inject({ method: 'POST', url: '/iip', payload: atLimit })).statusCode, 200);
    assert.equal((await app.inject({ method: 'POST', url: '/iip', payload: `${atLimit}&` })).statusCode, 413);
  });

  it('is for IIP only', async () => {
    const app = await appOver(stubService());
    assert.equal((await app.inject({ method: 'POST', url: '/iiif/3/a/info.json', payload: 'x' })).statusCode, 404);
    assert.equal(
      (await app.inject({ method: 'POST', url: '/fcgi-bin/iipsrv.fcgi?DeepZoom=a.dzi', payload: 'x' })).statusCode,
      404,
    );
  });
});

describe('IIP without commands', () => {
  it('is a page that monitors can ask for', async () => {
    const app = await appOver(stubService());
    for (const url of ['/iip', '/iip?', '/iip?&&', '/fcgi-bin/iipsrv.fcgi']) {
      const response = await app.inject(url);
      assert.deepEqual([response.statusCode, response.headers['content-type']], [200, 'text/html; charset=utf-8']);
    }
  });
});
