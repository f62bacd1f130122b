import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { storedPixel } from '../../support/sample-files.ts';
import { runTool, withFolder } from '../../support/vips-tool.ts';
import { GRAY_32, startIip } from './iip-files.ts';

/** Every row of iipsrv's protocol as it is documented, faults mended: at least one request for each. */
const iip = startIip({ COPYRIGHT: '' });

const NETFPX = 'application/vnd.netfpx';
const JSON_TYPE = 'application/json';
const PLAIN = 'text/plain; charset=utf-8';

type Row = readonly [query: string, body: string | RegExp, type?: string, status?: number];

async function check(rows: readonly Row[]): Promise<void> {
  for (const [query, body, type = NETFPX, status = 200] of rows) {
    const answer = await iip.get(query);
    assert.deepEqual(
      [answer.statusCode, answer.headers['content-type']],
      [status, type],
      `${query}: ${answer.payload}`,
    );
    if (typeof body === 'string') assert.equal(answer.payload, body, query);
    else assert.match(answer.payload, body, query);
  }
}

/** A picture's format and size, as libvips sees them. */
type Shape = readonly [loader: string, width: number, height: number, bands: number];

type PictureRow = readonly [query: string, mediaType: string, shape: Shape];

async function checkPictures(rows: readonly PictureRow[]): Promise<void> {
  for (const [query, mediaType, shape] of rows) {
    const answer = await iip.get(query);
    assert.deepEqual(
      [answer.statusCode, answer.headers['content-type']],
      [200, mediaType],
      `${query}: ${answer.payload.slice(0, 200)}`,
    );
    assert.deepEqual(await shapeOf(answer.rawPayload), shape, query);
    assert.equal(answer.headers['content-length'], String(answer.rawPayload.length));
  }
}

function shapeOf(picture: Buffer): Promise<Shape> {
  return withFolder(async (folder) => {
    const path = join(folder, 'picture');
    await writeFile(path, picture);
    const header = await runTool('vipsheader', path);
    const [, width, height, bands, loader = ''] =
      /: (\d+)x(\d+) \w+, (\d+) bands?, .*, (\w+)load$/.exec(header.trim()) ?? [];
    return [loader, Number(width), Number(height), Number(bands)];
  });
}

function errorLine(code: string, argument: string): string {
  return `Error/${code.length + argument.length + 1}:${code} ${argument}\r\n`;
}

