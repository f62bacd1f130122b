import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { MOST_VALUES } from '../../../protocols/iip/answer-profile.ts';
import { MOST_TILES } from '../../../protocols/iip/answer-tiles.ts';
import { encodeJpeg2000 } from '../../support/jpeg2000-files.ts';
import { storedPixel, writeSamples } from '../../support/sample-files.ts';
import type { SampleKind } from '../../support/sample-kinds.ts';
import { cutPicture, positionPicture } from '../../support/tiff-pictures.ts';
import { runTool, withFolder } from '../../support/vips-tool.ts';
import { FLOAT, GRAY_16, GRAY_32, RGBA, startIip } from './iip-files.ts';

const iip = startIip();

/** One tile of a TIL answer, its framing checked. */
interface Frame {
  readonly index: number;
  readonly type: number;
  readonly data: Buffer;
}

/** Takes an answer apart: every byte of it has to belong to a frame. */
function framesOf(body: Buffer, level: number): Frame[] {
  const frames: Frame[] = [];
  let at = 0;
  while (at < body.length) {
    const colon = body.indexOf(':', at);
    const [tile, given, index, length] = body
      .subarray(at, colon)
      .toString()
      .split(/[,/]/)
      .flatMap((part, place) => (place === 3 ? [] : [part]));
    assert.deepEqual([tile, given], ['Tile', String(level)]);
    assert.match(body.subarray(at, colon).toString(), /^Tile,\d+,\d+,0\/\d+$/);
    const bytes = body.subarray(colon + 1, colon + 1 + Number(length));
    assert.deepEqual([...bytes.subarray(1, 8)], [0, 0, 0, 0x00, 0x11, 0x00, 0x00]);
    frames.push({ index: Number(index), type: bytes[0] ?? -1, data: bytes.subarray(8) });
    at = colon + 1 + Number(length);
    assert.equal(body.subarray(at, at + 2).toString(), '\r\n');
    at += 2;
  }
  return frames;
}

async function framesAt(query: string, level = 0): Promise<Frame[]> {
  const answer = await iip.get(query);
  assert.deepEqual(
    [answer.statusCode, answer.headers['content-type']],
    [200, 'application/vnd.netfpx'],
    answer.payload.slice(0, 200),
  );
  assert.equal(answer.headers['content-length'], String(answer.rawPayload.length));
  return framesOf(answer.rawPayload, level);
}

/** Samples of a window in the order of pixels, by plain arithmetic. */
function samplesOf(kind: SampleKind, { x, y, width, height }: { x: number; y: number; width: number; height: number }) {
  return Array.from({ length: width * height }, (_, pixel) =>
    storedPixel(kind, x + (pixel % width), y + Math.floor(pixel / width)),
  ).flat();
}

