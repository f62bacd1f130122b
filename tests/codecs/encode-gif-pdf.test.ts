import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createDecodeTools } from '../../codecs/decode-tools.ts';
import { createEncoders } from '../../codecs/encode/create-encoders.ts';
import type { EncodablePixels } from '../../codecs/encode/encoder.ts';
import { loadTurbo } from '../../codecs/jpeg/turbo.ts';
import { createJpeg2000Codec } from '../../codecs/jpeg2000/codec-pool.ts';
import { attach } from '../../codecs/metadata/attach.ts';
import type { Size } from '../../image/geometry.ts';
import type { Metadata } from '../../image/metadata.ts';
import { deepPicture } from '../support/deep-pictures.ts';
import { meanDifference, runTool } from '../support/vips-tool.ts';

const DEFAULTS = {
  jpegQuality: 90,
  pngLevel: 1,
  webpQuality: 50,
  avifQuality: 50,
  tiffCompression: 'deflate',
  tiffQuality: 1,
  matte: { red: 255, green: 255, blue: 255 },
} as const;
const SIZES: readonly Size[] = [
  { width: 1, height: 1 },
  { width: 61, height: 47 },
  { width: 1025, height: 769 },
];

const encoders = createEncoders(DEFAULTS, {
  ...createDecodeTools(),
  turbo: loadTurbo(),
  jpeg2000: createJpeg2000Codec({ threads: 1 }),
});
const AT_ONCE = { takeTurn: () => undefined };
let folder = '';
const path = (name: string) => join(folder, name);

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mezzotint-gif-pdf-'));
});

after(() => rm(folder, { recursive: true }));

function picture(size: Size, bands: number): EncodablePixels & { sample: 'uint8' } {
  const data = Uint8Array.from(deepPicture(size, bands).data, (value) => value >> 8);
  return { ...size, bands, photometric: bands < 3 ? 'gray' : 'rgb', hasAlpha: bands % 2 === 0, sample: 'uint8', data };
}

/** Raw samples of a file as ImageMagick decodes it. */
async function decoded(file: string, layout: 'gray' | 'rgb' | 'rgba'): Promise<Uint8Array> {
  await runTool('convert', file, '-depth', '8', `${layout}:${path('raw')}`);
  return readFile(path('raw'));
}