describe('IIP request syntax', () => {
  it('is a list of commands, each a name and the rest behind the first equals sign', () =>
    check([
      ['FIF=rgb.tif&OBJ=Max-size', 'Max-size:1000 700\r\n'],
      ['&&FIF=rgb.tif&&OBJ=Max-size&', 'Max-size:1000 700\r\n'],
      ['fif=rgb.tif&oBj=MAX-SIZE', 'Max-size:1000 700\r\n'],
      ['FIF=rgb.tif&WID=&OBJ=Max-size', 'Max-size:1000 700\r\n'],
      ['FIF&OBJ=Max-size', errorLine('1 3', 'no such image'), NETFPX, 404],
      ['FIF=RGB.tif&OBJ=Max-size', errorLine('1 3', 'no such image'), NETFPX, 404],
      ['FIF=rgb%2Etif&OBJ=Max-size', 'Max-size:1000 700\r\n'],
      ['FIF=rgb.tif&ICC=whatever&OBJ=Max-size', 'Max-size:1000 700\r\n'],
      ['FIF=stack.tif&FIF=rgb.tif&OBJ=Max-size', 'Max-size:1000 700\r\n'],
      ['FIF=stack.tif&OBJ=Max-size&FIF=rgb.tif&OBJ=Max-size', 'Max-size:90 60\r\nMax-size:1000 700\r\n'],
    ]));

  it('is the same as the body of a POST without a query string', async () => {
    const app = iip.application().app;
    const answer = await app.inject({
      method: 'POST',
      url: '/fcgi-bin/iipsrv.fcgi',
      payload: 'FIF=rgb.tif&OBJ=Max-size',
    });
    assert.equal(answer.payload, 'Max-size:1000 700\r\n');
    const saved = await app.inject({ method: 'POST', url: '/iip', payload: 'FIF=rgb.tif&WID=300&CVT=jpeg' });
    assert.equal(saved.headers['content-disposition'], 'attachment; filename="rgb_300x210.jpg"');
  });

  it('has an order: modifiers count for what is to their right, and the first picture is answered alone', async () => {
    await checkPictures([
      ['FIF=rgb.tif&WID=100&WID=50&CVT=png&WID=70', 'image/png', ['png', 50, 35, 3]],
      ['WID=50&FIF=rgb.tif&CVT=png', 'image/png', ['png', 50, 35, 3]],
      ['FIF=rgb.tif&JTL=0,0&WID=50&CVT=png&OBJ=Max-size&foo=1', 'image/jpeg', ['jpeg', 250, 175, 3]],
    ]);
  });

  it('leads to the other protocols by their own names', async () => {
    for (const [query, type] of [
      ['IIIF=rgb.tif/full/50,/0/default.png', 'image/png'],
      ['IIIF=rgb.tif/info.json', /json/],
      ['DeepZoom=rgb.tif.dzi', /xml/],
      ['DeepZoom=rgb.tif_files/10/0_0.jpg', 'image/jpeg'],
      ['Zoomify=rgb.tif/ImageProperties.xml', /xml/],
      ['Zoomify=rgb.tif/TileGroup0/0-0-0.jpg', 'image/jpeg'],
    ] as const) {
      const answer = await iip.application().app.inject(`/fcgi-bin/iipsrv.fcgi?${query}`);
      assert.equal(answer.statusCode, 200, query);
      if (typeof type === 'string') assert.equal(answer.headers['content-type'], type);
      else assert.match(String(answer.headers['content-type']), type);
    }
  });
});

