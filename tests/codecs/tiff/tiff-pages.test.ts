import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { turnUpright } from '../../../codecs/oriented-source.ts';
import { CorruptSource, UnsupportedSource } from '../../../image/errors.ts';
import { type Size, wholeOf } from '../../../image/geometry.ts';
import type { ImageSource } from '../../../image/source.ts';
import { fileBytes, memoryBytes } from '../../support/counted-bytes.ts';
import { type Picture, positionPicture, tiledDirectory } from '../../support/tiff-pictures.ts';
import { type DirectorySpec, type TagSpec, TYPE, writeTiff } from '../../support/tiff-writer.ts';
import { runTool, vipsSamples, withFolder, writeNetpbm } from '../../support/vips-tool.ts';
import { describeSourceContract } from '../source-contract.ts';

const SIGNAL = new AbortController().signal;
const TOOLS = createDecodeTools();
const TILE: Size = { width: 64, height: 64 };
const SIZE: Size = { width: 300, height: 200 };

/** Pictures one below the other, as vips takes several pages. */
function stacked(pictures: readonly Picture[]): Picture {
  const [first] = pictures;
  assert.ok(first);
  const data = Buffer.concat(pictures.map((picture) => picture.data));
  return { ...first, height: first.height * pictures.length, data };
}

async function pageOf(source: ImageSource, index: number): Promise<ImageSource> {
  assert.ok(source.pages);
  return source.pages.open(index);
}

async function samplesOf(source: ImageSource, level = 0): Promise<Buffer> {
  const chosen = source.levels[level];
  assert.ok(chosen);
  const pixels = await source.read(chosen, wholeOf(chosen), SIGNAL);
  assert.ok(pixels.sample === 'uint8');
  return Buffer.from(pixels.data);
}

/** Opens the file and holds every page of it against vips' own decoding of that page. */
async function assertPagesAsInVips(path: string, folder: string, count: number): Promise<void> {
  const source = await openSource(await fileBytes(path), TOOLS);
  try {
    assert.equal(source.pages?.labels.length ?? 1, count);
    for (let index = 0; index < count; index++) {
      const expected = await vipsSamples(`${path}[page=${index}]`, folder);
      assert.deepEqual(await samplesOf(await pageOf(source, index)), Buffer.from(expected), `page ${index}`);
    }
  } finally {
    await source.close();
  }
}

describe('the pages of a TIFF, compared with libvips', () => {
  it('are the single-level pages of a plain file that tiffcp has joined, of equal and of other shapes', () =>
    withFolder(async (folder) => {
      const sizes = [SIZE, SIZE, { width: 200, height: 300 }, SIZE, { width: 299, height: 201 }];
      const names: string[] = [];
      for (const [index, size] of sizes.entries()) {
        const name = join(folder, `${index}.tif`);
        await writeNetpbm(`${name}.ppm`, positionPicture(size, 3, index));
        await runTool('vips', 'tiffsave', `${name}.ppm`, name, '--tile');
        names.push(name);
      }
      const joined = join(folder, 'joined.tif');
      await runTool('tiffcp', '-c', 'lzw', '-t', ...names, joined);
      await assertPagesAsInVips(joined, folder, sizes.length);
    }));

  it('are the marked pages of a stack, each with its own SubIFDs', () =>
    withFolder(async (folder) => {
      const pictures = Array.from({ length: 5 }, (_, index) => positionPicture(SIZE, 3, index));
      const path = join(folder, 'stack.tif');
      await writeNetpbm(`${path}.ppm`, stacked(pictures));
      const layout =
        '--tile --pyramid --subifd --tile-width 64 --tile-height 64 --compression deflate --page-height 200';
      await runTool('vips', 'tiffsave', `${path}.ppm`, path, ...layout.split(' '));
      assert.equal((await runTool('tiffinfo', path)).match(/multi-page document/g)?.length, 5);
      await assertPagesAsInVips(path, folder, 5);
      const source = await openSource(await fileBytes(path), TOOLS);
      for (let index = 0; index < 5; index++) {
        const page = await pageOf(source, index);
        assert.deepEqual(
          page.levels.slice(0, 2).map(({ width, height }) => [width, height]),
          [
            [300, 200],
            [150, 100],
          ],
        );
        const half = await vipsSamples(`${path}[page=${index},subifd=0]`, folder);
        assert.deepEqual(await samplesOf(page, 1), Buffer.from(half));
      }
      await source.close();
    }));

  it('have the names and scales that tiffset gives them', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'named.tif');
      await writeNetpbm(`${path}.ppm`, stacked([positionPicture(SIZE, 1), positionPicture(SIZE, 1, 1)]));
      await runTool('vips', 'tiffsave', `${path}.ppm`, path, '--tile', '--page-height', '200');
      await runTool('tiffset', '-d', '0', '-s', '269', '450 nm', path);
      await runTool('tiffset', '-d', '1', '-s', '269', '1 000 nm \u00b5', path);
      await runTool('tiffset', '-d', '1', '-s', '37439', '1.5', path);
      const source = await openSource(memoryBytes(await readFile(path)), TOOLS);
      assert.deepEqual(source.pages?.labels, [
        { name: '450 nm', scale: 1 },
        { name: '1 000 nm \u00b5', scale: 1.5 },
      ]);
    }));
});