describe('GIF output', () => {
  for (const bands of [1, 3]) {
    for (const size of SIZES) {
      it(`shows the picture in 256 colours: ${size.width} x ${size.height}, ${bands} bands`, async () => {
        const { data } = picture(size, bands);
        await writeFile(path('a.gif'), await encoders.gif(picture(size, bands), { type: 'gif' }));
        const facts = await runTool('identify', '-format', '%m %w %h %n', path('a.gif'));
        assert.equal(facts, `GIF ${size.width} ${size.height} 1`);
        const difference = meanDifference(await decoded(path('a.gif'), bands === 1 ? 'gray' : 'rgb'), data);
        assert.ok(difference < 2 * bands, `mean difference ${difference}`);
      });
    }
  }

  it('has pixels that are there or not', async () => {
    const pixels = picture({ width: 61, height: 47 }, 4);
    pixels.data.forEach((_, at) => {
      if (at % 4 === 3) pixels.data[at] = at % 8 === 3 ? 255 : 0;
    });
    await writeFile(path('a.gif'), await encoders.gif(pixels, { type: 'gif' }));
    const rgba = await decoded(path('a.gif'), 'rgba');
    assert.ok(rgba.every((value, at) => at % 4 !== 3 || value === pixels.data[at]));
  });

  it('takes grey with opacity and 16 bits', async () => {
    const deep = deepPicture({ width: 61, height: 47 }, 2);
    const pixels = { ...deep, photometric: 'gray', hasAlpha: true, sample: 'uint16' } as const;
    await writeFile(path('a.gif'), await encoders.gif(pixels, { type: 'gif' }));
    assert.equal(await runTool('identify', '-format', '%m %w %h', path('a.gif')), 'GIF 61 47');
  });

  it('carries a long XMP packet and a profile without harm to the picture', async () => {
    const file = await encoders.gif(picture({ width: 61, height: 47 }, 3), { type: 'gif' });
    const xmp = Buffer.from(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${' '.repeat(5000)}</x:xmpmeta>`);
    const icc = Uint8Array.from({ length: 1000 }, (_, index) => index);
    await writeFile(path('plain.gif'), file);
    await writeFile(
      path('a.gif'),
      await attach(file, { type: 'gif', metadata: { xmp, icc, text: { rights: 'x'.repeat(700) } } }, AT_ONCE),
    );
    assert.deepEqual(await decoded(path('a.gif'), 'rgb'), await decoded(path('plain.gif'), 'rgb'));
    assert.match(await runTool('exiftool', '-b', '-Comment', path('a.gif')), /^Copyright: x{700}$/);
    assert.ok((await runTool('exiftool', '-b', '-XMP', path('a.gif'))).startsWith(String(xmp)));
  });
});

describe('PDF output', () => {
  const NOTHING: Metadata = { text: {} };

  async function write(pixels: EncodablePixels, quality: number | undefined, metadata = NOTHING): Promise<string> {
    const body = await encoders.pdf(pixels, { type: 'pdf', ...(quality === undefined ? {} : { quality }) });
    await writeFile(path('a.pdf'), await attach(body, { type: 'pdf', metadata }, AT_ONCE));
    return path('a.pdf');
  }

  /** Poppler's page at one pixel for each unit; it complains about whatever is wrong in the file. */
  async function drawn(file: string, layout: 'gray' | 'rgb', resolution = 72): Promise<Uint8Array> {
    const messages = await runTool(
      'sh',
      '-c',
      `pdftoppm -r ${resolution} -png -singlefile '${file}' '${path('page')}' 2>&1`,
    );
    assert.equal(messages, '');
    return decoded(path('page.png'), layout);
  }

  async function imageFacts(file: string): Promise<string[]> {
    const [, , row = ''] = (await runTool('pdfimages', '-list', file)).split('\n');
    const [, , , width = '', height = '', colour = '', bands = '', bits = '', encoding = ''] = row.trim().split(/\s+/);
    return [width, height, colour, bands, bits, encoding];
  }

  for (const bands of [1, 3] as const) {
    it(`is a page of JPEG, or without loss, of ${bands} bands`, async () => {
      const size = { width: 611, height: 470 };
      const pixels = picture(size, bands);
      const layout = bands === 1 ? 'gray' : 'rgb';
      const file = await write(pixels, undefined);
      assert.deepEqual(await imageFacts(file), ['611', '470', layout, String(bands), '8', 'jpeg']);
      assert.match(await runTool('pdfinfo', file), /Pages: +1\n[\s\S]*Page size: +611 x 470 pts\n/);
      assert.ok(meanDifference(await drawn(file, layout), pixels.data) < 2);
      const exact = await write(pixels, -1);
      assert.deepEqual(await imageFacts(exact), ['611', '470', layout, String(bands), '8', 'image']);
      assert.ok(meanDifference(await drawn(exact, layout), pixels.data) < 2);
      await runTool('pdfimages', '-png', exact, path('exact'));
      assert.deepEqual(new Uint8Array(await decoded(path('exact-000.png'), layout)), pixels.data);
    });
  }

  it('holds the JPEG of the quality asked for', async () => {
    const pixels = picture({ width: 61, height: 47 }, 3);
    const file = await write(pixels, 40);
    await runTool('pdfimages', '-all', file, path('image'));
    const jpeg = await encoders.jpeg(pixels, { type: 'jpeg', quality: 40 });
    assert.ok((await readFile(path('image-000.jpg'))).equals(jpeg));
  });

  it('has one bit for black and white', async () => {
    for (const width of [61, 64, 1]) {
      const gray = picture({ width, height: 47 }, 1);
      gray.data.forEach((_, at) => {
        gray.data[at] = (at * 7919) % 13 < 5 ? 0 : 255;
      });
      const file = await write(gray, undefined);
      assert.deepEqual(await imageFacts(file), [String(width), '47', 'gray', '1', '1', 'image']);
      await runTool('pdfimages', '-png', file, path('bits'));
      assert.deepEqual(new Uint8Array(await decoded(path('bits-000.png'), 'gray')), gray.data);
    }
  });

  it('shows the matte through transparent pixels, and 16 bits in 8', async () => {
    const deep = deepPicture({ width: 61, height: 47 }, 2);
    const file = await write({ ...deep, photometric: 'gray', hasAlpha: true, sample: 'uint16' }, -1);
    const expected = Array.from({ length: 61 * 47 }, (_, at) => {
      const alpha = Number(deep.data[at * 2 + 1]) / 65_535;
      return Math.floor((Number(deep.data[at * 2]) * alpha + 65_535 * (1 - alpha)) / 256);
    });
    await runTool('pdfimages', '-png', file, path('matte'));
    assert.ok(meanDifference(await decoded(path('matte-000.png'), 'gray'), expected) < 0.1);
  });

  it('is as large as the original where the resolution is known', async () => {
    const pixels = picture({ width: 600, height: 300 }, 3);
    const sizeAt = async (x: number, y: number, unit: 'inch' | 'centimetre' | 'unknown') =>
      /Page size: +(.+) pts/.exec(
        await runTool('pdfinfo', await write(pixels, 50, { text: {}, resolution: { x, y, unit } })),
      )?.[1];
    assert.equal(await sizeAt(300, 300, 'inch'), '144 x 72');
    assert.equal(await sizeAt(100, 200, 'centimetre'), '170.079 x 42.5197');
    assert.equal(await sizeAt(300, 300, 'unknown'), '600 x 300');
    assert.equal(await sizeAt(1e9, 1e9, 'inch'), '3 x 3');
    assert.equal(await sizeAt(0.1, 0.1, 'inch'), '14400 x 7200');
  });

  it('says what the image says of itself, in any script', async () => {
    const text = {
      title: 'Title (1) \\ )',
      creator: 'Ada Ärtist',
      description: '絵',
      rights: '© Museum',
      date: '2020:01:31 12:00:00',
    };
    const xmp = Buffer.from('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>');
    const file = await write(picture({ width: 61, height: 47 }, 3), undefined, { text, xmp });
    const info = await runTool('pdfinfo', '-custom', file);
    assert.match(info, /Title: +Title \(1\) \\ \)\n/);
    assert.match(info, /Author: +Ada Ärtist\n/);
    assert.match(info, /Subject: +絵\n/);
    assert.match(info, /Copyright: +© Museum\n/);
    assert.match(info, /CreationDate: +Fri Jan 31 12:00:00 2020/);
    assert.equal(await runTool('pdfinfo', '-meta', file), `${xmp}\n`);
    await drawn(file, 'rgb');
  });

  for (const size of SIZES) {
    it(`may be ${size.width} x ${size.height}, with profile and XMP`, async () => {
      await runTool('vips', 'black', path('black.tif'), '8', '8', '--bands', '3');
      await runTool('vips', 'tiffsave', path('black.tif'), path('srgb.tif'), '--profile', 'srgb');
      await runTool('sh', '-c', `exiftool -b -icc_profile '${path('srgb.tif')}' > '${path('srgb.icc')}'`);
      const icc = await readFile(path('srgb.icc'));
      for (const xmp of [undefined, Buffer.from('<x/>')]) {
        const file = await write(picture(size, 3), -1, { text: {}, icc, ...(xmp && { xmp }) });
        assert.deepEqual((await imageFacts(file)).slice(0, 4), [String(size.width), String(size.height), 'icc', '3']);
        assert.ok((await readFile(file)).includes(icc));
        await drawn(file, 'rgb', 36);
      }
    });
  }
});