describe('OBJ', () => {
  it('answers every object in the words of iipsrv', () =>
    check([
      [
        'FIF=rgb.tif&OBJ=Basic-info',
        'IIP-server:3.65\r\nMax-size:1000 700\r\nResolution-number:3\r\nColorspace,0-2,0:0 0 3 3 0 1 2\r\n',
      ],
      ['OBJ=IIP-server', 'IIP-server:3.65\r\n'],
      ['OBJ=IIP-opt-comm', 'IIP-opt-comm:CVT CNT QLT JTL JTLS WID HEI RGN MINMAX SHD CMP INV CTW\r\n'],
      [
        'OBJ=IIP-opt-obj',
        'IIP-opt-obj:Horizontal-views Vertical-views Tile-size Bits-per-channel Min-Max-sample-values Resolutions\r\n',
      ],
      ['FIF=rgb.tif&OBJ=Max-size', 'Max-size:1000 700\r\n'],
      ['FIF=rgb.tif&ROT=90&OBJ=Max-size', 'Max-size:700 1000\r\n'],
      ['FIF=rgb.tif&ROT=-90&OBJ=Max-size', 'Max-size:700 1000\r\n'],
      ['FIF=rgb.tif&OBJ=Max-size&ROT=270&OBJ=Max-size', 'Max-size:1000 700\r\nMax-size:700 1000\r\n'],
      ['FIF=rgb.tif&OBJ=Tile-size', 'Tile-size:256 256\r\n'],
      ['FIF=rgb.tif&OBJ=Resolution-number', 'Resolution-number:3\r\n'],
      ['FIF=rgb.tif&OBJ=Resolutions', 'Resolutions:250 175,500 350,1000 700\r\n'],
      ['FIF=rgb.tif&OBJ=Colorspace,*,*', 'Colorspace,0-2,0:0 0 3 3 0 1 2\r\n'],
      ['FIF=gray16.tif&OBJ=Colorspace', 'Colorspace,0-0,0:0 0 1 1 0\r\n'],
      ['FIF=bilevel.tif&OBJ=Colorspace', 'Colorspace,0-0,0:0 0 3 3 0 1 2\r\n'],
      [
        'FIF=bilevel.tif&OBJ=Basic-info',
        'IIP-server:3.65\r\nMax-size:90 60\r\nResolution-number:1\r\nColorspace,0-0,0:0 0 3 3 0 1 2\r\n',
      ],
      ['FIF=lab.tif&OBJ=Colorspace', 'Colorspace,0-0,0:1 0 4 3 0 1 2\r\n'],
      ['FIF=rgba.tif&OBJ=Colorspace', 'Colorspace,0-0,0:0 0 3 3 0 1 2\r\n'],
      ['FIF=rgb.tif&OBJ=Bits-per-channel', 'Bits-per-channel:8\r\n'],
      ['FIF=gray16.tif&OBJ=Bits-per-channel', 'Bits-per-channel:16\r\n'],
      ['FIF=float.tif&OBJ=Bits-per-channel', 'Bits-per-channel:32\r\n'],
      ['FIF=rgb.tif&OBJ=Min-Max-sample-values', 'Min-Max-sample-values: 0  255  0  255  0  255\r\n'],
      ['FIF=gray16.tif&OBJ=Min-Max-sample-values', 'Min-Max-sample-values: 0  65535\r\n'],
      ['FIF=float.tif&OBJ=Min-Max-sample-values', 'Min-Max-sample-values: -1  2\r\n'],
      ['FIF=ranged.tif&OBJ=Min-Max-sample-values', 'Min-Max-sample-values: 50  100\r\n'],
      ['FIF=ranged3.tif&OBJ=Min-Max-sample-values', 'Min-Max-sample-values: 50  100  0  200  10  255\r\n'],
      ['FIF=from-fifty.tif&OBJ=Min-Max-sample-values', 'Min-Max-sample-values: 50  255\r\n'],
      ['FIF=rgb.tif&OBJ=Horizontal-views', 'Horizontal-views:0\r\n'],
      ['FIF=rgb.tif&OBJ=Vertical-views', 'Vertical-views:90\r\n'],
      ['FIF=seq&OBJ=Horizontal-views&OBJ=Vertical-views', 'Horizontal-views:0 10 20\r\nVertical-views:45 90\r\n'],
      ['FIF=stack.tif&OBJ=Horizontal-views&OBJ=Vertical-views', 'Horizontal-views:0 1 2 3\r\nVertical-views:90\r\n'],
    ]));

  it('measures black and white where neither the file nor the type says anything', async () => {
    const samples = Array.from(
      { length: 90 * 60 },
      (_, pixel) => storedPixel(GRAY_32, pixel % 90, Math.floor(pixel / 90))[0] ?? 0,
    );
    const [min, max] = (
      await runTool('printf', '%.9g %.9g', String(Math.min(...samples)), String(Math.max(...samples)))
    ).split(' ');
    await check([['FIF=gray32.tif&OBJ=Min-Max-sample-values', `Min-Max-sample-values: ${min}  ${max}\r\n`]]);
  });

  it('says which IIP it speaks in a header', async () => {
    const answer = await iip.get('FIF=rgb.tif&OBJ=IIP,1.0&OBJ=Max-size&OBJ=Tile-size&OBJ=Resolution-number');
    assert.equal(answer.payload, 'Max-size:1000 700\r\nTile-size:256 256\r\nResolution-number:3\r\n');
    assert.equal(answer.headers.iip, '1.3');
    assert.equal(answer.headers['cache-control'], 'max-age=86400');
    assert.match(String(answer.headers['last-modified']), /^\w{3}, \d{2} \w{3} \d{4} [\d:]{8} GMT$/);
  });

  it('answers metadata, text in bare lines and lists as JSON', () =>
    check([
      ['FIF=rgb.tif&OBJ=rights', '(c) Someone\r\n', PLAIN],
      ['FIF=rgb.tif&OBJ=creator', 'Ada\r\n', PLAIN],
      ['FIF=rgb.tif&OBJ=description', 'A "test" image\r\n', PLAIN],
      ['FIF=stack.tif&OBJ=title', 'layer0\r\n', PLAIN],
      ['FIF=stack.tif&SDS=1&OBJ=scale', '2.5\r\n', PLAIN],
      ['FIF=rgb.tif&OBJ=Summary-info', '(c) Someone\r\nA "test" image\r\nAda\r\n', PLAIN],
      [
        'FIF=rgb.tif&OBJ=metadata',
        '{ \n\t"creator": "Ada",\n\t"description": "A \\"test\\"\\nimage",\n\t"rights": "(c) Someone"\n}\r\n',
        JSON_TYPE,
      ],
      [
        'FIF=stack.tif&OBJ=stack',
        `[ \n${[
          ['layer0', 1.5],
          ['<450 & \\"nm\\">', 2.5],
          ['layer0', 3.5],
          ['', 4.5],
        ]
          .map(([name, scale], id) => `\t{\n\t\t"id": ${id},\n\t\t"name": "${name}",\n\t\t"scale": ${scale}\n\t}`)
          .join(',\n')}\n]\r\n`,
        JSON_TYPE,
      ],
    ]));

  it('leaves the media type alone where an object adds nothing', () =>
    check([
      ['FIF=rgb.tif&OBJ=stack&OBJ=Max-size', 'Max-size:1000 700\r\n'],
      ['FIF=rgb.tif&OBJ=xmp&OBJ=Max-size', 'Max-size:1000 700\r\n'],
      ['FIF=rgb.tif&OBJ=rights&OBJ=stack', '(c) Someone\r\n', PLAIN],
    ]));

  it('tells a resolution where both directions have one', () =>
    check([
      ['FIF=dpi.tif&OBJ=DPI', 'DPI:11811.023622 5905.511811\r\n'],
      ['FIF=one-dpi.tif&OBJ=DPI', 'DPI:11811.023622 11811.023622\r\n'],
      ['FIF=no-dpi.tif&OBJ=DPI&OBJ=Max-size', 'Max-size:256 16\r\n'],
      ['FIF=no-dpi-down.tif&OBJ=DPI&OBJ=Max-size', 'Max-size:256 16\r\n'],
    ]));

  it('is an error where an image has nothing to say', () =>
    check(
      [
        'DPI',
        'stack',
        'xmp',
        'title',
        'date',
        'software',
        'make',
        'model',
        'scale',
        'keywords',
        'comment',
        'last-author',
        'rev-number',
        'edit-time',
        'last-printed',
        'last-save-dtm',
      ].map((name): Row => [`FIF=rgb.tif&OBJ=${name}`, errorLine('2 1', `FIF=rgb.tif&OBJ=${name}`), NETFPX, 400]),
    ));

  it('counts samples, as an extension', async () => {
    const answer = await iip.get('FIF=float.tif&OBJ=Histogram');
    assert.equal(answer.headers['content-type'], JSON_TYPE);
    const [band, ...more] = answer.json();
    assert.deepEqual([band.min, band.max, band.counts.length, more.length], [-1, 2, 256, 0]);
    assert.equal(
      band.counts.reduce((sum: number, count: number) => sum + count, 0),
      90 * 60,
    );
    // red is x % 256 in the smallest level, 250 wide and 175 high: each of the first 250 values once in every row
    const [red] = (await iip.get('FIF=rgb.tif&OBJ=Histogram')).json();
    assert.deepEqual(red.counts, [...Array(250).fill(175), ...Array(6).fill(0)]);
  });
});

