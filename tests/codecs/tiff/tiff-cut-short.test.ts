import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { CorruptSource } from '../../../image/errors.ts';
import type { Size } from '../../../image/geometry.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { cutTiles, softPicture } from '../../support/tiff-pictures.ts';
import { type TagSpec, TYPE, writeTiff } from '../../support/tiff-writer.ts';
import { encodedByLibtiff } from '../../support/tiffcp-strips.ts';

const SIGNAL = new AbortController().signal;
const TOOLS = createDecodeTools();
const TILE = { width: 32, height: 32 };
const SIZE = { width: 160, height: 128 };
const COLUMNS = 5;
const SECTOR = 512;

describe('a TIFF whose tables lie at its beginning, cut short', () => {
  for (const [name, compression, options] of [
    ['nothing', 1, '-c none -s -r 32'],
    ['LZW', 5, '-c lzw -s -r 32'],
    ['Deflate', 8, '-c zip -s -r 32'],
    ['PackBits', 32773, '-c packbits -s -r 32'],
    ['Zstandard', 50000, '-c zstd -s -r 32'],
    ['JPEG', 7, ''],
  ] as const) {
    it(`shows whole tiles or an error at every 512 bytes, never grey: ${name}`, async () => {
      const { content, ends } = await frontLoadedBy(compression, options);
      const whole = await Promise.all(ends.map((_, index) => tileOf(content, index)));
      assert.ok(whole.every((tile) => tile !== undefined));
      for (let length = SECTOR; length < content.length; length += SECTOR) {
        const cut = await Promise.all(ends.map((_, index) => tileOf(content.subarray(0, length), index)));
        const expected: (Buffer | undefined)[] = whole.map((tile, index) =>
          Number(ends[index]) <= length ? tile : undefined,
        );
        assert.deepEqual(cut, expected, `cut at ${length}`);
      }
    });
  }
});

async function frontLoadedBy(compression: number, options: string) {
  const picture = softPicture(SIZE, 3);
  const tiles: Uint8Array[] = [];
  for (const data of cutTiles(picture, TILE)) {
    tiles.push(await (compression === 7 ? jpegOf(data) : encodedByLibtiff({ ...TILE, bands: 3, data }, options)));
  }
  return frontLoaded(tiles, compression, picture);
}

/** The pixels of a tile in a grid of five columns; undefined where they are damaged. */
async function tileOf(file: Uint8Array, index: number): Promise<Buffer | undefined> {
  const window = { x: (index % COLUMNS) * TILE.width, y: Math.floor(index / COLUMNS) * TILE.height, ...TILE };
  const source = await openSource(memoryBytes(file), TOOLS).catch(undefinedIfDamaged);
  const pixels = await source?.read(source.levels[0], window, SIGNAL).catch(undefinedIfDamaged);
  return pixels && Buffer.from(pixels.data);
}

function undefinedIfDamaged(error: unknown): undefined {
  assert.ok(error instanceof CorruptSource, String(error));
}

function jpegOf(data: Uint8Array): Promise<Uint8Array> {
  return sharp(data, { raw: { ...TILE, channels: 3 } })
    .jpeg()
    .toBuffer();
}

const TILES_AT = 4096;

/** A file that begins with its directory, and where each of its tiles ends. */
function frontLoaded(tiles: readonly Uint8Array[], compression: number, size: Size) {
  const ends = tiles.map(
    (_, index) => TILES_AT + tiles.slice(0, index + 1).reduce((sum, { length }) => sum + length, 0),
  );
  const tags = {
    258: short(8, 8, 8),
    277: short(3),
    256: long(size.width),
    257: long(size.height),
    259: short(compression),
    262: short(compression === 7 ? 6 : 2),
    322: short(TILE.width),
    323: short(TILE.height),
    324: long(...ends.map((end, index) => end - (tiles[index]?.length ?? 0))),
    325: long(...tiles.map(({ length }) => length)),
    ...(compression === 7 && { 530: short(2, 2) }),
  };
  const head = writeTiff({ directories: [{ tags, next: -1 }] });
  assert.ok(head.length <= TILES_AT);
  return { content: Buffer.concat([head, Buffer.alloc(TILES_AT - head.length), ...tiles]), ends };
}

function short(...values: number[]): TagSpec {
  return { type: TYPE.short, values };
}

function long(...values: number[]): TagSpec {
  return { type: TYPE.long, values };
}
