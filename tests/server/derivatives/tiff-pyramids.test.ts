import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../../config/load-config.ts';
import { type Application, createApp } from '../../../server/app.ts';
import { silentLog } from '../../support/silent-log.ts';
import { runTool, vipsSamples } from '../../support/vips-tool.ts';
import { startListening } from '../running-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-tiff-pyramids-'));
const [images, pyramids] = [join(folder, 'images'), join(folder, 'pyramids')];
const path = (name: string) => join(images, name);
const opened: Application[] = [];

/** Odd in both directions, so that last columns and rows are halved alone. */
const SIZE = '2101x2003';

const DEFLATE = ['--compression', 'deflate', '--predictor', 'horizontal'];

type Step = readonly string[];
type Kind = { readonly steps: readonly Step[]; readonly save: readonly string[]; readonly isLossy?: true };

/** vips operations on a picture of 8-bit RGB, and how what they give is saved: strips unless it says otherwise. */
const KINDS: Readonly<Record<string, Kind>> = {
  'rgb.tif': { steps: [], save: DEFLATE },
  'opacity.tif': { steps: [['bandjoin_const', '200']], save: DEFLATE },
  'tiled.tif': { steps: [], save: [...DEFLATE, '--tile', '--tile-width', '512', '--tile-height', '512'] },
  'raw.tif': { steps: [], save: ['--compression', 'none'] },
  'jpeg.tif': { steps: [], save: ['--compression', 'jpeg', '--Q', '92'], isLossy: true },
  'grey16.tif': {
    steps: [
      ['extract_band', '0'],
      ['linear', '250', '900'],
      ['cast', 'ushort'],
      ['copy', '--interpretation', 'grey16'],
    ],
    save: DEFLATE,
  },
  'float.tif': {
    steps: [
      ['extract_band', '1'],
      ['linear', '0.0123', '--', '-0.7'],
      ['cast', 'float'],
      ['copy', '--interpretation', 'b-w'],
    ],
    save: ['--compression', 'deflate', '--predictor', 'float'],
  },
  'cmyk.tif': {
    steps: [
      ['bandjoin_const', '17'],
      ['copy', '--interpretation', 'cmyk'],
    ],
    save: DEFLATE,
  },
  'lab.tif': { steps: [['colourspace', 'labq']], save: ['--compression', 'deflate'] },
  'bits.tif': {
    steps: [
      ['extract_band', '0'],
      ['relational_const', 'more', '120'],
    ],
    save: ['--bitdepth', '1', '--compression', 'ccittfax4'],
  },
};

/**
 * What is coded again is as close as this at least, in decibels. vips stores the colours of RGB as they are in JPEG: coding
 * them as YCbCr costs a mean of 1.2 of this noisy picture at quality 95 still, and 1.8 of its first reduced level at 90.
 */
const LEAST_PSNR = 38;

/** A region at full resolution, one that is reduced, a corner that is both, and everything. */
const REQUESTS = [
  '700,500,300,200/max/0/default.png',
  '1024,1024,512,512/256,/0/default.png',
  '1024,1024,1077,979/270,/0/default.png',
  'full/300,/0/default.png',
];

async function start(): Promise<Application['app']> {
  const env = { DERIVATIVES: pyramids };
  const config = loadConfig({ argv: [images], env, readFile: () => '', cores: 2 });
  const application = await createApp({ config, log: silentLog });
  opened.push(application);
  return application.app;
}

async function make(name: string, { steps, save }: Kind): Promise<void> {
  let now = join(folder, 'picture.ppm');
  for (const [index, [operation = '', ...rest]] of steps.entries()) {
    const next = join(folder, `${name}.${index}.v`);
    const more = rest.includes('--')
      ? ['--', now, next, ...rest.filter((text) => text !== '--')]
      : [now, next, ...rest];
    await runTool('vips', operation, ...more);
    now = next;
  }
  await runTool('vips', 'tiffsave', now, path(name), ...save, '--profile', 'none');
}

/** Real numbers below 256, but for a square that a few windows here and there would miss. */
async function makePeak(): Promise<void> {
  const [square, peak] = [join(folder, 'square.v'), join(folder, 'peak.v')];
  await runTool('vips', 'black', join(folder, 'black.v'), '160', '160');
  await runTool('vips', 'linear', join(folder, 'black.v'), square, '1', '1000');
  await runTool('vips', 'insert', join(folder, 'float.tif.2.v'), square, peak, '600', '600');
  await runTool('vips', 'tiffsave', peak, path('peak.tif'), '--compression', 'deflate', '--profile', 'none');
}

/** Everything that clients see of an image. */
async function look(app: Application['app'], name: string) {
  const ask = async (rest: string) => {
    const answer = await app.inject({ url: `/iiif/3/${name}/${rest}` });
    assert.equal(answer.statusCode, 200, `${name} ${rest}: ${answer.body.slice(0, 200)}`);
    return answer;
  };
  const pictures = [];
  for (const request of REQUESTS) pictures.push(await ask(request));
  return {
    info: (await ask('info.json')).json(),
    pixels: pictures.map(({ rawPayload }) => pixelsOf(rawPayload)),
    etags: pictures.map(({ headers }) => headers.etag),
    ranges: await rangesSeen(app, name),
    said: metadataOf((await ask('full/300,/0/default.jpg')).rawPayload),
  };
}

async function rangesSeen(app: Application['app'], name: string): Promise<string> {
  const { statusCode, body } = await app.inject({ url: `/iip?FIF=${name}&OBJ=Min-Max-sample-values` });
  assert.equal(statusCode, 200, body);
  return body;
}

