import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { CorruptSource } from '../../../image/errors.ts';
import { fileBytes } from '../../support/counted-bytes.ts';
import { runCommand, startCommand } from '../../support/run-command.ts';
import { meanDifference, runTool, vipsSamples } from '../../support/vips-tool.ts';
import { startListening } from '../running-server.ts';

/** Where a test works; pictures made once are copied into it. */
let folder = '';
let pictures = '';

before(async () => {
  pictures = await mkdtemp(join(tmpdir(), 'mezzotint-convert-pictures-'));
  await runTool('convert', '-size', '600x400', 'gradient:red-blue', '-depth', '8', join(pictures, 'small.png'));
  await runTool('convert', '-size', '600x400', 'plasma:fractal', '-quality', '95', join(pictures, 'photo.jpg'));
  await runTool(
    'convert',
    '-size',
    '40x30',
    'gradient:',
    '-depth',
    '16',
    '-define',
    'png:bit-depth=16',
    join(pictures, 'deep.png'),
  );
  await runTool('convert', '-size', '300x200', 'gradient:', join(pictures, 'unknown.psd'));
  await runTool('vips', 'gaussnoise', join(pictures, 'noise.v'), '4000', '3000');
  await runTool('vips', 'tiffsave', join(pictures, 'noise.v'), join(pictures, 'large.tif'));
});

after(() => rm(pictures, { recursive: true }));

beforeEach(async (context) => {
  folder = await mkdtemp(join(tmpdir(), 'mezzotint-convert-'));
  if ('after' in context) context.after(() => rm(folder, { recursive: true, force: true }));
});

