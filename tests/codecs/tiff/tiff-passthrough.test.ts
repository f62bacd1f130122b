import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { createSharpDecoder } from '../../../codecs/jpeg/decode-jpeg.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { CorruptSource } from '../../../image/errors.ts';
import type { EncodedTile, ImageSource } from '../../../image/source.ts';
import { fileBytes, memoryBytes } from '../../support/counted-bytes.ts';
import { softPicture, tiledDirectory } from '../../support/tiff-pictures.ts';
import { type TagSpec, TYPE, writeTiff } from '../../support/tiff-writer.ts';
import { meanDifference, runTool, vipsSamples, withFolder, writeNetpbm } from '../../support/vips-tool.ts';

const SIGNAL = new AbortController().signal;
const TOOLS = createDecodeTools();
const SIDE = 64;
const TILE = { width: SIDE, height: SIDE };

/** A file of one tile that `tile` fills. */
function oneTile(tile: Uint8Array, bands: 1 | 3, tags: Record<number, TagSpec> = {}): Promise<ImageSource> {
  const directory = tiledDirectory(softPicture(TILE, bands), TILE, { tags, encode: () => tile });
  return openSource(memoryBytes(writeTiff({ directories: [directory] })), TOOLS);
}

function short(...values: number[]): TagSpec {
  return { type: TYPE.short, values };
}

const SOFT = softPicture(TILE, 3);
const JPEG = await sharp(SOFT.data, { raw: { ...TILE, channels: 3 } })
  .jpeg()
  .toBuffer();
const GREY_JPEG = await sharp(softPicture(TILE, 1).data, { raw: { ...TILE, channels: 1 } })
  .toColourspace('b-w')
  .jpeg()
  .toBuffer();
const YCBCR = { 259: short(7), 262: short(6) };
const RGB = { 259: short(7), 262: short(2) };

async function firstTile(source: ImageSource): Promise<EncodedTile | undefined> {
  try {
    return await source.encodedTile(source.levels[0], 0, 0, SIGNAL);
  } finally {
    await source.close();
  }
}

describe('stored tiles handed out as they are', () => {
  for (const options of ['jpeg --Q 90', 'jpeg --Q 90 --rgbjpeg', 'jpeg --Q 75 --bigtiff --subifd', 'webp --Q 80']) {
    it(`show what libvips reads from the file: ${options}`, () =>
      withFolder(async (folder) => {
        const size = { width: 200, height: 150 };
        const path = join(folder, 'saved.tif');
        await writeNetpbm(join(folder, 'picture.ppm'), softPicture(size, 3));
        const layout = `--tile --pyramid --tile-width ${SIDE} --tile-height ${SIDE} --compression ${options}`;
        await runTool('vips', 'tiffsave', join(folder, 'picture.ppm'), path, ...layout.split(' '));
        const source = await openSource(await fileBytes(path), TOOLS);
        const tile = await source.encodedTile(source.levels[0], 1, 1, SIGNAL);
        await source.close();
        assert.ok(tile);
        await writeFile(join(folder, 'tile'), tile.bytes);
        await runTool('vips', 'crop', path, join(folder, 'crop.v'), ...[SIDE, SIDE, SIDE, SIDE].map(String));
        const shown = await vipsSamples(join(folder, 'tile'), folder);
        assert.ok(meanDifference(shown, await vipsSamples(join(folder, 'crop.v'), folder)) <= 0.01);
      }));
  }

  it('are the stored bytes where they are a complete JPEG stream', async () => {
    const tile = await firstTile(await oneTile(JPEG, 3, YCBCR));
    assert.equal(tile?.type, 'jpeg');
    assert.ok(tile && JPEG.equals(tile.bytes));
  });

  it('lose the padding behind the end marker', async () => {
    const tile = await firstTile(await oneTile(Buffer.concat([JPEG, Buffer.alloc(3)]), 3, YCBCR));
    assert.equal(tile?.bytes.byteLength, JPEG.byteLength);
  });

  it('are read in one go', async () => {
    const directory = tiledDirectory(SOFT, TILE, { tags: YCBCR, encode: () => JPEG });
    const bytes = memoryBytes(writeTiff({ directories: [directory] }));
    const source = await openSource(bytes, TOOLS);
    const before = bytes.counts.reads;
    await source.encodedTile(source.levels[0], 0, 0, SIGNAL);
    assert.equal(bytes.counts.reads - before, 1);
  });

  it('tell decoders that they are RGB where their markers say otherwise', async () => {
    const tile = await firstTile(await oneTile(JPEG, 3, RGB)); // JFIF, which means YCbCr
    const { data } = await sharp(tile?.bytes).raw().toBuffer({ resolveWithObject: true });
    const asYcbcr = await sharp(JPEG).raw().toBuffer();
    assert.ok(meanDifference(data, asYcbcr) > 10);
    assert.ok(tile && !Buffer.from(tile.bytes).includes('\xff\xe0', 0, 'latin1'));
  });

  it('are none where the directory contradicts itself about colour', async () => {
    assert.equal(await firstTile(await oneTile(JPEG, 3, { ...RGB, 530: short(2, 2) })), undefined);
  });

  it('are none where white is the lowest value', async () => {
    assert.equal(await firstTile(await oneTile(GREY_JPEG, 1, { 259: short(7), 262: short(0) })), undefined);
  });

  it('are none for other compressions', async () => {
    assert.equal(await firstTile(await oneTile(SOFT.data, 3)), undefined);
  });

  it('are none for tiles that were never written', async () => {
    const sparse = { 324: { type: TYPE.long, values: [0] }, 325: { type: TYPE.long, values: [0] } };
    assert.equal(await firstTile(await oneTile(JPEG, 3, { ...YCBCR, ...sparse })), undefined);
  });
});

