import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { type Size, wholeOf } from '../../../image/geometry.ts';
import type { ImageSource } from '../../../image/source.ts';
import { fileBytes } from '../../support/counted-bytes.ts';
import { positionPicture, softPicture, tiledDirectory } from '../../support/tiff-pictures.ts';
import { TYPE, writeTiff } from '../../support/tiff-writer.ts';
import { runTool, vipsSamples, withFolder, writeNetpbm } from '../../support/vips-tool.ts';

const SIGNAL = new AbortController().signal;
const TOOLS = createDecodeTools();
const FULL: Size = { width: 1000, height: 700 };

/** One directory of a file: its size, how vips stores it, and its NewSubfileType. */
interface Part {
  readonly size: Size;
  readonly options: string;
  readonly subfile?: number;
  readonly bands?: 1 | 3;
}

/** Cloud-optimised GeoTIFF: each level has a mask beside it. */
const COG_TILES = '--tile --tile-width 128 --tile-height 128 --compression deflate';
const COG: readonly Part[] = [
  { size: FULL, options: COG_TILES },
  { size: FULL, options: COG_TILES, subfile: 4, bands: 1 },
  { size: { width: 500, height: 350 }, options: COG_TILES, subfile: 1 },
  { size: { width: 500, height: 350 }, options: COG_TILES, subfile: 5, bands: 1 },
  { size: { width: 250, height: 175 }, options: COG_TILES, subfile: 1 },
  { size: { width: 250, height: 175 }, options: COG_TILES, subfile: 5, bands: 1 },
];

describe('layouts of real writers, compared with libvips', () => {
  it('are the tiled pictures of a slide, without its thumbnail, label and macro image, which are not', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'slide.svs');
      await writeFile(path, slide());
      await assertLevels(path, [0, 2, 3], folder);
    }));

  it('are the pictures of a COG, without the mask that each of them has', () =>
    withFolder(async (folder) => assertLevels(await joined(COG, folder), [0, 2, 4], folder)));

  it('are planes of an OME-TIFF, each with a pyramid in SubIFDs', () =>
    withFolder(async (folder) => {
      const path = await omePyramid(folder);
      const source = await openSource(await fileBytes(path), TOOLS);
      assert.deepEqual(
        source.pages?.labels.map(({ name }) => name),
        ['DAPI, z 0', 'DAPI, z 1', 'FITC, z 0', 'FITC, z 1'],
      );
      for (let index = 0; index < 4; index++) {
        const page: ImageSource | undefined = await source.pages?.open(index);
        assert.ok(page);
        assert.equal(page.levels.length, 3);
        assert.deepEqual(await samplesOf(page, 0), await vipsOf(`${path}[page=${index}]`, folder));
        for (const level of [1, 2]) {
          assert.deepEqual(
            await samplesOf(page, level),
            await vipsOf(`${path}[page=${index},subifd=${level - 1}]`, folder),
          );
        }
      }
      await source.close();
    }));

  it('have tiles of any size, other ones in each level, and levels of any factor, rounded up or down', () =>
    withFolder(async (folder) => {
      const parts: readonly (readonly [Size, Size])[] = [
        [
          { width: 301, height: 203 },
          { width: 37, height: 53 },
        ],
        [
          { width: 151, height: 102 },
          { width: 64, height: 16 },
        ],
        [
          { width: 50, height: 33 },
          { width: 50, height: 7 },
        ],
        [
          { width: 30, height: 20 },
          { width: 512, height: 512 },
        ],
      ];
      const path = join(folder, 'odd.tif');
      const directories = parts.map(([size, tile], index) =>
        tiledDirectory(positionPicture(size, 3, index), tile, {
          next: index + 1 < parts.length ? index + 1 : -1,
          tags: { 254: { type: TYPE.long, values: [index === 0 ? 0 : 1] } },
        }),
      );
      await writeFile(path, writeTiff({ directories }));
      const source = await openSource(await fileBytes(path), TOOLS);
      assert.equal(source.levels.length, parts.length);
      for (const index of parts.keys()) {
        assert.deepEqual(await samplesOf(source, index), await vipsOf(`${path}[page=${index}]`, folder));
      }
      await source.close();
    }));
});