describe('the files of mezzotint convert', () => {
  it('keep their folders and names, whatever is in them', async () => {
    await put('small.png', 'in/maps/a+b %;ü.png');
    await put('photo.jpg', 'in/top.jpg');
    await put('photo.jpg', 'in/.hidden.jpg');
    await put('small.png', 'alone.png');
    await writeFile(join(folder, 'in/notes.txt'), 'no image, and nobody minds in a folder');
    const { code, stdout, stderr } = await convert('in', 'alone.png', 'out');
    assert.deepEqual([code, stderr], [0, '']);
    assert.deepEqual(await filesBelow('out'), ['alone.tif', 'maps/a+b %;ü.tif', 'top.tif']);
    assert.match(
      stdout,
      /^in\/maps\/a\+b %;ü\.png → out\/maps\/a\+b %;ü\.tif: 600 x 400, deflate, [\d.]+ kB in [\d.]+ s$/m,
    );
    assert.match(stdout, /^3 converted, 0 there already, 0 failed$/m);
  });

  it('are served as they are', async () => {
    await put('small.png', 'in/a+b %;ü.png');
    assert.equal((await convert('in', 'out')).code, 0);
    const server = await startListening({ args: [join(folder, 'out'), '--port', '0', '--workers', '1'] });
    try {
      const base = `${server.address}iiif/3/${encodeURIComponent('a+b %;ü.tif')}`;
      const info: { width: number; height: number; sizes: unknown[] } = JSON.parse(
        await (await fetch(`${base}/info.json`)).text(),
      );
      assert.deepEqual([info.width, info.height, info.sizes.length], [600, 400, 3]);
      const picture = Buffer.from(await (await fetch(`${base}/full/max/0/default.png`)).arrayBuffer());
      await writeFile(join(folder, 'served.png'), picture);
      assert.deepEqual(await samples('served.png'), await samples('in/a+b %;ü.png'));
    } finally {
      server.child.kill();
      await server.exit;
    }
  });

  it('are left alone the second time, and written again when something has changed', async () => {
    await put('photo.jpg', 'in/a.jpg');
    await put('small.png', 'in/b.png');
    await convert('in', 'out');
    const written = await stat(join(folder, 'out/a.tif'));
    const second = await convert('in', 'out');
    assert.match(
      second.stdout,
      /^in\/a\.jpg: out\/a\.tif is there and current\n.*\n0 converted, 2 there already, 0 failed\n$/,
    );
    assert.equal((await stat(join(folder, 'out/a.tif'))).mtimeMs, written.mtimeMs);
    await utimes(join(folder, 'in/a.jpg'), 1000, 1000);
    assert.match((await convert('in', 'out')).stdout, /1 converted, 1 there already, 0 failed/);
    assert.match((await convert('in', 'out', '--tile-size', '512')).stdout, /2 converted, 0 there already, 0 failed/);
  });

  it('are written again when they were cut short', async () => {
    await put('small.png', 'small.png');
    await convert('small.png', 'out');
    const whole = await readFile(join(folder, 'out/small.tif'));
    await rm(join(folder, 'out/small.tif'));
    await convert('small.png', 'out');
    await writeFile(join(folder, 'out/.mezzotint-4194399-0.part'), whole.subarray(0, 5000)); // no such process can be
    assert.match((await convert('small.png', 'out')).stdout, /0 converted, 1 there already/);
    assert.deepEqual(await readdir(join(folder, 'out')), ['small.tif']);
    assert.deepEqual(await readFile(join(folder, 'out/small.tif')), whole);
  });

  it('never take the place of what somebody else has made', async () => {
    await put('small.png', 'small.png');
    await mkdir(join(folder, 'out'));
    await writeFile(join(folder, 'out/small.tif'), 'something that somebody wants to keep');
    const { code, stderr } = await convert('small.png', 'out');
    assert.equal(code, 1);
    assert.equal(stderr, 'small.png: out/small.tif is there and was not made by mezzotint convert\n');
    assert.equal(await readFile(join(folder, 'out/small.tif'), 'utf8'), 'something that somebody wants to keep');
  });

  it('are refused all together where two would get one name, both of which are named', async () => {
    await put('photo.jpg', 'in/a.jpg');
    await put('small.png', 'in/a.png');
    await put('small.png', 'in/b.png');
    const { code, stdout, stderr } = await convert('in', 'out');
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(
      stderr,
      /^in\/a\.jpg and in\/a\.png would all become out\/a\.tif: rename one, or convert them apart\n/,
    );
    await assert.rejects(stat(join(folder, 'out')), { code: 'ENOENT' });
  });

  it('are converted once that are named twice, by whatever name', async () => {
    await put('small.png', 'in/small.png');
    assert.match((await convert('in', 'in/small.png', 'in/../in', 'out')).stdout, /^1 converted, 0 there already/m);
  });

  it('are refused where they lie in the folder that pyramids go to', async () => {
    await put('small.png', 'out/small.png');
    await symlink('out', join(folder, 'link'));
    for (const input of ['out/small.png', 'out', 'link', 'link/small.png', './out/../out/small.png']) {
      const { code, stdout, stderr } = await convert(input, 'out');
      assert.deepEqual([code, stdout], [1, ''], input);
      assert.match(stderr, /lies in out, where the pyramids go: choose another folder for them\n/);
    }
    assert.deepEqual(await readdir(join(folder, 'out')), ['small.png']);
  });

  it('of a folder leave out the pyramids in it', async () => {
    await put('small.png', 'small.png');
    await convert('.', 'pyramids');
    const { code, stdout } = await convert('.', 'pyramids');
    assert.deepEqual(
      [code, stdout],
      [0, 'small.png: pyramids/small.tif is there and current\n0 converted, 1 there already, 0 failed\n'],
    );
  });

  it('that fail do not keep the others from being done', async () => {
    await put('small.png', 'in/a.png');
    await put('unknown.psd', 'in/b.psd');
    await put('photo.jpg', 'in/c.jpg');
    await put('deep.png', 'in/deep.png');
    const torn = await readFile(join(pictures, 'photo.jpg'));
    await writeFile(join(folder, 'in/d.jpg'), torn.subarray(0, torn.length / 2));
    await writeFile(join(folder, 'text.txt'), 'This is a text, and whoever names it is told so.');
    const { code, stdout, stderr } = await convert('in', 'text.txt', 'nowhere.tif', 'out', '--compression', 'jpeg');
    assert.equal(code, 1);
    assert.match(stdout, /2 converted, 0 there already, 5 failed/);
    assert.match(stderr, /^in\/b\.psd: this kind of image is not supported: Photoshop$/m);
    assert.match(stderr, /^in\/d\.jpg: .*(premature end|corrupt|too few)/im);
    assert.match(
      stderr,
      /^in\/deep\.png: compression "jpeg" is not valid: expected deflate, lzw or none for samples of type uint16$/m,
    );
    assert.match(stderr, /^text\.txt: this is no image, or of a kind that is not known here$/m);
    assert.match(stderr, /^nowhere\.tif: there is no such file$/m);
    assert.deepEqual(await filesBelow('out'), ['a.tif', 'c.tif']);
  });

  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    it(`leave nothing half done behind after ${signal}, and are made by the next run`, async () => {
      await put('large.tif', 'large.tif');
      const run = startCommand(['convert', 'large.tif', 'out', '--compression', 'lzw'], folder);
      const [part = ''] = await partsOf('out', 100_000);
      await assert.rejects(openSource(await fileBytes(part), createDecodeTools()), CorruptSource);
      run.kill(signal);
      const { code: ended, stdout } = await run.ended;
      assert.deepEqual([ended, stdout], [code, 'stopped: 0 converted, 0 there already, 0 failed\n']);
      assert.deepEqual(await readdir(join(folder, 'out')), []);
      assert.equal((await convert('large.tif', 'out', '--compression', 'none')).code, 0);
      assert.deepEqual(await readdir(join(folder, 'out')), ['large.tif']);
    });
  }

  it('that were killed while they were written are begun again', async () => {
    await put('large.tif', 'large.tif');
    const run = startCommand(['convert', 'large.tif', 'out', '--compression', 'lzw'], folder);
    await partsOf('out', 100_000);
    run.kill('SIGKILL');
    await run.ended;
    assert.equal((await readdir(join(folder, 'out'))).length, 1);
    assert.match((await convert('large.tif', 'out', '--compression', 'none')).stdout, /1 converted/);
    assert.deepEqual(await readdir(join(folder, 'out')), ['large.tif']);
    assert.ok(meanDifference(await samples('out/large.tif'), await samples('large.tif')) === 0);
  });

  it('may be of a kind that a module reads', async () => {
    const manual = await readFile(new URL('../../../../docs/decoder-modules.md', import.meta.url), 'utf8');
    await writeFile(join(folder, 'pgm.mjs'), /```js\n(?<code>.*?)```/s.exec(manual)?.groups?.code ?? '');
    await mkdir(join(folder, 'in'));
    await runTool('convert', join(pictures, 'small.png'), join(folder, 'in/a.pgm'));
    const without = await convert('in', 'out');
    assert.match(without.stderr, /^in\/a\.pgm: this kind of image is not supported: Netpbm\n/);
    const env = { DECODER_MODULES: './pgm.mjs' };
    assert.equal((await runCommand(['convert', 'in', 'out'], folder, env)).code, 0);
    assert.deepEqual(await samples('out/a.tif'), await samples('in/a.pgm'));
    assert.equal(JSON.parse((await runCommand(['info', '--json', 'in/a.pgm'], folder, env)).stdout).format, 'pgm');
    const wrong = await runCommand(['convert', 'in', 'out'], folder, { DECODER_MODULES: './none.mjs' });
    assert.deepEqual([wrong.code, /DECODER_MODULES: \.\/none\.mjs cannot be loaded/.test(wrong.stderr)], [1, true]);
  });

  it('say nothing of how far they are where it takes no time', async () => {
    await put('small.png', 'small.png');
    assert.equal((await convert('small.png', 'out')).stderr, '');
  });
});

