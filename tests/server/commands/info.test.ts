import assert from 'node:assert/strict';
import { exec } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { runCommand } from '../../support/run-command.ts';
import { runTool } from '../../support/vips-tool.ts';

interface Advice {
  readonly problem: string;
  readonly command: string;
}

interface Facts {
  readonly file: string;
  readonly [name: string]: unknown;
  readonly levels: readonly {
    readonly width: number;
    readonly height: number;
    readonly tile: { readonly width: number };
    readonly stored: { readonly kind: string; readonly compression: string; readonly isLossy: boolean };
    readonly cost: { readonly parts: number; readonly pixels: number };
  }[];
  readonly advice: readonly Advice[];
}

let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mezzotint-info-'));
  await runTool('convert', '-size', '2500x2000', 'gradient:red-blue', '-depth', '8', join(folder, 'drawn.png'));
  await runTool('vips', 'icc_export', join(folder, 'drawn.png'), join(folder, 'photo.jpg'), '--output-profile', 'p3');
  await runTool(
    'exiftool',
    '-q',
    '-overwrite_original',
    '-XMP-dc:Creator=Maria',
    '-EXIF:FNumber=5.6',
    '-EXIF:Artist=Maria',
    join(folder, 'photo.jpg'),
  );
});

after(() => rm(folder, { recursive: true }));