describe('tiles', () => {
  it('are JPEG, PNG, WebP, AVIF and TIFF, cut at the edges', () =>
    checkPictures([
      ['FIF=rgb.tif&JTL=2,0', 'image/jpeg', ['jpeg', 256, 256, 3]],
      ['FIF=rgb.tif&JTL=2,11', 'image/jpeg', ['jpeg', 232, 188, 3]],
      ['FIF=rgb.tif&PTL=2,11', 'image/png', ['png', 232, 188, 3]],
      ['FIF=rgb.tif&WTL=2,11', 'image/webp', ['webp', 232, 188, 3]],
      ['FIF=rgb.tif&ATL=2,11', 'image/avif', ['heif', 232, 188, 3]],
      ['FIF=rgb.tif&TTL=2,11', 'image/tiff', ['tiff', 232, 188, 3]],
      ['FIF=rgb.tif&JTL=0,0', 'image/jpeg', ['jpeg', 250, 175, 3]],
      ['FIF=rgba.tif&JTL=0,0', 'image/jpeg', ['jpeg', 64, 60, 3]],
      ['FIF=rgba.tif&PTL=0,1', 'image/png', ['png', 26, 60, 4]],
      ['FIF=gray16.tif&JTL=0,1', 'image/jpeg', ['jpeg', 26, 60, 1]],
      ['FIF=rgb.tif&WID=10&HEI=10&RGN=0,0,.1,.1&JTL=2,11', 'image/jpeg', ['jpeg', 232, 188, 3]],
      ['FIF=rgb.tif&ROT=180&PTL=2,0', 'image/png', ['png', 232, 188, 3]],
      ['FIF=rgb.tif&ROT=90&PTL=2,2', 'image/png', ['png', 256, 256, 3]],
      ['FIF=rgb.tif&ROT=90&PTL=2,0', 'image/png', ['png', 188, 256, 3]],
      ['FIF=seq&JTLS=20,0,0,90', 'image/jpeg', ['jpeg', 64, 60, 3]],
    ]));

  it('have no file name, and are nothing where there is no image or no such tile', async () => {
    assert.equal((await iip.get('FIF=rgb.tif&JTL=2,0')).headers['content-disposition'], undefined);
    await check([
      ['FIF=rgb.tif&JTL=2,12', /^Error\/\d+:2 1 .*tile 12 of 12\r\n$/, NETFPX, 404],
      ['FIF=rgb.tif&JTL=3,0', /^Error\/\d+:2 1 .*resolution 3 of 3\r\n$/, NETFPX, 404],
      ['FIF=rgb.tif&JTL=-1,0', /^Error\/\d+:2 1 JTL "-1,0" is not valid: expected whole numbers/, NETFPX, 400],
      ['FIF=rgb.tif&JTL=0,-1', /^Error\/\d+:2 1 JTL "0,-1" is not valid/, NETFPX, 400],
      ['FIF=rgb.tif&JTL=129500,1', /^Error\/\d+:2 1 /, NETFPX, 404],
      ['FIF=rgb.tif&JTL=12abc,1', /^Error\/\d+:2 1 JTL "12abc,1"/, NETFPX, 400],
      ['FIF=rgb.tif&JTLS=0,0,0', /^Error\/\d+:2 1 JTLS/, NETFPX, 400],
      ['JTL=1,2', 'Error/4:1 3 \r\n', NETFPX, 400],
    ]);
  });
});