describe('the command line of mezzotint convert', () => {
  it('says everything that is wrong with it before anything is done', async () => {
    const { code, stdout, stderr } = await convert(
      'a.png',
      '--tile-size',
      '100',
      '--compression',
      'zip',
      '--layout',
      'x',
      '--page',
      '-1',
    );
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^Option '--page' argument is ambiguous|^expected one or more/);
    for (const [args, message] of REFUSALS) {
      const result = await convert('a.png', 'out', ...args);
      assert.equal(result.code, 1);
      assert.ok(result.stderr.startsWith(`${message}\n`), result.stderr);
    }
    assert.deepEqual(await readdir(folder), []);
  });

  it('takes no image for another of the same size and time', async () => {
    for (const [name, grey] of [
      ['a', 'gray20'],
      ['b', 'gray80'],
    ] as const) {
      await mkdir(join(folder, name));
      await runTool('convert', '-size', '64x64', `xc:${grey}`, '-compress', 'none', join(folder, name, 'p.tif'));
      await utimes(join(folder, name, 'p.tif'), 1000, 1000);
    }
    assert.match((await convert('a/p.tif', 'out')).stdout, /1 converted/);
    assert.match((await convert('a/p.tif', 'out')).stdout, /is there and current/);
    assert.match((await convert('b/p.tif', 'out')).stdout, /1 converted/);
    assert.deepEqual(await samples('out/p.tif'), await samples('b/p.tif'));
  });

  it('says where a quality means nothing', async () => {
    await put('small.png', 'small.png');
    assert.match((await convert('small.png', 'out', '--quality', '9')).stdout, /deflate \(without a quality\)/);
  });

  it('says where no folder can be made', async () => {
    await put('small.png', 'small.png');
    const { code, stderr } = await convert('small.png', '/proc/mezzotint/pyramids');
    assert.equal(code, 1);
    assert.match(stderr, /\/proc\/mezzotint/);
  });

  it('shows help with examples, and is named by that of the program', async () => {
    const { code, stdout } = await runCommand(['convert', '--help'], folder);
    assert.equal(code, 0);
    assert.match(stdout, /mezzotint convert photo\.jpg pyramids/);
    assert.match((await runCommand(['--help'], folder)).stdout, /mezzotint convert IN\.\.\. OUT_DIR/);
  });

  it('leaves a folder of that name to be served', async () => {
    await put('small.png', 'convert/small.png');
    const server = await startListening({ args: ['./convert', '--port', '0', '--workers', '1'], cwd: folder });
    try {
      assert.equal((await fetch(`${server.address}iiif/3/small.png/info.json`)).status, 200);
    } finally {
      server.child.kill();
      await server.exit;
    }
  });
});