interface Spec {
  readonly size?: Size;
  readonly seed?: number;
  readonly subfile?: number;
  readonly tags?: Record<number, TagSpec>;
  readonly subIfds?: readonly number[];
  readonly isStriped?: boolean;
}

const long = (...values: number[]): TagSpec => ({ type: TYPE.long, values });

function directoryOf({ size = SIZE, seed = 0, subfile, tags, subIfds, isStriped }: Spec, next: number): DirectorySpec {
  const marked = { ...(subfile !== undefined && { 254: long(subfile) }), ...tags };
  const tiled = tiledDirectory(positionPicture(size, 3, seed), TILE, { tags: marked, next });
  if (!isStriped) return { ...tiled, ...(subIfds && { subIfds }) };
  const { 322: _width, 323: _length, ...others } = tiled.tags;
  return { tags: others, next };
}

/** A file of these directories, all in one chain but the last `subIfds`. */
function fileOf(specs: readonly Spec[], subIfds = 0): Buffer {
  const last = specs.length - subIfds - 1;
  return writeTiff({ directories: specs.map((spec, index) => directoryOf(spec, index < last ? index + 1 : -1)) });
}

function open(file: Uint8Array): Promise<ImageSource> {
  return openSource(memoryBytes(file), TOOLS);
}

/** Of each page the seed of its picture and the widths of its levels. */
async function pagesOf(file: Uint8Array): Promise<(readonly [seed: number, ...widths: number[]])[]> {
  const source = await open(file);
  const count = source.pages?.labels.length ?? 1;
  const pages: (readonly [number, ...number[]])[] = [];
  for (let index = 0; index < count; index++) {
    const page = index === 0 ? source : await pageOf(source, index);
    // The blue band of the first pixel is 31 times the seed.
    const pixel = (await page.read(page.levels[0], { x: 0, y: 0, width: 3, height: 1 }, SIGNAL)).data[2];
    pages.push([Number(pixel) / 31, ...page.levels.map(({ width }) => width)]);
  }
  return pages;
}

const HALF = { width: 150, height: 100 };
const QUARTER = { width: 75, height: 50 };
const THUMBNAIL: Spec = { size: HALF, isStriped: true };

