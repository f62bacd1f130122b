import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { CorruptSource, ImageError, UnsupportedSource } from '../../../image/errors.ts';
import { type CountedBytes, memoryBytes } from '../../support/counted-bytes.ts';
import { countedPool } from '../../support/counted-pool.ts';
import { positionPicture, softPicture, tiledDirectory } from '../../support/tiff-pictures.ts';
import { type TagSpec, TYPE, writeTiff } from '../../support/tiff-writer.ts';
import { encodedByLibtiff } from '../../support/tiffcp-strips.ts';
import { FAULTS_AT_OPEN, FAULTS_IN_TILES, longChain, PICTURE, REDUCED, TILE } from './hostile-files.ts';

const SIGNAL = new AbortController().signal;
const TILE_BYTES = TILE.width * TILE.height * 3;
const FIRST_TILE = { x: 0, y: 0, ...TILE };

/** Many times what a sound tile of this size takes, and a hundredth of what the bombs would. */
const MOST_TAKEN = 2 ** 20;

const COMMON: Record<number, TagSpec> = {
  256: long(100),
  257: long(512),
  258: short(8, 8, 8),
  262: short(2),
  277: short(3),
};

describe('what a hostile TIFF costs', () => {
  it('is at most a few times the tile in memory, and its own length in reads, for every kind of fault', async () => {
    for (const [what, file] of [...FAULTS_AT_OPEN, ...FAULTS_IN_TILES]) {
      const { bytes, pool, error } = await readFirstTile(file);
      assert.ok(error instanceof ImageError, `${what}: ${error}`);
      assert.ok(pool.counts.taken <= MOST_TAKEN, `${what} takes ${pool.counts.taken} bytes`);
      assert.ok(bytes.counts.bytes <= 4096 + 3 * file.length, `${what} reads ${bytes.counts.bytes} of ${file.length}`);
    }
  });

  it('is no more than 4,096 reads for a chain of 65,535 directories', async () => {
    const { bytes, error } = await readFirstTile(longChain(65_535));
    assert.ok(error instanceof UnsupportedSource);
    assert.ok(bytes.counts.reads <= 4100, `${bytes.counts.reads} reads`);
  });

  it('does not depend on SubIFDs within SubIFDs, which nobody follows', async () => {
    const nested = [1, 2, 0].map((child, index) => ({
      ...tiledDirectory(positionPicture({ width: 100 >> index, height: 70 >> index }, 3), TILE, {
        tags: index === 0 ? {} : REDUCED,
      }),
      subIfds: [child],
    }));
    const bytes = memoryBytes(writeTiff({ directories: nested }));
    const source = await openSource(bytes, createDecodeTools());
    assert.equal(source.levels.length, 2);
  });
});