describe('CVT', () => {
  it('knows its formats by name', () =>
    checkPictures([
      ['FIF=rgb.tif&WID=100&CVT=jpeg', 'image/jpeg', ['jpeg', 100, 70, 3]],
      ['FIF=rgb.tif&WID=100&CVT=JPG', 'image/jpeg', ['jpeg', 100, 70, 3]],
      ['FIF=rgb.tif&WID=100&CVT=png', 'image/png', ['png', 100, 70, 3]],
      ['FIF=rgb.tif&WID=100&CVT=webp', 'image/webp', ['webp', 100, 70, 3]],
      ['FIF=rgb.tif&WID=100&CVT=avif', 'image/avif', ['heif', 100, 70, 3]],
      ['FIF=rgb.tif&WID=100&CVT=tiff', 'image/tiff', ['tiff', 100, 70, 3]],
      ['FIF=rgb.tif&WID=100&CVT=tif', 'image/tiff', ['tiff', 100, 70, 3]],
    ]));

  it('keeps the aspect of what is asked for, within MAX_CVT', () =>
    checkPictures([
      ['FIF=rgb.tif&CVT=png', 'image/png', ['png', 1000, 700, 3]],
      ['FIF=rgb.tif&WID=300&CVT=png', 'image/png', ['png', 300, 210, 3]],
      ['FIF=rgb.tif&HEI=300&CVT=png', 'image/png', ['png', 429, 300, 3]],
      ['FIF=rgb.tif&WID=300&HEI=300&CVT=png', 'image/png', ['png', 300, 210, 3]],
      ['FIF=rgb.tif&WID=9000&CVT=jpeg', 'image/jpeg', ['jpeg', 5000, 3500, 3]],
      ['FIF=rgb.tif&WID=652455&CVT=jpeg', 'image/jpeg', ['jpeg', 5000, 3500, 3]],
      ['FIF=rgb.tif&RGN=.25,.25,.5,.5&WID=200&CVT=png', 'image/png', ['png', 200, 140, 3]],
      ['FIF=rgb.tif&RGN=.25,.25,.5,.5&CVT=png', 'image/png', ['png', 500, 350, 3]],
      ['FIF=rgb.tif&RGN=.5,.5,.9,.9&CVT=png', 'image/png', ['png', 500, 350, 3]],
      ['FIF=rgb.tif&RGN=0,0,1e-7,1e-7&CVT=png', 'image/png', ['png', 1, 1, 3]],
      ['FIF=rgb.tif&WID=1&CVT=png', 'image/png', ['png', 1, 1, 3]],
      ['FIF=rgb.tif&WID=300&ROT=90&CVT=png', 'image/png', ['png', 210, 300, 3]],
      ['FIF=rgb.tif&WID=300&ROT=!180&CVT=png', 'image/png', ['png', 300, 210, 3]],
    ]));

  it('names the file after the image and the size before rotation', async () => {
    for (const [query, disposition] of [
      ['FIF=rgb.tif&WID=300&CVT=png', 'inline; filename="rgb_300x210.png"'],
      ['FIF=rgb.tif&WID=300&ROT=90&CVT=tif', 'inline; filename="rgb_300x210.tif"'],
      ['FIF=/rgb.tif&WID=300&CVT=avif', 'inline; filename="rgb_300x210.avif"'],
    ]) {
      assert.equal((await iip.get(query ?? '')).headers['content-disposition'], disposition);
    }
  });

  it('refuses what it does not know', () =>
    check([
      ['FIF=rgb.tif&CVT=bmp', /2 1 CVT "bmp".*jpeg, jpg, png, webp, avif, tiff, tif/, NETFPX, 400],
      ['FIF=rgb.tif&WID=-5&CVT=jpeg', /2 1 WID "-5"/, NETFPX, 400],
      ['FIF=rgb.tif&RGN=1,1,1,1&CVT=jpeg', /2 1 region lies outside the image/, NETFPX, 400],
      ['CVT=jpeg', 'Error/4:1 3 \r\n', NETFPX, 400],
    ]));
});