describe('what is a page of a TIFF', () => {
  it('is every directory marked as one, the first with them, and then no other', async () => {
    const marked = fileOf([{}, { subfile: 2, seed: 1 }, { seed: 2 }, { subfile: 2, seed: 3, size: HALF }]);
    assert.deepEqual(await pagesOf(marked), [
      [0, 300],
      [1, 300],
      [3, 150],
    ]);
  });

  it('is not what is marked as reduced or as a mask', async () => {
    const file = fileOf([{}, { subfile: 4, seed: 1 }, { subfile: 1, seed: 2, size: { width: 200, height: 200 } }]);
    assert.deepEqual(await pagesOf(file), [[0, 300]]);
  });

  it('is, where none is marked, what is as large as the first or of another shape, and not what is a smaller version', async () => {
    const file = fileOf([
      {},
      { seed: 1, size: HALF },
      { seed: 2 },
      { seed: 3, size: { width: 200, height: 300 } },
      { seed: 4, size: { width: 299, height: 199 } },
    ]);
    assert.deepEqual(await pagesOf(file), [
      [0, 300, 150],
      [2, 300],
      [3, 200],
      [4, 299],
    ]);
  });

  it('is no untiled thumbnail or label beside tiled pictures', async () => {
    const file = fileOf([{}, THUMBNAIL, { size: HALF, seed: 1 }, { ...THUMBNAIL, size: { width: 60, height: 90 } }]);
    assert.deepEqual(await pagesOf(file), [[0, 300, 150]]);
  });
});

describe('pages that lie on their side', () => {
  it('are turned each as it says, and stay the same image when they are asked for again', async () => {
    const file = fileOf([{ subfile: 2 }, { subfile: 2, seed: 1, tags: { 274: { type: TYPE.short, values: [6] } } }]);
    const source = turnUpright(await open(file));
    const turned = await pageOf(source, 1);
    assert.deepEqual([source.levels[0].width, turned.levels[0].width, turned.levels[0].height], [300, 200, 300]);
    assert.equal(await pageOf(source, 1), turned);
    assert.equal(await pageOf(source, 0), source);
    // Turned clockwise, the upper left corner is what was the lower left.
    const corner = await turned.read(turned.levels[0], { x: 0, y: 0, width: 1, height: 1 }, SIGNAL);
    assert.deepEqual([...corner.data], [...positionPicture(SIZE, 3, 1).data.subarray(199 * 900, 199 * 900 + 3)]);
  });
});

describe('the levels of a page', () => {
  it('follow it where they follow the first page', async () => {
    const file = fileOf([
      { subfile: 2 },
      { subfile: 1, size: HALF, seed: 5 },
      { subfile: 2, seed: 1 },
      { subfile: 1, size: HALF, seed: 6 },
      { subfile: 1, size: QUARTER, seed: 6 },
    ]);
    assert.deepEqual(await pagesOf(file), [
      [0, 300, 150],
      [1, 300, 150, 75],
    ]);
    const page = await pageOf(await open(file), 1);
    assert.deepEqual(await samplesOf(page, 1), Buffer.from(positionPicture(HALF, 3, 6).data));
  });

  it('all belong to the first page where none follows it directly: they were added later', async () => {
    const file = fileOf([{}, { seed: 1 }, { subfile: 1, size: HALF }, { subfile: 1, size: QUARTER }]);
    assert.deepEqual(await pagesOf(file), [
      [0, 300, 150, 75],
      [1, 300],
    ]);
  });
});

const OME_NAMES = '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:1">';

function ome(attributes: string, inside = '', size: Size = SIZE): TagSpec {
  const extent = `SizeX="${size.width}" SizeY="${size.height}"`;
  const xml = `<?xml version="1.0"?><!-- <Pixels> --><ome:Whole/>${OME_NAMES}<Image ID="0"><Pixels ${extent} ${attributes}>${inside}</Pixels></Image><Image><Pixels DimensionOrder="XYZCT" SizeX="1" SizeY="1" SizeZ="9" SizeC="9" SizeT="9"/></Image></OME>`;
  return { type: TYPE.ascii, values: [...Buffer.from(xml), 0] };
}

const CHANNELS = '<Channel ID="0" Name="DAPI &amp; co"/><Channel ID="1"/>';
const SIX = [0, 1, 2, 3, 4, 5];