describe('a bomb', () => {
  const SHAPES: readonly (readonly [string, Record<number, TagSpec>])[] = [
    ['one strip of 30,000 x 30,000 RGB', striped(30_000, 8, 3)],
    ['one strip of 30,000 x 30,000 bits', striped(30_000, 1, 1)],
    ['one strip of 20,000 x 20,000 real numbers', striped(20_000, 32, 1)],
    ['one tile of 30,000 x 30,000', { 322: long(30_000), 323: long(30_000), 256: long(30_000), 257: long(30_000) }],
    ['one tile of 16,384 x 16,384', { 322: long(16_384), 323: long(16_384), 256: long(16_384), 257: long(16_384) }],
    [
      'one tile of 1024 bands of 512 x 512',
      { 258: short(8), 277: short(1024), 322: short(512), 323: short(512), 256: long(512) },
    ],
  ];
  for (const [what, tags] of SHAPES) {
    it(`is refused before anything is decoded: ${what}`, async () => {
      const zeros = deflateSync(Buffer.alloc(2 ** 20));
      const directory = {
        tags: { ...COMMON, 259: short(8), ...tags },
        tiles: [zeros],
        isStriped: 278 in tags,
        next: -1,
      };
      const { bytes, pool, error } = await readFirstTile(writeTiff({ directories: [directory] }));
      assert.ok(error instanceof UnsupportedSource, String(error));
      assert.deepEqual(pool.counts, { taken: 0, largest: 0 });
      assert.ok(bytes.counts.bytes <= 65_536);
    });
  }

  it('takes no memory for what a tile claims to be: JPEG, WebP, Zstandard', async () => {
    const raw = { raw: { ...TILE, channels: 3 as const } };
    const jpeg = Buffer.from(await sharp(softPicture(TILE, 3).data, raw).jpeg().toBuffer());
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    jpeg.writeUInt16BE(65_535, frame + 5);
    jpeg.writeUInt16BE(65_535, frame + 7);
    const webp = Buffer.from(await sharp(softPicture(TILE, 3).data, raw).webp({ lossless: true }).toBuffer());
    webp.writeUInt32LE(webp.readUInt32LE(21) | 0x0fff_ffff, 21); // 16,384 x 16,384
    const frameOfTerabyte = Buffer.from('28b52ffde0000000000001000045000010', 'hex');
    const huge = Buffer.concat([frameOfTerabyte, Buffer.alloc(64)]);
    for (const [compression, tile] of [
      [7, jpeg],
      [50001, webp],
      [50000, huge],
    ] as const) {
      const { pool, error } = await readFirstTile(fileOf(tile, compression));
      assert.ok(error instanceof CorruptSource, `${compression}: ${error}`);
      assert.ok(pool.counts.largest <= 4 * TILE_BYTES, `${compression} takes ${pool.counts.largest}`);
    }
  });

  it('gives no more than the tile where LZW has more: as libtiff, the first of it', async () => {
    const larger = positionPicture({ width: 32, height: 64 }, 3);
    const stored = await encodedByLibtiff(larger, '-c lzw -s -r 64');
    const { pool, error, pixels } = await readFirstTile(fileOf(stored, 5));
    assert.equal(error, undefined);
    assert.deepEqual(pixels, Buffer.from(larger.data.subarray(0, TILE_BYTES)));
    assert.ok(pool.counts.largest <= MOST_TAKEN);
  });

  for (const [name, compression, option] of [
    ['Deflate', 8, '-c zip'],
    ['Zstandard', 50000, '-c zstd'],
    ['PackBits', 32773, '-c packbits'],
  ] as const) {
    it(`is refused where ${name} has less than the tile, or more, which PackBits alone cannot know`, async () => {
      for (const height of [31, 33]) {
        const other = softPicture({ width: 32, height }, 3);
        const stored = await encodedByLibtiff(other, `${option} -s -r ${height}`);
        const { error, pool, pixels } = await readFirstTile(fileOf(stored, compression));
        assert.ok(pool.counts.largest <= MOST_TAKEN);
        if (pixels && compression === 32773) assert.deepEqual(pixels, Buffer.from(other.data.subarray(0, TILE_BYTES)));
        else assert.ok(error instanceof CorruptSource, `${height}: ${error}`);
      }
    });
  }
});

function striped(side: number, bits: number, bands: 1 | 3): Record<number, TagSpec> {
  return {
    256: long(side),
    257: long(side),
    258: short(...Array(bands).fill(bits)),
    262: short(bands === 1 ? 1 : 2),
    277: short(bands),
    278: long(side),
    ...(bits === 32 && { 339: short(3) }),
  };
}

interface Outcome {
  readonly bytes: CountedBytes;
  readonly pool: ReturnType<typeof countedPool>;
  readonly error: unknown;
  readonly pixels: Buffer | undefined;
}

async function readFirstTile(file: Uint8Array): Promise<Outcome> {
  const bytes = memoryBytes(file);
  const pool = countedPool();
  try {
    const source = await openSource(bytes, createDecodeTools(pool));
    const { data } = await source.read(source.levels[0], FIRST_TILE, SIGNAL);
    const pixels = Buffer.from(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    return { bytes, pool, error: undefined, pixels };
  } catch (error) {
    return { bytes, pool, error, pixels: undefined };
  }
}

/** A file of which every tile holds these bytes. */
function fileOf(tile: Uint8Array, compression: number): Buffer {
  const directory = tiledDirectory(PICTURE, TILE, { tags: { 259: short(compression) }, encode: () => tile });
  return writeTiff({ directories: [directory] });
}

function short(...values: number[]): TagSpec {
  return { type: TYPE.short, values };
}

function long(...values: number[]): TagSpec {
  return { type: TYPE.long, values };
}
