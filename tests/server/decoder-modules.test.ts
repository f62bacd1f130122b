import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createDecodeTools } from '../../codecs/decode-tools.ts';
import { loadDecoderModules } from '../../codecs/decoder-modules.ts';
import { openSource } from '../../codecs/open-source.ts';
import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import { memoryBytes } from '../support/counted-bytes.ts';
import { positionPicture } from '../support/tiff-pictures.ts';
import { startListening, startServer } from './running-server.ts';

const MANUAL = new URL('../../../docs/decoder-modules.md', import.meta.url);
const LONGEST_EXAMPLE = 30;
const SIGNAL = new AbortController().signal;
const SIZE = { width: 300, height: 200 };
const PICTURE = positionPicture(SIZE, 1);
const FILE = Buffer.concat([Buffer.from(`P5\n${SIZE.width} ${SIZE.height}\n255\n`), PICTURE.data]);

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-modules-'));
const example = /```js\n(?<code>.*?)```/s.exec(readFileSync(MANUAL, 'utf8'))?.groups?.code ?? '';

function writeModule(name: string, code: string): string {
  const path = join(folder, name);
  writeFileSync(path, code);
  return path;
}

before(() => {
  writeModule('pgm.mjs', example);
  writeFileSync(join(folder, 'a.pgm'), FILE);
  execFileSync('vips', ['copy', join(folder, 'a.pgm'), join(folder, 'vips.pgm')]);
  writeFileSync(join(folder, 'deep.pgm'), Buffer.concat([Buffer.from('P5\n2 2\n65535\n'), Buffer.alloc(8)]));
  writeFileSync(join(folder, 'text.pgm'), 'P5 but nothing that follows is right');
});
after(() => rmSync(folder, { recursive: true }));

describe('the decoder module of the manual', () => {
  it('has no more lines than it may', () => {
    const lines = example.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('//'));
    assert.ok(lines.length > 0 && lines.length <= LONGEST_EXAMPLE, `${lines.length} lines`);
  });

  it('serves what ImageMagick decodes, through the real server', async () => {
    const env = { PORT: '0', HOST: '127.0.0.1', WORKERS: '1', DECODER_MODULES: join(folder, 'pgm.mjs') };
    const server = await startListening({ args: [folder], env });
    const get = async (path: string) => fetch(new URL(path, server.address));
    const tile = await get('/iiif/3/a.pgm/40,30,200,150/max/0/default.png');
    const png = Buffer.from(await tile.arrayBuffer());
    assert.equal(tile.status, 200, png.toString());
    const crop = ['-crop', '200x150+40+30', '-depth', '8', 'gray:-'];
    const expected = execFileSync('convert', [join(folder, 'a.pgm'), ...crop]);
    assert.deepEqual(execFileSync('convert', ['-', '-depth', '8', 'gray:-'], { input: png }), expected);
    assert.match(readFileSync(join(folder, 'vips.pgm'), 'latin1'), /^P5\n#/);
    const commented = await get('/iiif/3/vips.pgm/40,30,200,150/max/0/default.png');
    assert.deepEqual(Buffer.from(await commented.arrayBuffer()), png);
    assert.equal((await get('/iiif/3/text.pgm/info.json')).status, 500);
    const deep = await get('/iiif/3/deep.pgm/info.json');
    assert.deepEqual([deep.status, /PGM of other than 8 bits/.test(await deep.text())], [415, true]);
    server.child.kill('SIGTERM');
    assert.equal(await server.exit, 0);
  });

  it('is not there where it is not named', async () => {
    await assert.rejects(openSource(memoryBytes(FILE), createDecodeTools()), UnsupportedSource);
  });
});

describe('a decoder module', () => {
  const BAD: Record<string, readonly [code: string | undefined, problem: RegExp]> = {
    'is missing': [undefined, /DECODER_MODULES: \S+bad\.mjs cannot be loaded: Cannot find module/],
    'is no JavaScript': ['export const = 1', /bad\.mjs cannot be loaded: /],
    'throws while it is loaded': ['throw new Error("not today")', /bad\.mjs cannot be loaded: not today/],
    'exports no format': ['export const name = 1', /bad\.mjs exports no "format"/],
    'exports half a format': ['export const format = { name: "x", open() {} }', /bad\.mjs exports no "format"/],
  };
  for (const [what, [code, problem]] of Object.entries(BAD)) {
    it(`that ${what} stops the start with a line that says so`, async () => {
      const path = join(folder, 'bad.mjs');
      rmSync(path, { force: true });
      if (code !== undefined) writeModule('bad.mjs', code);
      const env = {
        PORT: '0',
        HOST: '127.0.0.1',
        WORKERS: '2',
        DECODER_MODULES: `${join(folder, 'pgm.mjs')}, ${path}`,
      };
      const server = startServer({ args: [folder], env });
      assert.equal(await server.exit, 1);
      assert.match(server.output(), problem);
      assert.doesNotMatch(server.output(), /serves/);
    });
  }

  it('that fails, or gives other pixels than it was asked for, shows a damaged image', async () => {
    const faults = {
      recognises: example.replace('(head) => head[0]', '(head) => head.nothing.at[0]'),
      open: example.replace('const text =', 'null.x; const text ='),
      levels: example.replace('levels: [{ width,', 'levels: [{ width: -1,'),
      length: example.replace('window.width * window.height)', 'window.width * window.height + 1)'),
      read: example.replace('for (let row', 'null.x; for (let row'),
    };
    for (const [what, code] of Object.entries(faults)) {
      assert.notEqual(code, example);
      const formats = await loadDecoderModules([writeModule(`${what}.mjs`, code)]);
      const show = async () => {
        const source = await openSource(memoryBytes(FILE), createDecodeTools(), formats);
        await source.read(source.levels[0], { x: 1, y: 2, width: 3, height: 4 }, SIGNAL);
      };
      await assert.rejects(show, CorruptSource, what);
    }
  });
});