const WEBP = await sharp(SOFT.data, { raw: { ...TILE, channels: 3 } })
  .webp()
  .toBuffer();
const WEBP_TAGS = { 259: { type: TYPE.short, values: [50001] } };
const SMALL_JPEG = await sharp(JPEG)
  .resize(SIDE - 1, SIDE)
  .jpeg()
  .toBuffer();

const DAMAGED: readonly (readonly [string, Uint8Array, 1 | 3, Record<number, TagSpec>])[] = [
  ['a JPEG without its last byte', JPEG.subarray(0, -1), 3, YCBCR],
  ['half a JPEG', JPEG.subarray(0, JPEG.length / 2), 3, YCBCR],
  ['a JPEG cut in its header', JPEG.subarray(0, 30), 3, YCBCR],
  ['a JPEG of another size', SMALL_JPEG, 3, YCBCR],
  ['a grey JPEG in an RGB file', GREY_JPEG, 3, YCBCR],
  ['a colour JPEG in a grey file', JPEG, 1, { 259: { type: TYPE.short, values: [7] } }],
  ['a JPEG without tables', withoutTables(JPEG), 3, YCBCR],
  ['zeros for a JPEG', new Uint8Array(500), 3, YCBCR],
  ['half a WebP', WEBP.subarray(0, WEBP.length / 2), 3, WEBP_TAGS],
  ['a JPEG in a WebP file', JPEG, 3, WEBP_TAGS],
];

describe('damaged tiles', () => {
  for (const [what, tile, bands, tags] of DAMAGED) {
    it(`are never handed out: ${what}`, async () => {
      await assert.rejects(async () => firstTile(await oneTile(tile, bands, tags)), CorruptSource);
    });

    it(`are never decoded: ${what}`, async () => {
      const source = await oneTile(tile, bands, tags);
      await assert.rejects(source.read(source.levels[0], { x: 0, y: 0, ...TILE }, SIGNAL), CorruptSource);
    });
  }
});

describe('a JPEG tile whose data ends before its end marker', () => {
  const broken = Buffer.concat([JPEG.subarray(0, JPEG.length * 0.7), JPEG.subarray(-2)]);
  for (const [decoder, tools] of [
    ['libjpeg-turbo', TOOLS],
    ['sharp', { ...TOOLS, jpeg: createSharpDecoder() }],
  ] as const) {
    it(`is never decoded by ${decoder}`, async () => {
      const directory = tiledDirectory(SOFT, TILE, { tags: YCBCR, encode: () => broken });
      const source = await openSource(memoryBytes(writeTiff({ directories: [directory] })), tools);
      await assert.rejects(source.read(source.levels[0], { x: 0, y: 0, ...TILE }, SIGNAL), CorruptSource);
    });
  }
});

/** Leaves out the segments that define quantisation and Huffman tables. */
function withoutTables(jpeg: Buffer): Buffer {
  const parts = [jpeg.subarray(0, 2)];
  let at = 2;
  while (jpeg[at + 1] !== 0xda) {
    const end = at + 2 + jpeg.readUInt16BE(at + 2);
    const marker = jpeg[at + 1];
    if (marker !== 0xdb && marker !== 0xc4) parts.push(jpeg.subarray(at, end));
    at = end;
  }
  return Buffer.concat([...parts, jpeg.subarray(at)]);
}
