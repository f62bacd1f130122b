import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { bytesOf, createSamples, type Samples } from '../../codecs/tiff-writer/samples.ts';
import { colourPlane } from '../../server/samples/colour-plane.ts';
import { ensureSamples } from '../../server/samples/ensure-samples.ts';
import { nebula } from '../../server/samples/nebula.ts';
import { bandsOf, type Picture, rowsOf, storageOf } from '../../server/samples/picture.ts';
import { spectra } from '../../server/samples/spectra.ts';
import { terrain, terrainNormals } from '../../server/samples/terrain.ts';
import { runTool, vipsSamples } from '../support/vips-tool.ts';

const PICTURES = [terrain(300), terrainNormals(300), spectra(256), colourPlane(300), nebula(300)];

/** The samples of all pages, drawn in strips of so many rows. */
function drawn(picture: Picture, rows: number): Samples {
  const storage = storageOf(picture);
  const rowLength = picture.size.width * bandsOf(storage);
  const samples = createSamples(storage.kind, rowLength * rowsOf(picture));
  for (let top = 0; top < rowsOf(picture); top += rows) {
    picture.draw(samples.subarray(top * rowLength, (top + rows) * rowLength), top);
  }
  return samples;
}

describe('the scientific samples', () => {
  let folder = '';
  const pathOf = ({ name }: Picture) => join(folder, `${name}.tif`);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mezzotint-scientific-'));
    const { signal } = new AbortController();
    await ensureSamples({ folder, pictures: PICTURES, signal, onProgress: () => {} });
  });
  after(() => rm(folder, { recursive: true }));

  for (const picture of PICTURES) {
    it(`are the same drawn at once or in strips, and no flat area: ${picture.name}`, () => {
      const samples = drawn(picture, picture.size.height);
      const strips = drawn(picture, picture.storage?.pages ? 64 : 50);
      assert.ok(Buffer.from(bytesOf(samples)).equals(bytesOf(strips)));
      assert.ok(new Set(samples).size > 50);
    });

    it(`lose nothing in the file, as libvips decodes it: ${picture.name}`, async () => {
      const expected = bytesOf(drawn(picture, picture.size.height));
      const count = picture.storage?.pages?.length ?? 1;
      const pages: Uint8Array[] = [];
      for (let page = 0; page < count; page++)
        pages.push(await vipsSamples(`${pathOf(picture)}[page=${page}]`, folder));
      const actual = Buffer.concat(pages);
      const isLab = storageOf(picture).photometric === 'cielab';
      assert.ok((isLab ? fromPackedLab(actual) : actual).equals(expected));
    });
  }

  it('are pyramids that libtiff reads without a warning', async () => {
    for (const picture of PICTURES) {
      const text = await runTool('tiffinfo', pathOf(picture));
      assert.match(text, /Tile Width: 256 Tile Length: 256/);
      assert.doesNotMatch(text, /Warning/i);
    }
  });

  it('say of the terrain which heights are meant to be seen', async () => {
    const text = await runTool('tiffinfo', join(folder, 'terrain.tif'));
    assert.match(text, /SMin Sample Value: 0[\s\S]*SMax Sample Value: 3400/i);
    const [lowest, highest] = [
      await runTool('vips', 'min', join(folder, 'terrain.tif')),
      await runTool('vips', 'max', join(folder, 'terrain.tif')),
    ];
    assert.ok(Number(lowest) >= 0 && Number(highest) <= 3400, `${lowest} to ${highest}`);
  });

  it('have normals of unit length that agree with the heights', () => {
    const normals = drawn(terrainNormals(300), 300);
    for (let at = 0; at < normals.length; at += 3) {
      const vector = [0, 1, 2].map((band) => (normals[at + band] ?? 0) / 127.5 - 1);
      assert.ok(Math.abs(Math.hypot(...vector) - 1) < 0.02 && (vector[2] ?? 0) > 0);
    }
  });

  it('have twelve pages in the stack, named after their wavelengths, each with its own levels', async () => {
    const text = await runTool('tiffinfo', join(folder, 'spectra.tif'));
    assert.deepEqual(
      [...text.matchAll(/DocumentName: (.*)/g)].map(([, name]) => name),
      Array.from({ length: 12 }, (_, band) => `${450 + band * 50} nm`),
    );
    assert.equal(text.match(/multi-page document/g)?.length, 12);
  });
});

/** The first three of each four bytes of libvips' packed CIELAB, a and b counted from 128. */
function fromPackedLab(packed: Buffer): Buffer {
  const samples = Buffer.alloc((packed.length / 4) * 3);
  for (let index = 0; index < samples.length; index++) {
    const band = index % 3;
    samples[index] = (packed[Math.floor(index / 3) * 4 + band] ?? 0) ^ (band === 0 ? 0 : 0x80);
  }
  return samples;
}
