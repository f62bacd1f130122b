import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { pngChunk } from '../../../codecs/png-chunk.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { runTool, withFolder } from '../../support/vips-tool.ts';

/** Of PNG: the signature and the first chunk. */
const HEADER_END = 33;

const TOOLS = createDecodeTools();

async function openFile(path: string) {
  return openSource(memoryBytes(await readFile(path)), TOOLS);
}

describe('metadata of flat files', () => {
  for (const ending of ['jpg', 'png', 'webp', 'avif']) {
    it(`${ending}: has the EXIF and XMP that exiftool wrote`, () =>
      withFolder(async (folder) => {
        const path = join(folder, `a.${ending}`);
        await runTool('convert', '-size', '40x30', 'gradient:red-blue', '-strip', path);
        const tags = ['-XMP-dc:Title=A title', '-EXIF:Make=Maker', '-EXIF:FNumber=2.8', '-EXIF:Artist=Somebody'];
        await runTool('exiftool', '-q', '-overwrite_original', ...tags, path);
        const { xmp, exif, text } = await (await openFile(path)).metadata();
        assert.match(Buffer.from(xmp ?? []).toString(), /A title/);
        assert.deepEqual([text.make, text.creator], ['Maker', 'Somebody']);
        const ratio = Buffer.from(exif?.photo.find(({ tag }) => tag === 33_437)?.value ?? []);
        assert.equal(ratio.readUInt32LE(0) / ratio.readUInt32LE(4), 2.8);
      }));

    it(`${ending}: has its colour profile byte for byte`, () =>
      withFolder(async (folder) => {
        const [plain, path] = [join(folder, 'a.ppm'), join(folder, `a.${ending}`)];
        await runTool('convert', '-size', '40x30', 'gradient:red-blue', plain);
        const [tiff, icc] = [join(folder, 'b.tif'), join(folder, 'b.icc')];
        await runTool('vips', 'tiffsave', plain, tiff, '--profile', 'srgb');
        await runTool('exiftool', '-q', '-b', '-icc_profile', '-w', '%d%f.icc', tiff);
        if (ending === 'avif') await runTool('vips', 'heifsave', tiff, path, '--compression', 'av1');
        else await runTool('convert', plain, '-profile', icc, path);
        const profile = await (await openFile(path)).profile();
        assert.ok((await readFile(icc)).equals(Buffer.from(profile ?? [])));
      }));
  }

  it('has the resolution of JFIF and of PNG, each with its unit', () =>
    withFolder(async (folder) => {
      const expected = {
        'jpg PixelsPerInch': { x: 300, y: 150, unit: 'inch' },
        'jpg PixelsPerCentimeter': { x: 300, y: 150, unit: 'centimetre' },
        'png PixelsPerCentimeter': { x: 300, y: 150, unit: 'centimetre' },
      };
      for (const [kind, resolution] of Object.entries(expected)) {
        const [ending = '', unit = ''] = kind.split(' ');
        const path = join(folder, `a.${ending}`);
        await runTool('convert', '-size', '40x30', 'xc:red', '-units', unit, '-density', '300x150', path);
        assert.deepEqual((await (await openFile(path)).metadata()).resolution, resolution);
      }
    }));

  it('has the orientation of EXIF', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'a.jpg');
      await runTool('convert', '-size', '40x30', 'xc:red', path);
      await runTool('exiftool', '-q', '-n', '-overwrite_original', '-Orientation=6', path);
      assert.equal((await openFile(path)).orientation, 6);
    }));

  it('has the texts of PNG', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'a.png');
      await runTool('convert', '-size', '40x30', 'xc:red', path);
      const plain = await readFile(path);
      const texts = ['Title\0A title', 'Copyright\0Mine'].map((text) => pngChunk('tEXt', Buffer.from(text)));
      const file = Buffer.concat([plain.subarray(0, HEADER_END), ...texts, plain.subarray(HEADER_END)]);
      const { text } = await (await openSource(memoryBytes(file), TOOLS)).metadata();
      assert.deepEqual([text.title, text.rights], ['A title', 'Mine']);
    }));
});