describe('mezzotint info', () => {
  it('says of a photograph what exiftool says', async () => {
    const facts = await factsOf('photo.jpg');
    const [tags]: Record<string, unknown>[] = JSON.parse(
      await runTool('exiftool', '-j', '-n', join(folder, 'photo.jpg')),
    );
    assert.deepEqual(
      [facts.width, facts.height, facts.bytes],
      [tags?.ImageWidth, tags?.ImageHeight, (await readFile(join(folder, 'photo.jpg'))).length],
    );
    const profile = await runTool('sh', '-c', 'exiftool -b -icc_profile "$0" | wc -c', join(folder, 'photo.jpg'));
    assert.deepEqual(facts.profile, { name: tags?.ProfileDescription, bytes: Number(profile) });
    assert.deepEqual([facts.format, facts.pages, facts.orientation], ['jpeg', 1, 1]);
    const { metadata } = facts;
    assert.ok(
      metadata && typeof metadata === 'object' && 'xmp' in metadata && 'exif' in metadata && 'creator' in metadata,
    );
  });

  it('prints the same for people', async () => {
    const { code, stdout } = await runCommand(['info', 'photo.jpg'], folder);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^photo\.jpg\n {2}format {8}jpeg, [\d.]+ kB\n {2}size {10}2500 x 2000 pixels \(5\.0 megapixels\)\n/,
    );
    assert.match(stdout, /level 0 {7}2500 x 2000, as a whole, JPEG; a tile decodes 1 part, 5,000,000 pixels\n/);
    assert.match(stdout, /dearest tile {2}on level 0: 1 part, 5,000,000 pixels for 256 x 256\n/);
    assert.match(stdout, /\n {16}mezzotint convert photo\.jpg pyramids\n/);
  });

  it('has nothing to advise on a pyramid, and says what its tiles cost', async () => {
    await save('pyramid.tif', [
      '--tile',
      '--pyramid',
      '--compression',
      'jpeg',
      '--tile-width',
      '256',
      '--tile-height',
      '256',
    ]);
    const { levels, advice } = await factsOf('pyramid.tif');
    assert.deepEqual(advice, []);
    assert.deepEqual(
      levels.map(({ width, height }) => [width, height]),
      [
        [2500, 2000],
        [1250, 1000],
        [625, 500],
        [312, 250],
        [156, 125],
      ].slice(0, levels.length),
    );
    assert.deepEqual(levels[0]?.stored, {
      kind: 'tiles',
      part: { width: 256, height: 256 },
      planes: 1,
      decodedPixels: 1,
      compression: 'JPEG',
      isLossy: true,
    });
    assert.deepEqual(levels[0]?.cost, { parts: 1, pixels: 65_536 });
  });

  for (const { name, options, problem, command, cost } of [
    {
      name: 'strips.tif',
      options: ['--compression', 'deflate'],
      problem: /strips as wide as the image/,
      command: /convert strips\.tif pyramids$/,
      cost: { parts: 2, pixels: 640_000 },
    },
    {
      name: 'single.tif',
      options: ['--tile', '--tile-width', '256', '--tile-height', '256', '--compression', 'jpeg'],
      problem: /no reduced copies: every small view decodes all of 2500 x 2000/,
      command: /convert single\.tif pyramids$/,
      cost: { parts: 1, pixels: 65_536 },
    },
    {
      name: 'large tiles.tif',
      options: ['--tile', '--pyramid', '--tile-width', '1024', '--tile-height', '1024', '--compression', 'jpeg'],
      problem: /tiles of 1024 x 1024 are decoded as a whole: 16 times/,
      command: /convert 'large tiles\.tif' pyramids$/,
      cost: { parts: 1, pixels: 1_048_576 },
    },
    {
      name: "it's;ü.tif",
      options: ['--tile', '--pyramid', '--tile-width', '64', '--tile-height', '64', '--compression', 'jpeg'],
      problem: /tiles of 64 x 64 are small: one of 256 x 256 is put together of 16/,
      command: /convert 'it'\\''s;ü\.tif' pyramids$/,
      cost: { parts: 16, pixels: 65_536 },
    },
    {
      name: 'lossless.tif',
      options: ['--tile', '--pyramid', '--tile-width', '256', '--tile-height', '256', '--compression', 'deflate'],
      problem: /without loss \(Deflate\): if it is a photograph, JPEG is several times smaller/,
      command: /pyramids --compression jpeg$/,
      cost: { parts: 1, pixels: 65_536 },
    },
  ]) {
    it(`advises what mends a badly laid out file: ${name}`, async () => {
      await save(name, options);
      const { advice, levels } = await factsOf(name);
      assert.deepEqual(levels[0]?.cost, cost);
      const found = advice.find((item) => problem.test(item.problem));
      assert.match(found?.command ?? JSON.stringify(advice), command);
      await runAsTyped(found?.command ?? '');
      const mended = await factsOf(join('pyramids', name));
      assert.ok(
        mended.advice.every((item) => !problem.test(item.problem)),
        JSON.stringify(mended.advice),
      );
    });
  }

  it('says how a codestream is laid out, as it was ordered', async () => {
    await runTool('convert', join(folder, 'drawn.png'), join(folder, 'drawn.ppm'));
    await runTool('opj_compress', '-i', join(folder, 'drawn.ppm'), '-o', join(folder, 'plain.jp2'), '-n', '4');
    await runTool(
      'opj_compress',
      '-i',
      join(folder, 'drawn.ppm'),
      '-o',
      join(folder, 'good.jp2'),
      '-t',
      '512,512',
      '-c',
      '[256,256]',
      '-p',
      'RPCL',
      '-I',
      '-r',
      '20',
      '-PLT',
    );
    const [plain, good] = [await factsOf('plain.jp2'), await factsOf('good.jp2')];
    assert.deepEqual(plain.codestream, { progression: 'LRCP', decompositions: 3, hasPacketLengths: false });
    assert.match(plain.advice[0]?.problem ?? '', /neither tiles nor precincts nor packet lengths/);
    assert.deepEqual(good.codestream, {
      tile: { width: 512, height: 512 },
      precinct: { width: 256, height: 256 },
      progression: 'RPCL',
      decompositions: 5,
      hasPacketLengths: true,
    });
    assert.deepEqual(good.advice, []);
    assert.deepEqual([plain.levels[0]?.stored.isLossy, good.levels[0]?.stored.isLossy], [false, true]);
  });

  it('tells pages, depth and what samples are', async () => {
    await runTool('vips', 'gaussnoise', join(folder, 'noise.v'), '30', '20');
    await runTool('vips', 'tiffsave', join(folder, 'noise.v'), join(folder, 'page.tif'));
    await runTool('tiffcp', join(folder, 'page.tif'), join(folder, 'page.tif'), join(folder, 'pages.tif'));
    const facts = await factsOf('pages.tif');
    assert.equal(facts.pages, 2);
    assert.deepEqual(facts.layout, {
      bands: 1,
      photometric: 'gray',
      hasAlpha: false,
      bitsPerSample: 32,
      sample: 'float32',
    });
  });

  it('says what is wrong with a file, and ends with 1 although others are sound', async () => {
    await writeFile(join(folder, 'text.txt'), 'This is a text, and whoever names it is told so.');
    await save('torn.tif', []);
    const whole = await readFile(join(folder, 'torn.tif'));
    await writeFile(join(folder, 'torn.tif'), whole.subarray(0, 3000));
    const { code, stdout, stderr } = await runCommand(
      ['info', 'text.txt', 'torn.tif', 'nowhere', '.', 'photo.jpg'],
      folder,
    );
    assert.equal(code, 1);
    assert.match(stdout, /^photo\.jpg\n/);
    assert.match(
      stderr,
      /^text\.txt: this is no image, or of a kind that is not known here\ntorn\.tif: the image file is damaged: .+\nnowhere: there is no such file\n\.: it is a folder\n$/,
    );
    const machine = await runCommand(['info', '--json', 'text.txt'], folder);
    assert.deepEqual(
      [machine.code, JSON.parse(machine.stdout)],
      [1, { file: 'text.txt', error: 'this is no image, or of a kind that is not known here' }],
    );
  });

  it('shows help with examples', async () => {
    const { code, stdout } = await runCommand(['info', '--help'], folder);
    assert.deepEqual([code, /mezzotint info photo\.jpg/.test(stdout)], [0, true]);
    assert.match((await runCommand(['--help'], folder)).stdout, /mezzotint info FILE\.\.\./);
    const wrong = await runCommand(['info', '--jsn'], folder);
    assert.deepEqual([wrong.code, /Unknown option '--jsn'/.test(wrong.stderr)], [1, true]);
    assert.match((await runCommand(['info'], folder)).stderr, /^expected one or more files\n/);
  });
});

async function save(name: string, options: readonly string[]): Promise<void> {
  await runTool('vips', 'tiffsave', join(folder, 'drawn.png'), join(folder, name), ...options);
}

async function factsOf(name: string): Promise<Facts> {
  const { code, stdout, stderr } = await runCommand(['info', '--json', name], folder);
  assert.deepEqual([code, stderr], [0, ''], name);
  return JSON.parse(stdout);
}

/** As a shell reads it, in the folder. */
async function runAsTyped(command: string): Promise<void> {
  const main = join(import.meta.dirname, '../../../server/main.js');
  await promisify(exec)(`mezzotint() { '${process.execPath}' '${main}' "$@"; }; ${command}`, { cwd: folder });
}