/** The seeds and names of the pages of a file of six planes, its OME-XML in the first directory. */
async function omePagesOf(description: TagSpec, count = 6): Promise<string[]> {
  const specs = SIX.slice(0, count).map((seed) => (seed === 0 ? { seed, tags: { 270: description } } : { seed }));
  const file = fileOf(specs);
  const seeds = (await pagesOf(file)).map(([seed]) => seed);
  const labels = (await open(file)).pages?.labels ?? [];
  return seeds.map((seed, index) => `${seed}:${labels[index]?.name}`);
}

describe('the planes of an OME-TIFF', () => {
  it('are named after channel and place in the order of the dimensions', async () => {
    const planes = await omePagesOf(
      ome('DimensionOrder="XYZCT" SizeZ="3" SizeC="2" SizeT="1"', `${CHANNELS}<TiffData/>`),
    );
    assert.deepEqual(planes, [
      '0:DAPI & co, z 0',
      '1:DAPI & co, z 1',
      '2:DAPI & co, z 2',
      '3:channel 1, z 0',
      '4:channel 1, z 1',
      '5:channel 1, z 2',
    ]);
    const other = await omePagesOf(ome("DimensionOrder='XYCZT' SizeZ='3' SizeC='2' SizeT='1'", CHANNELS));
    assert.deepEqual(other.slice(0, 3), ['0:DAPI & co, z 0', '1:channel 1, z 0', '2:DAPI & co, z 1']);
  });

  it('lie where TiffData says, also when the first is not the first directory', async () => {
    const blocks = SIX.map((plane) => `<TiffData FirstT="${plane}" IFD="${5 - plane}"/>`).join('');
    const planes = await omePagesOf(ome('DimensionOrder="XYTZC" SizeZ="1" SizeC="1" SizeT="6"', blocks));
    assert.deepEqual(planes, ['5:t 0', '4:t 1', '3:t 2', '2:t 3', '1:t 4', '0:t 5']);
  });

  it('leave out what lies in other files', async () => {
    const there = '<TiffData FirstZ="0" IFD="0" PlaneCount="2"><UUID FileName="a">urn:uuid:1</UUID></TiffData>';
    const elsewhere = '<TiffData FirstZ="2" IFD="0"><UUID FileName="b">urn:uuid:2</UUID></TiffData>';
    const planes = await omePagesOf(ome('DimensionOrder="XYZCT" SizeZ="3" SizeC="1" SizeT="1"', there + elsewhere), 2);
    assert.deepEqual(planes, ['0:z 0', '1:z 1']);
  });

  const WITHOUT_EFFECT: Record<string, TagSpec> = {
    'names more planes than there are': ome('DimensionOrder="XYZCT" SizeZ="7" SizeC="1" SizeT="1"'),
    'names 10^18 planes': ome('DimensionOrder="XYZCT" SizeZ="999999" SizeC="999999" SizeT="999999"'),
    'has no known order': ome('DimensionOrder="YXZCT" SizeZ="6" SizeC="1" SizeT="1"'),
    'names a block beyond its planes': ome(
      'DimensionOrder="XYZCT" SizeZ="6" SizeC="1" SizeT="1"',
      '<TiffData FirstZ="5" PlaneCount="2"/>',
    ),
    'has numbers that are none': ome('DimensionOrder="XYZCT" SizeZ="six" SizeC="1" SizeT="1"'),
    'speaks of another size': ome('DimensionOrder="XYZCT" SizeZ="6" SizeC="1" SizeT="1"', '', HALF),
    'is made of comments without end': {
      type: TYPE.ascii,
      values: [...Buffer.from(`${OME_NAMES}${'<!--'.repeat(9000)}`), 0],
    },
    'is made of tags without end': {
      type: TYPE.ascii,
      values: [...Buffer.from(`${OME_NAMES}${'<a b="'.repeat(9000)}`), 0],
    },
    'reaches past the end of the file': { type: TYPE.ascii, values: [65], count: 1_000_000, offset: 8 },
  };
  for (const [what, description] of Object.entries(WITHOUT_EFFECT)) {
    it(`count as plain pages where the OME-XML ${what}`, async () => {
      assert.deepEqual(
        await omePagesOf(description),
        SIX.map((seed) => `${seed}:`),
      );
    });
  }
});