/** Holds all levels of a file without pages against those directories of it. */
async function assertLevels(path: string, directories: readonly number[], folder: string): Promise<void> {
  const source = await openSource(await fileBytes(path), TOOLS);
  try {
    assert.equal(source.pages, undefined);
    assert.equal(source.levels.length, directories.length);
    for (const [level, directory] of directories.entries()) {
      assert.deepEqual(await samplesOf(source, level), await vipsOf(`${path}[page=${directory}]`, folder));
    }
  } finally {
    await source.close();
  }
}

/** As scanners write it: the thumbnail behind the full image, label and macro image at the end, each in one strip. */
function slide(): Buffer {
  const parts: readonly (readonly [Size, 'tiles' | 'strip', number | undefined])[] = [
    [FULL, 'tiles', undefined],
    [{ width: 300, height: 210 }, 'strip', undefined],
    [{ width: 250, height: 175 }, 'tiles', undefined],
    [{ width: 62, height: 43 }, 'tiles', undefined],
    [{ width: 120, height: 130 }, 'strip', 1],
    [{ width: 400, height: 140 }, 'strip', 9],
  ];
  const directories = parts.map(([size, layout, subfile], index) => {
    const picture = positionPicture(size, 3, index);
    const tags = subfile === undefined ? {} : { 254: { type: TYPE.long, values: [subfile] } };
    const next = index + 1 < parts.length ? index + 1 : -1;
    const tile = layout === 'tiles' ? { width: 240, height: 240 } : size;
    const directory = tiledDirectory(picture, tile, { tags, next });
    if (layout === 'tiles') return directory;
    const { 322: _width, 323: _length, ...others } = directory.tags;
    return { ...directory, tags: { ...others, 278: { type: TYPE.long, values: [size.height] } }, isStriped: true };
  });
  return writeTiff({ directories });
}

/** The parts in one file, as tiffcp joins them. */
async function joined(parts: readonly Part[], folder: string): Promise<string> {
  const path = join(folder, 'joined.tif');
  const files: string[] = [];
  for (const [index, { size, options, bands = 3 }] of parts.entries()) {
    const [netpbm, file] = [join(folder, `${index}.ppm`), join(folder, `${index}.tif`)];
    await writeNetpbm(netpbm, softPicture(size, bands));
    await runTool('vips', 'tiffsave', netpbm, file, ...options.split(' '));
    files.push(file);
  }
  await runTool('tiffcp', ...files, path);
  for (const [index, { subfile }] of parts.entries()) {
    if (subfile !== undefined) await runTool('tiffset', '-d', String(index), '-s', '254', String(subfile), path);
  }
  return path;
}

/** Four pages one below the other, as vips takes them. */
async function omePyramid(folder: string): Promise<string> {
  const [netpbm, path] = [join(folder, 'planes.pgm'), join(folder, 'ome.tif')];
  const size = { width: 300, height: 200 };
  const planes = softPicture({ ...size, height: size.height * 4 }, 1);
  await writeNetpbm(netpbm, planes);
  const options = '--page-height 200 --tile --tile-width 96 --tile-height 96 --pyramid --subifd --compression deflate';
  await runTool('vips', 'tiffsave', netpbm, path, ...options.split(' '));
  const channels = '<Channel ID="C0" Name="DAPI"/><Channel ID="C1" Name="FITC"/><TiffData/>';
  const pixels = 'ID="P0" DimensionOrder="XYZCT" Type="uint8" SizeX="300" SizeY="200" SizeZ="2" SizeC="2" SizeT="1"';
  const ome = 'xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"';
  const xml = `<?xml version="1.0"?><OME ${ome}><Image ID="I0"><Pixels ${pixels}>${channels}</Pixels></Image></OME>`;
  await runTool('tiffset', '-d', '0', '-s', '270', xml, path);
  return path;
}

async function samplesOf(source: ImageSource, index: number): Promise<Buffer> {
  const level = source.levels[index];
  assert.ok(level);
  const { data } = await source.read(level, wholeOf(level), SIGNAL);
  return Buffer.from(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
}

async function vipsOf(path: string, folder: string): Promise<Buffer> {
  return Buffer.from(await vipsSamples(path, folder));
}