describe('QLT, LYR and SDS', () => {
  it('choose encoding and view', async () => {
    const lengthOf = async (query: string) => (await iip.get(query)).rawPayload.length;
    assert.ok((await lengthOf('FIF=rgb.tif&QLT=5&JTL=0,0')) < (await lengthOf('FIF=rgb.tif&QLT=95&JTL=0,0')));
    assert.ok((await lengthOf('FIF=rgb.tif&QLT=none:0&TTL=0,0')) > 250 * 175 * 3);
    assert.ok((await lengthOf('FIF=rgb.tif&QLT=deflate:9&TTL=0,0')) < 250 * 175 * 3);
    const plain = await iip.get('FIF=rgb.tif&PTL=0,0');
    assert.deepEqual((await iip.get('FIF=rgb.tif&LYR=2&PTL=0,0')).rawPayload, plain.rawPayload);
    await checkPictures([['FIF=seq&SDS=0,45&PTL=0,0', 'image/png', ['png', 64, 60, 3]]]);
    const [one, same] = [await iip.get('FIF=seq&SDS=10&PTL=0,0'), await iip.get('FIF=seq&SDS=10,90&PTL=0,0')];
    assert.deepEqual(one.rawPayload, same.rawPayload);
    await check([
      ['FIF=seq&SDS=5&PTL=0,0', /^Error\/\d+:2 1 no such page/, NETFPX, 404],
      ['FIF=stack.tif&SDS=4&PTL=0,0', /^Error\/\d+:2 1 no such page/, NETFPX, 404],
    ]);
  });
});