function pixelsOf(png: Buffer): Buffer {
  return execFileSync('convert', ['-', '-depth', '16', '-endian', 'LSB', 'rgba:-'], { input: png, maxBuffer: 2 ** 28 });
}

/** Of samples of 16 bits, opacity left out; without any difference it is infinite. */
function psnrOf(a: Buffer, b: Buffer): number {
  let squares = 0;
  for (let at = 0; at < a.length; at += 2) if (at % 8 < 6) squares += (a.readUInt16LE(at) - b.readUInt16LE(at)) ** 2;
  return 20 * Math.log10(65_535 / Math.sqrt(squares / ((a.length / 8) * 3)));
}

function metadataOf(jpeg: Buffer): unknown {
  const groups = ['-ICC_Profile:all', '-XMP:all', '-EXIF:all', '-JFIF:all'];
  return JSON.parse(execFileSync('exiftool', ['-j', ...groups, '-'], { input: jpeg }).toString())[0];
}

before(async () => {
  mkdirSync(images);
  mkdirSync(pyramids);
  const picture = ['-size', SIZE, '-seed', '9', 'plasma:tomato-steelblue', '-blur', '0x1', '-depth', '8'];
  execFileSync('convert', [...picture, join(folder, 'picture.ppm')]);
  for (const [name, kind] of Object.entries(KINDS)) await make(name, kind);
  await makePeak();
  const said = ['-n', '-Orientation=6', '-XMP-dc:Title=A title', '-Artist=Somebody', '-XResolution=300'];
  await runTool('vips', 'tiffsave', join(folder, 'picture.ppm'), path('turned.tif'), ...DEFLATE, '--profile', 'srgb');
  execFileSync('exiftool', ['-q', '-overwrite_original', ...said, path('turned.tif')]);
});

after(async () => {
  for (const application of opened) await application.close();
  rmSync(folder, { recursive: true });
});

/** Uses every image on a real server and waits until all their pyramids are there. */
async function build(names: readonly string[]): Promise<string> {
  const server = await startListening({ args: [images], env: { PORT: '0', WORKERS: '1', DERIVATIVES: pyramids } });
  for (const name of names) {
    await (await fetch(new URL(`/iiif/3/${name}/0,0,64,64/max/0/default.jpg`, server.address))).arrayBuffer();
  }
  for (const name of names) await server.waitFor(new RegExp(`a pyramid (is|cannot be) built.*${name}`));
  server.child.kill('SIGTERM');
  assert.equal(await server.exit, 0);
  return server.output();
}

describe('pyramids of TIFF without levels', () => {
  const names = [...Object.keys(KINDS), 'peak.tif', 'turned.tif'];
  const seen = new Map<string, Awaited<ReturnType<typeof look>>>();

  it('are built of every kind', async () => {
    const app = await start();
    for (const name of names) seen.set(name, await look(app, name));
    const output = await build(names);
    assert.doesNotMatch(output, /cannot be/);
    assert.equal(readdirSync(pyramids).length, names.length);
  });

  for (const name of names) {
    it(`${name}: clients see the same as before`, async () => {
      const earlier = seen.get(name) ?? assert.fail();
      const now = await look(await start(), name);
      assert.deepEqual(now.info, earlier.info);
      assert.deepEqual(now.ranges, earlier.ranges);
      assert.deepEqual(now.said, earlier.said);
      for (const [index, pixels] of now.pixels.entries()) {
        assert.notEqual(now.etags[index], earlier.etags[index]);
        const was = earlier.pixels[index] ?? assert.fail();
        const psnr = psnrOf(pixels, was);
        if (KINDS[name]?.isLossy) assert.ok(psnr >= LEAST_PSNR, `${REQUESTS[index]}: ${psnr} dB`);
        else assert.ok(pixels.equals(was), `${REQUESTS[index]}`);
      }
    });
  }

  it('show as white what is lightest in the coarsest level, wherever it lies', () =>
    assert.match(seen.get('peak.tif')?.ranges ?? '', /^Min-Max-sample-values: \S+ {2}1000\r\n$/));

  it('have the levels that info.json tells of, and the pixels that libvips has', async () => {
    const app = await start();
    const { tiles, sizes } = (await app.inject({ url: '/iiif/3/rgb.tif/info.json' })).json();
    assert.deepEqual(tiles[0].scaleFactors, [1, 2, 4, 8, 16]);
    assert.equal(sizes.length, 5);
    const { rawPayload } = await app.inject({ url: '/iiif/3/rgb.tif/1024,1024,512,512/256,/0/default.png' });
    const vips = async (operation: string, name: string, ...rest: string[]) => {
      const [from, to] = [join(folder, `step${name}.v`), join(folder, `step${operation}.v`)];
      await runTool('vips', operation, name === '' ? join(folder, 'picture.ppm') : from, to, ...rest);
    };
    await vips('crop', '', '1024', '1024', '512', '512');
    await vips('cast', 'crop', 'float');
    await vips('shrink', 'cast', '2', '2');
    await vips('linear', 'shrink', '1', '0.5', '--uchar'); // which cuts off what is behind the point
    const expected = await vipsSamples(join(folder, 'steplinear.v'), folder);
    const pixels = execFileSync('convert', ['-', '-depth', '8', 'rgb:-'], { input: rawPayload });
    assert.ok(pixels.equals(expected));
  });
});