const REFUSALS: readonly (readonly [args: readonly string[], message: string])[] = [
  [['--tile-size', '100'], '--tile-size "100" is not valid: expected a multiple of 16 from 16 to 4096'],
  [['--tile-size', '0'], '--tile-size "0" is not valid: expected a multiple of 16 from 16 to 4096'],
  [['--tile-size', '1e3'], '--tile-size "1e3" is not valid: expected a multiple of 16 from 16 to 4096'],
  [['--compression', 'zip'], '--compression "zip" is not valid: expected one of auto, none, lzw, deflate, jpeg, webp'],
  [['--layout', 'x'], '--layout "x" is not valid: expected ifd or subifd'],
  [['--page=-1'], '--page "-1" is not valid: expected a whole number from 0'],
  [['--quality', '101'], '--quality "101" is not valid: expected a whole number from 1 to 100'],
  [['--quality', 'NaN'], '--quality "NaN" is not valid: expected a whole number from 1 to 100'],
  [['--compression', 'lzw', '--quality', '5'], '--quality means nothing with lzw'],
];

async function put(picture: string, name: string): Promise<void> {
  await mkdir(join(folder, name, '..'), { recursive: true });
  await cp(join(pictures, picture), join(folder, name));
}

function convert(...args: readonly string[]) {
  return runCommand(['convert', ...args], folder);
}

function samples(name: string): Promise<Uint8Array> {
  return vipsSamples(join(folder, name), folder);
}

async function filesBelow(name: string): Promise<string[]> {
  const entries = await readdir(join(folder, name), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(join(folder, name).length + 1)).sort();
}

/** The files that are being written in a folder, as soon as there is one of that length. */
async function partsOf(name: string, length: number): Promise<string[]> {
  for (let waited = 0; waited < 60_000; waited += 20) {
    await sleep(20);
    const names = await readdir(join(folder, name)).catch(() => []);
    const paths = names.map((part) => join(folder, name, part));
    const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
    if (sizes.some((size) => size > length)) return paths;
  }
  throw new Error('nothing is being written');
}