describe('errors', () => {
  it('are the whole line of IIP under their own status, and say so in their headers', async () => {
    await check([
      ['FIF=nothing.tif&OBJ=Max-size', 'Error/17:1 3 no such image\r\n', NETFPX, 404],
      ['FIF=../rgb.tif&OBJ=Max-size', /^Error\/\d+:2 1 identifier/, NETFPX, 400],
      ['FIF=text.tif&OBJ=Max-size', 'Error/17:1 3 no such image\r\n', NETFPX, 404],
      ['FIF=rgb.tif', 'Error/15:2 1 FIF=rgb.tif\r\n', NETFPX, 400],
      ['FIF=rgb.tif&obj=foo', 'Error/7:3 2 foo\r\n', NETFPX, 400],
      ['obj=Max-size', 'Error/12:1 3 max-size\r\n', NETFPX, 400],
      ['OBJ=metadata', 'Error/12:1 3 metadata\r\n', NETFPX, 400],
      ['FIF=rgb.tif&foo=bar', 'Error/7:2 2 foo\r\n', NETFPX, 400],
      ['FIF=rgb.tif&LUT=1', 'Error/7:2 2 LUT\r\n', NETFPX, 400],
      ['FIF=rgb.tif&OBJ=Max-size&foo=bar', 'Error/7:2 2 foo\r\n', NETFPX, 400],
      ['obj=a&obj=Tile-size', 'Error/5:3 2 a\r\nError/13:1 3 tile-size\r\n', NETFPX, 400],
      ['MINMAX=0:1,2', /^Error\/\d+:2 1 MINMAX=0:1,2\r\n$/, NETFPX, 400],
      ['TIL=0,0', 'Error/4:1 3 \r\n', NETFPX, 400],
      ['PFL=0:0,0', 'Error/4:1 3 \r\n', NETFPX, 400],
      ['SPECTRA=x', 'Error/4:1 3 \r\n', NETFPX, 400],
      ['FIF=rgb.tif&TIL=7,0', /^Error\/\d+:2 1 .*resolution 7 of 3/, NETFPX, 404],
      ['FIF=rgb.tif&TIL=2,0-12', /^Error\/\d+:2 1 .*tile 12 of 12/, NETFPX, 404],
      ['FIF=rgb.tif&SPECTRA=2,0,256,0', /^Error\/\d+:2 1 SPECTRA "256,0".*inside the tile/, NETFPX, 400],
      ['FIF=rgb.tif&PFL=2:1001,0', /^Error\/\d+:2 1 region lies outside/, NETFPX, 400],
      [
        `FIF=rgb.tif&OBJ=xmp&WID=${'0'.repeat(200)}`,
        errorLine('2 1', `FIF=rgb.tif&OBJ=xmp&WID=${'0'.repeat(200)}`),
        NETFPX,
        400,
      ],
    ]);
    const { headers } = await iip.get('FIF=rgb.tif&foo=bar');
    assert.equal(headers['content-disposition'], 'inline;filename="IIPisAMadGameClosedToOurUnderstanding.netfpx"');
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['access-control-allow-origin'], '*');
  });

  it('name the command, quote its whole argument and say what is allowed', () =>
    check([
      [
        'FIF=rgb.tif&CNV=1,2&CVT=png',
        /CNV "1,2" is not valid: .*\[k1,\.\.\.\] with 1, 9 or 25 numbers\r\n$/,
        NETFPX,
        400,
      ],
      ['FIF=steps.tif&SHD=45,45&CVT=png', /SHD .*three bands, a normal map, and this one has 1\r\n$/, NETFPX, 400],
      ['FIF=rgb.tif&SHD=-45,45&CVT=png', /SHD "-45,45" is not valid: expected whole numbers from 0/, NETFPX, 400],
      ['FIF=rgb.tif&QLT=foo:5&CVT=tif', /QLT "foo:5" is not valid/, NETFPX, 400],
      ['FIF=rgb.tif&QLT=5.5&CVT=jpeg', /QLT "5\.5" is not valid/, NETFPX, 400],
      ['FIF=rgb.tif&LYR=-1&CVT=jpeg', /LYR "-1" is not valid/, NETFPX, 400],
      ['FIF=rgb.tif&SDS=5&CVT=jpeg', /^Error/, NETFPX, 404],
      ['FIF=./rgb.tif&CVT=jpeg', /^Error/, NETFPX, 400],
      ['FIF=x/../rgb.tif&CVT=jpeg', /^Error/, NETFPX, 400],
      ['FIF=rgb.tif%00&CVT=jpeg', /^Error/, NETFPX, 400],
      ['FIF=rgb.tif&JTL=0,0&CVT=bmp', /CVT "bmp" is not valid/, NETFPX, 400],
    ]));

  it('are 500 for a damaged file', async () => {
    const { statusCode, payload } = await iip.get('FIF=cut.tif&JTL=2,11');
    assert.deepEqual([statusCode, /^Error\/\d+:2 1 the image file is damaged\r\n$/.test(payload)], [500, true]);
  });

  it('never tell where the files are', async () => {
    for (const query of [
      'FIF=nothing.tif&OBJ=Max-size',
      'FIF=text.tif&JTL=0,0',
      'FIF=cut.tif&JTL=0,0',
      'FIF=/etc/passwd&JTL=0,0',
    ]) {
      const { payload } = await iip.get(query);
      assert.ok(!payload.includes(iip.folder) && !payload.includes('passwd'), payload);
    }
  });

  it('are 405 with the methods there are for any other', async () => {
    const { app } = iip.application();
    for (const method of ['PUT', 'DELETE', 'PATCH'] as const) {
      const answer = await app.inject({ method, url: '/iip?FIF=rgb.tif&OBJ=Max-size' });
      assert.deepEqual([answer.statusCode, answer.headers.allow], [405, 'GET, HEAD, POST, OPTIONS']);
    }
    const options = await app.inject({ method: 'OPTIONS', url: '/iip', headers: { origin: 'http://x.example' } });
    assert.equal(options.statusCode, 204);
  });
});

