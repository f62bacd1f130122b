import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../codecs/decode-tools.ts';
import { createJp2Encoder } from '../../codecs/encode/encode-jp2.ts';
import type { EncodablePixels } from '../../codecs/encode/encoder.ts';
import { createJpeg2000Codec } from '../../codecs/jpeg2000/codec-pool.ts';
import { attach } from '../../codecs/metadata/attach.ts';
import { openSource } from '../../codecs/open-source.ts';
import { memoryBytes } from '../support/counted-bytes.ts';
import { drawPlanes } from '../support/jpeg2000-files.ts';
import { meanDifference, runTool, withFolder } from '../support/vips-tool.ts';

const AT_ONCE = { takeTurn: () => undefined };
const encode = createJp2Encoder({ jpegQuality: 75 }, { jpeg2000: createJpeg2000Codec({ threads: 1 }), ...AT_ONCE });
const XMP =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
  '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/jp2"/>' +
  '</rdf:RDF></x:xmpmeta>';
const SIZE = { width: 123, height: 77 };

function pixelsOf(bands: number, bits: 8 | 16, hasAlpha = false): EncodablePixels {
  const { data } = drawPlanes(SIZE, bands, bits);
  const count = SIZE.width * SIZE.height;
  const mixed = data.map((_, index) => data[(index % bands) * count + Math.floor(index / bands)] ?? 0);
  const shape = { ...SIZE, bands, hasAlpha, photometric: bands < 3 ? 'gray' : 'rgb' } as const;
  return bits === 8
    ? { ...shape, sample: 'uint8', data: Uint8Array.from(mixed) }
    : { ...shape, sample: 'uint16', data: mixed };
}

/** The samples of a file as opj_decompress has them, planes one after the other, two bytes each when deeper than 8 bits. */
async function decoded(file: Uint8Array): Promise<Buffer> {
  return withFolder(async (folder) => {
    await writeFile(join(folder, 'a.jp2'), file);
    await runTool('opj_decompress', '-i', join(folder, 'a.jp2'), '-o', join(folder, 'a.rawl'));
    return readFile(join(folder, 'a.rawl'));
  });
}

function planesOf(bands: number, bits: 8 | 16): Buffer {
  const { data } = drawPlanes(SIZE, bands, bits);
  return bits === 8 ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

describe('the JP2 encoder', () => {
  for (const [bands, bits] of [
    [1, 8],
    [2, 8],
    [3, 8],
    [4, 8],
    [1, 16],
    [3, 16],
  ] as const) {
    it(`writes ${bands} bands of ${bits} bits without loss when asked to`, async () => {
      const file = await encode(pixelsOf(bands, bits, bands % 2 === 0), { type: 'jp2', quality: -1 });
      assert.ok(planesOf(bands, bits).equals(await decoded(file)));
    });
  }

  it('comes nearer to the picture with a higher quality, and takes more bytes', async () => {
    const files = await Promise.all([10, 50, 90].map((quality) => encode(pixelsOf(3, 8), { type: 'jp2', quality })));
    const errors = await Promise.all(files.map(async (file) => meanDifference(await decoded(file), planesOf(3, 8))));
    const [low = 0, middle = 0, high = 0] = errors;
    assert.ok(low > middle && middle > high && high < 2, errors.join(', '));
    assert.ok(files.every((file, index) => file.length > (files[index - 1]?.length ?? 0)));
  });

  it('says what is opacity', () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, 'a.jp2'), await encode(pixelsOf(4, 8, true), { type: 'jp2' }));
      const printed = await runTool('convert', join(folder, 'a.jp2'), '-format', '%[channels]', 'info:');
      assert.match(printed, /srgba/);
    }));

  it('encodes a picture too large for one tile', async () => {
    const size = { width: 2100, height: 30 };
    const data = Uint8Array.from(drawPlanes(size, 1, 8).data);
    const pixels: EncodablePixels = { ...size, bands: 1, hasAlpha: false, photometric: 'gray', sample: 'uint8', data };
    assert.ok(Buffer.from(data).equals(await decoded(await encode(pixels, { type: 'jp2', quality: -1 }))));
  });

  it('carries profile, XMP, EXIF and resolution, as exiftool sees them', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'a.jp2');
      const metadata = {
        text: { title: 'A title', creator: 'Somebody' },
        xmp: Buffer.from(XMP),
        resolution: { x: 300, y: 150, unit: 'inch' } as const,
      };
      await writeFile(
        path,
        await attach(await encode(pixelsOf(3, 8), { type: 'jp2' }), { type: 'jp2', metadata }, AT_ONCE),
      );
      const printed = await runTool('exiftool', '-s', '-G1', path);
      assert.match(printed, /\[IFD0\]\s+Artist\s+: Somebody/);
      assert.match(printed, /\[XMP-dc\]\s+Format\s+: image\/jp2/);
      const source = await openSource(memoryBytes(await readFile(path)), createDecodeTools());
      const { resolution } = await source.metadata();
      assert.ok(resolution && Math.abs(resolution.x - 300 / 2.54) < 0.01, 'across');
      assert.ok(Math.abs(resolution.y - 150 / 2.54) < 0.01, 'down');
      await runTool('opj_decompress', '-i', path, '-o', join(folder, 'a.ppm'));
    }));
});
