import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { CorruptSource } from '../../../image/errors.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { deepPicture } from '../../support/deep-pictures.ts';
import { cutTiles, softPicture, tiledDirectory } from '../../support/tiff-pictures.ts';
import { TYPE, writeTiff } from '../../support/tiff-writer.ts';
import { runTool, withFolder, writeNetpbm } from '../../support/vips-tool.ts';

const SIGNAL = new AbortController().signal;
const TOOLS = createDecodeTools();
const TILE = { width: 64, height: 48 };
const PICTURE = softPicture({ width: 128, height: 96 }, 3);
const WHOLE = { x: 0, y: 0, width: PICTURE.width, height: PICTURE.height };

/** How tiles are written. */
interface Tiles {
  readonly ending?: 'j2k' | 'jp2';
  /** Of opj_compress. */
  readonly options?: readonly string[];
  readonly change?: (tile: Buffer) => Buffer;
}

/** A TIFF whose tiles opj_compress has written. */
async function writeTiled(compression: number, { ending = 'j2k', options = [], change = (tile) => tile }: Tiles = {}) {
  return withFolder(async (folder) => {
    const tiles: Buffer[] = [];
    for (const data of cutTiles(PICTURE, TILE)) {
      await writeNetpbm(join(folder, 'tile.ppm'), { ...TILE, bands: 3, data });
      const target = join(folder, `tile.${ending}`);
      await runTool('opj_compress', '-i', join(folder, 'tile.ppm'), '-o', target, '-n', '3', ...options);
      tiles.push(change(await readFile(target)));
    }
    const tags = { 259: { type: TYPE.short, values: [compression] } };
    return writeTiff({ directories: [{ ...tiledDirectory(PICTURE, TILE, { tags }), tiles }] });
  });
}

/** What the samples of one tile are. */
interface Depth {
  readonly bits: number;
  readonly bands: 1 | 3;
  readonly isLittleEndian: boolean;
}

/** A TIFF of one tile with more than 8 bits a sample. */
async function writeDeep(stored: Uint16Array, { bits, bands, isLittleEndian }: Depth) {
  return withFolder(async (folder) => {
    const [source, target] = [join(folder, 'tile.pnm'), join(folder, 'tile.j2k')];
    const head = `P${bands === 1 ? 5 : 6}\n${TILE.width} ${TILE.height}\n${2 ** bits - 1}\n`;
    await writeFile(source, Buffer.concat([Buffer.from(head), Buffer.from(stored.slice().buffer).swap16()]));
    await runTool('opj_compress', '-i', source, '-o', target, '-n', '3');
    const blank = { ...TILE, bands, data: new Uint8Array(TILE.width * TILE.height * bands) };
    const short = (...values: number[]) => ({ type: TYPE.short, values });
    const tags = { 258: short(...Array.from({ length: bands }, () => bits)), 259: short(34_712) };
    const directory = { ...tiledDirectory(blank, TILE, { tags }), tiles: [await readFile(target)] };
    return writeTiff({ isLittleEndian, directories: [directory] });
  });
}

describe('JPEG 2000 in TIFF', () => {
  // 33005 is Aperio's, 33004 that of Bio-Formats, 34712 that of tifffile and LEADTOOLS, with boxes or without.
  for (const [compression, ending] of [
    [33_005, 'j2k'],
    [33_004, 'j2k'],
    [34_712, 'j2k'],
    [34_712, 'jp2'],
  ] as const) {
    it(`is read as RGB where it is ${compression}, as ${ending}`, async () => {
      const file = await writeTiled(compression, { ending });
      const source = await openSource(memoryBytes(file), TOOLS);
      const { data } = await source.read(source.levels[0], WHOLE, SIGNAL);
      assert.ok(Buffer.from(PICTURE.data).equals(Buffer.from(data)));
    });
  }

  it('is read as the RGB that the codestream makes, also where it is 33003', async () => {
    const source = await openSource(memoryBytes(await writeTiled(33_003, { options: ['-mct', '1'] })), TOOLS);
    const { data } = await source.read(source.levels[0], WHOLE, SIGNAL);
    assert.ok(Buffer.from(PICTURE.data).equals(Buffer.from(data)));
  });

  it('is read as luma and chroma where it is 33003', async () => {
    const source = await openSource(memoryBytes(await writeTiled(33_003, { options: ['-mct', '0'] })), TOOLS);
    const { data } = await source.read(source.levels[0], WHOLE, SIGNAL);
    for (let at = 0; at < data.length; at += 3) {
      const [y = 0, blue = 0, red = 0] = PICTURE.data.subarray(at, at + 3);
      const expected = [
        y + 1.402 * (red - 128),
        y - 0.344 * (blue - 128) - 0.714 * (red - 128),
        y + 1.772 * (blue - 128),
      ];
      for (const [band, value] of expected.entries()) {
        const held = Math.min(255, Math.max(0, value));
        assert.ok(Math.abs(Number(data[at + band]) - held) <= 1, `sample ${at + band}`);
      }
    }
  });

  for (const [bits, bands] of [
    [16, 3],
    [12, 1],
  ] as const) {
    for (const isLittleEndian of [true, false]) {
      it(`is read as 16 bits where it has ${bits}, ${isLittleEndian ? 'II' : 'MM'}, ${bands} bands`, async () => {
        const stored = deepPicture(TILE, bands).data.map((value) => value >> (16 - bits));
        const source = await openSource(memoryBytes(await writeDeep(stored, { bits, bands, isLittleEndian })), TOOLS);
        const { data, sample } = await source.read(source.levels[0], { x: 0, y: 0, ...TILE }, SIGNAL);
        assert.deepEqual([sample, data.length, source.layout.bitsPerSample], ['uint16', stored.length, bits]);
        const widened = stored.map((value) => Math.round((value / (2 ** bits - 1)) * 65_535));
        const rounding = bits === 16 ? 0 : 1;
        assert.ok(data.every((value, at) => Math.abs(value - Number(widened[at])) <= rounding));
      });
    }
  }

  it('is damaged where a tile is cut short, or of another size', async () => {
    const cut = await writeTiled(33_005, { change: (tile) => tile.subarray(0, tile.length / 2) });
    const narrow = (tile: Buffer) => Buffer.concat([tile.subarray(0, 11), Buffer.from([60]), tile.subarray(12)]);
    const resized = await writeTiled(33_005, { change: narrow });
    for (const file of [cut, resized]) {
      const source = await openSource(memoryBytes(file), TOOLS);
      await assert.rejects(source.read(source.levels[0], WHOLE, SIGNAL), CorruptSource);
    }
  });
});