describe('headers', () => {
  it('are those of GET for HEAD, without a body', async () => {
    const { app } = iip.application();
    for (const query of ['FIF=rgb.tif&OBJ=Max-size', 'FIF=rgb.tif&JTL=0,0', 'FIF=rgb.tif&WID=10&CVT=png']) {
      const [got, head] = [await iip.get(query), await app.inject({ method: 'HEAD', url: `/iip?${query}` })];
      for (const name of [
        'content-type',
        'content-length',
        'etag',
        'last-modified',
        'cache-control',
        'content-disposition',
      ]) {
        assert.equal(head.headers[name], got.headers[name], `${query} ${name}`);
      }
      assert.deepEqual([head.statusCode, head.payload], [200, '']);
    }
  });

  it('make 304 of what the client has, also by a later date', async () => {
    for (const query of [
      'FIF=rgb.tif&OBJ=Max-size',
      'FIF=rgb.tif&JTL=0,0',
      'FIF=rgb.tif&WID=10&CVT=png',
      'FIF=rgb.tif&PFL=0:0,0',
    ]) {
      const { headers } = await iip.get(query);
      const later = new Date(Date.parse(String(headers['last-modified'])) + 60_000).toUTCString();
      for (const condition of [{ 'if-none-match': String(headers.etag) }, { 'if-modified-since': later }]) {
        const answer = await iip.get(query, condition);
        assert.deepEqual([answer.statusCode, answer.payload], [304, ''], query);
      }
      assert.equal((await iip.get(query, { 'if-modified-since': 'Sat, 01 Jan 2000 00:00:00 GMT' })).statusCode, 200);
    }
  });
});