describe('TIL', () => {
  it('sends the rectangle between two tiles column by column, as the JPEG files that JTL gives', async () => {
    const frames = await framesAt('FIF=rgb.tif&TIL=2,0-5', 2);
    assert.deepEqual(
      frames.map(({ index, type }) => [index, type]),
      [
        [0, 2],
        [4, 2],
        [1, 2],
        [5, 2],
      ],
    );
    for (const { index, data } of frames) {
      assert.deepEqual(data, (await iip.get(`FIF=rgb.tif&JTL=2,${index}`)).rawPayload);
    }
  });

  it('takes the columns in either order, and a second tile before the first for the first', async () => {
    const indicesOf = async (range: string) =>
      (await framesAt(`FIF=rgb.tif&TIL=2,${range}`, 2)).map(({ index }) => index);
    assert.deepEqual(await indicesOf('2-5'), [1, 5, 2, 6]);
    assert.deepEqual(await indicesOf('5-2'), [5]);
    assert.deepEqual(await indicesOf('5'), [5]);
    assert.deepEqual(await indicesOf('11-11'), [11]);
    assert.deepEqual(await indicesOf('0-11'), [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
  });

  it('cuts tiles at the edges of the image', async () => {
    const [frame] = await framesAt('FIF=rgb.tif&TIL=2,11', 2);
    const { width, height } = await sharp(frame?.data).metadata();
    assert.deepEqual([width, height], [232, 188]);
  });

  it('is changed by QLT and SDS, and by nothing else that comes before it', async () => {
    const [plain] = await framesAt('FIF=rgb.tif&TIL=0,0');
    const [coarse] = await framesAt('FIF=rgb.tif&QLT=5&TIL=0,0');
    assert.ok(coarse && plain && coarse.data.length < plain.data.length);
    const changed =
      'ROT=90&INV&CNT=2&GAM=2&CMP=hot&COL=grey&WID=10&RGN=0,0,.5,.5&SHD=1,1&CNV=sobel&CTW=[1]&MINMAX=0:1,2';
    assert.deepEqual(await framesAt(`FIF=rgb.tif&${changed}&TIL=0,0`), [plain]);
    const [page] = await framesAt('FIF=stack.tif&SDS=1&TIL=0,0');
    assert.deepEqual(page?.data, (await iip.get('FIF=stack.tif&SDS=1&JTL=0,0')).rawPayload);
  });

  it('sends raw samples of other depths and numbers of bands, edge tiles without padding', async () => {
    const edge = { x: 64, y: 0, width: 26, height: 60 };
    const [short] = await framesAt('FIF=gray16.tif&TIL=0,1');
    assert.equal(short?.type, 3);
    assert.deepEqual([...new Uint16Array(Uint8Array.from(short?.data ?? []).buffer)], samplesOf(GRAY_16, edge));
    const [bytes] = await framesAt('FIF=rgba.tif&TIL=0,1');
    assert.equal(bytes?.type, 0);
    assert.deepEqual([...(bytes?.data ?? [])], samplesOf(RGBA, edge));
    const [real] = await framesAt('FIF=float.tif&TIL=0,1');
    assert.equal(real?.type, 0);
    assert.deepEqual([...new Float32Array(Uint8Array.from(real?.data ?? []).buffer)], samplesOf(FLOAT, edge));
  });

  it('is limited to 64 MiB', async () => {
    // twice 4096 x 4095 samples of two bytes are 67,092,480 bytes, 4096 x 4096 of them 67,108,864: the limit without framing
    assert.deepEqual(
      (await framesAt('FIF=deep.tif&TIL=0,0-1')).map(({ data }) => data.length),
      [33_546_240, 33_546_240],
    );
    assert.equal((await iip.get('FIF=deeper.tif&TIL=0,0')).statusCode, 200);
    assert.equal((await iip.get('FIF=deeper.tif&TIL=0,0-1')).statusCode, 413);
  });

  it('is limited to 256 tiles', async () => {
    assert.equal((await framesAt(`FIF=many.tif&TIL=0,0-${MOST_TILES - 1}`)).length, 256);
    const answer = await iip.get(`FIF=many.tif&TIL=0,0-${MOST_TILES}`);
    assert.deepEqual([answer.statusCode, /257 tiles.*at most 256/.test(answer.payload)], [400, true]);
  });
});

describe('PFL', () => {
  const bodyOf = async (query: string) => {
    const answer = await iip.get(query);
    assert.deepEqual(
      [answer.statusCode, answer.headers['content-type']],
      [200, 'application/json'],
      answer.payload.slice(0, 200),
    );
    return answer.payload;
  };
  const rgbAt = (x: number, y: number) => [
    ...cutPicture(positionPicture({ width: 1000, height: 700 }, 3), { x, y }, { width: 1, height: 1 }),
  ];

  it('prints the samples of a row, the end not among them', async () => {
    const expected = [0, 1, 2, 3].flatMap((x) => rgbAt(x, 0));
    assert.equal(await bodyOf('FIF=rgb.tif&PFL=2:0,0-4,0'), `{\n\t"profile": [${expected}]\n}`);
    assert.equal(await bodyOf('FIF=rgb.tif&PFL=2:0,0-4,600'), `{\n\t"profile": [${expected}]\n}`);
  });

  it('prints a column where the end is not to the right, and one pixel where it is not below either', async () => {
    const column = [5, 6, 7].flatMap((y) => rgbAt(300, y));
    assert.equal(await bodyOf('FIF=rgb.tif&PFL=2:300,5-300,8'), `{\n\t"profile": [${column}]\n}`);
    assert.equal(await bodyOf('FIF=rgb.tif&PFL=2:300,5-2,8'), `{\n\t"profile": [${column}]\n}`);
    for (const place of ['999,699', '999,699-999,699', '999,699-0,0']) {
      assert.equal(await bodyOf(`FIF=rgb.tif&PFL=2:${place}`), `{\n\t"profile": [${rgbAt(999, 699)}]\n}`);
    }
  });

  it('prints real numbers with nine decimals and integers with six digits', async () => {
    const real = storedPixel(FLOAT, 3, 7)[0] ?? 0;
    assert.equal(await bodyOf('FIF=float.tif&PFL=0:3,7'), `{\n\t"profile": [${real.toFixed(9)}]\n}`);
    assert.equal(await bodyOf('FIF=gray16.tif&PFL=0:3,7'), `{\n\t"profile": [${storedPixel(GRAY_16, 3, 7)}]\n}`);
    const large = storedPixel(GRAY_32, 3, 7)[0] ?? 0;
    const [mantissa, exponent] = large.toExponential(5).split('e+');
    const printed = `${mantissa?.replace(/0+$/, '')}e+0${exponent}`;
    assert.equal(await bodyOf('FIF=gray32.tif&PFL=0:3,7'), `{\n\t"profile": [${printed}]\n}`);
  });

  it('has a key for each view of a sequence, with as many values for each', async () => {
    const pixel = (seed: number) => [10, 11].flatMap((x) => [x, 10, seed * 31]);
    assert.equal(
      await bodyOf('FIF=seq&PFL=0:10,10-12,10'),
      `{\n\t"profile": {\n\t\t"0": [${pixel(0)}],\n\t\t"10": [${pixel(1)}],\n\t\t"20": [${pixel(2)}]\n\t}\n}`,
    );
    assert.equal((await iip.get('FIF=seq&SDS=0,45&PFL=0:1,1')).statusCode, 404);
  });

  it('has a key for each page of a stack, by names that are escaped and never the same, with scaled values', async () => {
    const answer = JSON.parse(await bodyOf('FIF=stack.tif&PFL=0:40,20-42,20'));
    // The picture's grey is x where (x XOR y) % 3 is 0, y where it is 1, and its seed times 31 where it is 2.
    assert.deepEqual(answer.profile, {
      layer0: [40 * 1.5, 20 * 1.5],
      '<450 & "nm">': [40 * 2.5, 20 * 2.5],
      2: [40 * 3.5, 20 * 3.5],
      3: [40 * 4.5, 20 * 4.5],
    });
  });

  it('refuses what lies outside', async () => {
    for (const place of [
      '2:1000,0',
      '2:0,700',
      '2:0,0-1001,0',
      '2:0,0-0,701',
      '2:999,0-1000,701',
      '2:-1,0',
      '2:5',
      '2',
      'x',
    ]) {
      assert.equal((await iip.get(`FIF=rgb.tif&PFL=${place}`)).statusCode, 400, place);
    }
    assert.equal((await iip.get('FIF=rgb.tif&PFL=2:0,0-1000,0')).statusCode, 200);
    assert.equal((await iip.get('FIF=rgb.tif&PFL=2:0,0-0,700')).statusCode, 200);
    assert.equal((await iip.get('FIF=rgb.tif&PFL=3:0,0')).statusCode, 404);
  });

  it('is limited in values', async () => {
    assert.equal(JSON.parse(await bodyOf(`FIF=wide.tif&PFL=0:0,0-${MOST_VALUES},0`)).profile.length, 262_144);
    const answer = await iip.get(`FIF=wide.tif&PFL=0:0,0-${MOST_VALUES + 1},0`);
    assert.deepEqual([answer.statusCode, /262145 values.*at most 262144/.test(answer.payload)], [400, true]);
  });
});

describe('SPECTRA', () => {
  const bodyOf = async (query: string) => {
    const answer = await iip.get(query);
    assert.deepEqual([answer.statusCode, answer.headers['content-type']], [200, 'application/xml'], answer.payload);
    return answer.payload;
  };
  const documentOf = (points: readonly (readonly [wavelength: string, reflectance: string])[]) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<spectra>\n${points
      .map(
        ([name, value]) =>
          `\t<point>\n\t\t<wavelength>${name}</wavelength>\n\t\t<reflectance>${value}</reflectance>\n\t</point>\n`,
      )
      .join('')}</spectra>`;

  it('has a point for each page of a stack, with its name', async () => {
    // (40 XOR 20) % 3 is 0: the sample is x, in every page
    const value = (40 / 255).toFixed(6);
    assert.equal(
      await bodyOf('FIF=stack.tif&SPECTRA=0,0,40,20'),
      documentOf([
        ['layer0', value],
        ['&lt;450 &amp; "nm"&gt;', value],
        ['2', value],
        ['3', value],
      ]),
    );
  });

  it('has a point for each band, and finds the pixel in edge tiles', async () => {
    // tile 3 of four columns begins at 768,0 and is 232 pixels wide
    assert.equal(
      await bodyOf('FIF=rgb.tif&SPECTRA=2,3,231,9'),
      documentOf([
        ['0', ((999 % 256) / 255).toFixed(6)],
        ['1', (9 / 255).toFixed(6)],
        ['2', (48 / 255).toFixed(6)],
      ]),
    );
    const [, , third] = (await bodyOf('FIF=seq&SPECTRA=0,0,1,2')).match(/<wavelength>.*(?=<\/w)/g) ?? [];
    assert.equal(third, '<wavelength>0:2');
  });

  it('gives parts of white in 16 bits, and 32 bits as they are', async () => {
    const [short = 0] = storedPixel(GRAY_16, 5, 6);
    assert.equal(await bodyOf('FIF=gray16.tif&SPECTRA=0,0,5,6'), documentOf([['0', (short / 65535).toFixed(6)]]));
    const [real = 0] = storedPixel(FLOAT, 5, 6);
    assert.equal(await bodyOf('FIF=float.tif&SPECTRA=0,0,5,6'), documentOf([['0', real.toFixed(6)]]));
    const [long = 0] = storedPixel(GRAY_32, 5, 6);
    assert.equal(await bodyOf('FIF=gray32.tif&SPECTRA=0,0,5,6'), documentOf([['0', `${long}.000000`]]));
  });

  it('refuses pixels outside the tile, also outside one that is cut', async () => {
    assert.equal((await iip.get('FIF=rgb.tif&SPECTRA=2,0,255,255')).statusCode, 200);
    for (const place of [
      '2,0,256,0',
      '2,0,0,256',
      '2,3,232,0',
      '2,11,231,188',
      '2,0,-1,0',
      '2,0,0',
      '2,0,0,0,0',
      'x',
    ]) {
      assert.equal((await iip.get(`FIF=rgb.tif&SPECTRA=${place}`)).statusCode, 400, place);
    }
    assert.equal((await iip.get('FIF=rgb.tif&SPECTRA=2,12,0,0')).statusCode, 404);
    assert.equal((await iip.get('FIF=rgb.tif&SPECTRA=3,0,0,0')).statusCode, 404);
  });
});

describe('samples of JPEG 2000', () => {
  it('are those of as many quality layers as LYR says, and of all without it', () =>
    withFolder(async (folder) => {
      const options = '-n 4 -r 60,30,10,2';
      const path = await encodeJpeg2000(folder, 'layered', { tool: 'opj', options, components: 1 });
      copyFileSync(path, join(iip.folder, 'layered.jp2'));
      const described = await iip.get('FIF=layered.jp2&OBJ=Resolution-number');
      const levels = Number(described.payload.replace('Resolution-number:', ''));
      for (const [modifier, layers] of [
        ['LYR=1', 1],
        ['LYR=3', 3],
        ['LYR=9', 4],
        ['ICC=1', 4],
      ] as const) {
        await runTool('opj_decompress', '-i', path, '-o', `${path}.pgm`, '-l', String(layers));
        const [, width, height] =
          /^P5\s(?:#.*\s)*(\d+) (\d+)\s/.exec(readFileSync(`${path}.pgm`).toString('latin1')) ?? [];
        const samples = readFileSync(`${path}.pgm`).subarray(-Number(width) * Number(height));
        const { payload } = await iip.get(`FIF=layered.jp2&${modifier}&PFL=${levels - 1}:0,0-${width},0`);
        assert.deepEqual(JSON.parse(payload).profile, [...samples.subarray(0, Number(width))], modifier);
      }
    }));
});

describe('answers made of samples', () => {
  const QUERIES = [
    'FIF=rgb.tif&TIL=0,0',
    'FIF=gray16.tif&TIL=0,0-1',
    'FIF=stack.tif&PFL=0:0,0-9,0',
    'FIF=seq&SPECTRA=0,0,1,1',
  ];

  it('are 304 to those who have them, by tag and by date, and have the same headers for HEAD', async () => {
    for (const query of QUERIES) {
      const { headers, rawPayload } = await iip.get(query);
      assert.ok(headers.etag && headers['last-modified'], query);
      const again = await iip.get(query, { 'if-none-match': headers.etag });
      assert.deepEqual([again.statusCode, again.payload], [304, ''], query);
      assert.equal((await iip.get(query, { 'if-modified-since': headers['last-modified'] })).statusCode, 304);
      const head = await iip.application().app.inject({ method: 'HEAD', url: `/iip?${query}` });
      assert.equal(head.headers['content-length'], String(rawPayload.length));
      assert.equal(head.headers['content-type'], headers['content-type']);
      assert.equal(head.headers.etag, headers.etag);
      assert.equal(head.payload, '');
      assert.equal(headers['access-control-allow-origin'], '*');
    }
  });

  it('never mix two states of a file', async () => {
    const other = join(iip.folder, 'other.tif');
    const path = join(iip.folder, 'changing.tif');
    const files = [GRAY_16, { ...GRAY_16, photometric: 'MinIsWhite' } as const].map((kind) =>
      writeSamples(kind, { size: { width: 90, height: 60 }, tile: { width: 64, height: 64 } }),
    );
    writeFileSync(path, files[0] ?? '');
    const possible = new Set<string>();
    for (let turn = 0; turn < 30; turn++) {
      writeFileSync(other, files[turn % 2] ?? '');
      const asked = iip.get('FIF=changing.tif&TIL=0,0-1');
      renameSync(other, path);
      const answer = await asked;
      if (answer.statusCode === 200) possible.add(answer.rawPayload.toString('latin1'));
      else assert.equal(answer.statusCode, 503);
    }
    rmSync(path);
    assert.ok(possible.size <= 2, `${possible.size} different answers`);
  });
});