describe('a TIFF of many pages', () => {
  const tiny = { width: 130, height: 70 };
  const stack = (count: number) =>
    writeTiff({
      directories: Array.from({ length: count }, (_, index) => ({
        ...directoryOf({ size: tiny, seed: index % 8, subfile: 2 }, index + 1 < count ? index + 1 : -1),
      })),
    });

  /** Reads and bytes that one tile of the last page takes, first when the page is new and then when it is known. */
  async function costOfLast(count: number) {
    const bytes = memoryBytes(stack(count));
    const source = await openSource(bytes, TOOLS);
    const costs = [];
    for (const x of [0, 64]) {
      const before = { ...bytes.counts };
      const page = await pageOf(source, count - 1);
      await page.read(page.levels[0], { x, y: 0, ...TILE }, SIGNAL);
      costs.push({ reads: bytes.counts.reads - before.reads, bytes: bytes.counts.bytes - before.bytes });
    }
    return costs;
  }

  it('costs as many reads per tile as one of four', async () => {
    const [few, many] = [await costOfLast(4), await costOfLast(4000)];
    assert.deepEqual(
      many.map(({ reads }) => reads),
      few.map(({ reads }) => reads),
    );
    assert.ok(
      many.every(({ bytes }) => bytes < 65_536),
      JSON.stringify(many),
    );
  });

  it('opens each page once for callers who come together, and keeps no more than some', async () => {
    const bytes = memoryBytes(stack(600));
    const source = await openSource(bytes, TOOLS);
    const [page, again] = await Promise.all([pageOf(source, 7), pageOf(source, 7)]);
    assert.equal(page, again);
    for (let index = 0; index < 600; index++) await pageOf(source, index);
    assert.notEqual(await pageOf(source, 7), page);
    assert.equal(await pageOf(source, 0), source);
    await assert.rejects(pageOf(source, 600), RangeError);
    await page.close();
    assert.equal(bytes.counts.closes, 0);
    await source.close();
    assert.equal(bytes.counts.closes, 1);
  });

  it('says of a damaged or unreadable page so, and shows the others', async () => {
    const file = fileOf([
      { subfile: 2 },
      { subfile: 2, seed: 1, tags: { 259: { type: TYPE.short, values: [34_887] } } },
      { subfile: 2, seed: 2, tags: { 322: long(0) } },
      { subfile: 2, seed: 3 },
    ]);
    const source = await open(file);
    await assert.rejects(pageOf(source, 1), UnsupportedSource);
    await assert.rejects(pageOf(source, 2), CorruptSource);
    assert.deepEqual(await samplesOf(await pageOf(source, 3)), Buffer.from(positionPicture(SIZE, 3, 3).data));
  });

  it('is not refused for labels that cannot be read', async () => {
    const bad: readonly Record<number, TagSpec>[] = [
      { 269: { type: TYPE.ascii, values: [65], count: 1000, offset: 2 ** 31 } },
      { 269: { type: TYPE.ascii, values: [65], count: 2 ** 31, offset: 8 } },
      { 269: { type: TYPE.long, values: [65] } },
      { 37439: { type: 12, values: [0], count: 2 ** 30, offset: 8 } },
      { 37439: { type: 12, values: [], count: 1, offset: 2 ** 31 } },
      { 37439: { type: 11, values: [0x7f_c0_00_00] } },
    ];
    const source = await open(fileOf([{}, ...bad.map((tags) => ({ subfile: 2, tags }))]));
    assert.deepEqual(source.pages?.labels, Array(7).fill({ name: '', scale: 1 }));
  });
});

describeSourceContract('TIFF, the second page of three, with SubIFDs', async () => {
  const file = fileOf(
    [
      { subfile: 2 },
      { subfile: 2, seed: 1, subIfds: [3] },
      { subfile: 2, seed: 2 },
      { subfile: 1, size: HALF, seed: 3 },
    ],
    1,
  );
  return pageOf(await open(file), 1);
});
