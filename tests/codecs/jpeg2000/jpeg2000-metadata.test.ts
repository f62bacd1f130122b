import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { bigEndian, enumeratedColour, jp2Box, wrapCodestream } from '../../support/jp2-boxes.ts';
import { encodeJpeg2000 } from '../../support/jpeg2000-files.ts';
import { runTool, withFolder } from '../../support/vips-tool.ts';

const TOOLS = createDecodeTools();
const SIZE = { width: 60, height: 40 };

async function plain(folder: string): Promise<string> {
  return encodeJpeg2000(folder, 'plain', { tool: 'opj', options: '-n 2', size: SIZE });
}

async function rawCodestream(folder: string): Promise<Buffer> {
  return readFile(await encodeJpeg2000(folder, 'raw', { tool: 'opj', options: '-n 2', size: SIZE, ending: 'j2k' }));
}

async function metadataOf(path: string) {
  const source = await openSource(memoryBytes(await readFile(path)), TOOLS);
  return source.metadata();
}

describe('metadata of JPEG 2000', () => {
  it('has the XMP, EXIF and IPTC that exiftool wrote', () =>
    withFolder(async (folder) => {
      const path = await plain(folder);
      const tags = [
        '-XMP-dc:Title=A title',
        '-EXIF:Make=Maker',
        '-EXIF:FNumber=2.8',
        '-EXIF:Artist=Somebody',
        '-IPTC:City=Oslo',
      ];
      await runTool('exiftool', '-q', '-overwrite_original', ...tags, path);
      const { xmp, exif, iptc, text } = await metadataOf(path);
      assert.match(Buffer.from(xmp ?? []).toString(), /A title/);
      assert.ok(Buffer.from(iptc ?? []).includes('Oslo'));
      assert.deepEqual([text.make, text.creator], ['Maker', 'Somebody']);
      const fNumber = exif?.photo.find(({ tag }) => tag === 33_437);
      const ratio = Buffer.from(fNumber?.value ?? []);
      assert.equal(ratio.readUInt32LE(0) / ratio.readUInt32LE(4), 2.8);
    }));

  it('has the colour profile byte for byte, and the colours it is for', () =>
    withFolder(async (folder) => {
      const [ppm, tiff] = [join(folder, 'a.ppm'), join(folder, 'a.tif')];
      await writeFile(ppm, Buffer.concat([Buffer.from('P6\n20 20\n255\n'), Buffer.alloc(1200, 90)]));
      await runTool('vips', 'tiffsave', ppm, tiff, '--profile', 'srgb');
      await runTool('exiftool', '-q', '-b', '-icc_profile', '-w', '%d%f.icc', tiff);
      const profile = await readFile(join(folder, 'a.icc'));
      const codestream = await rawCodestream(folder);
      const colour = jp2Box('colr', Buffer.from([2, 0, 0]), profile);
      const source = await openSource(memoryBytes(wrapCodestream(codestream, [colour])), TOOLS);
      assert.ok(profile.equals(Buffer.from((await source.profile()) ?? [])));
      assert.equal(source.layout.photometric, 'rgb');
    }));

  it('takes the resolution of the capture before that of the display', () =>
    withFolder(async (folder) => {
      const codestream = await rawCodestream(folder);
      const box = (type: string, [y, x]: readonly [number, number], exponent: number) =>
        jp2Box(type, bigEndian(2, y, 1, x, 1), Buffer.from([exponent, exponent]));
      const display = box('resd', [72, 72], 2);
      const both = jp2Box('res ', box('resc', [118, 236], 2), display);
      const resolutionOf = async (resolution: Buffer) => {
        const source = await openSource(
          memoryBytes(wrapCodestream(codestream, [enumeratedColour(16), resolution])),
          TOOLS,
        );
        return (await source.metadata()).resolution;
      };
      assert.deepEqual(await resolutionOf(both), { x: 236, y: 118, unit: 'centimetre' });
      assert.deepEqual(await resolutionOf(jp2Box('res ', display)), { x: 72, y: 72, unit: 'centimetre' });
    }));

  it('leaves damaged EXIF out', () =>
    withFolder(async (folder) => {
      const path = await plain(folder);
      await runTool('exiftool', '-q', '-overwrite_original', '-EXIF:Make=Maker', path);
      const file = await readFile(path);
      file.fill(0xff, file.indexOf('JpgTiffExif->JP2') + 16 + 4, file.indexOf('JpgTiffExif->JP2') + 16 + 8);
      const source = await openSource(memoryBytes(file), TOOLS);
      assert.deepEqual(await source.metadata(), { text: {} });
    }));
});
