import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { wholeOf } from '../../../image/geometry.ts';
import type { ByteSource } from '../../../image/source.ts';
import { type CountedBytes, memoryBytes } from '../../support/counted-bytes.ts';
import { cutPicture, positionPicture, tiledDirectory } from '../../support/tiff-pictures.ts';
import { TYPE, writeTiff } from '../../support/tiff-writer.ts';

const SIGNAL = new AbortController().signal;
const TOOLS = createDecodeTools();
const TILE = { width: 32, height: 32 };
const TILE_BYTES = 32 * 32 * 3;
const ROW_BYTES = 10 * TILE_BYTES;
const PICTURE = positionPicture({ width: 320, height: 320 }, 3);
const FILE = writeTiff({ directories: [tiledDirectory(PICTURE, TILE)] });

/** What `use` makes a source read, counted without what opening it read. */
async function readsOf(file: Uint8Array, use: (open: Awaited<ReturnType<typeof openSource>>) => Promise<unknown>) {
  const bytes = memoryBytes(file);
  const source = await openSource(bytes, TOOLS);
  const opening = { ...bytes.counts };
  await use(source);
  return { reads: bytes.counts.reads - opening.reads, bytes: bytes.counts.bytes - opening.bytes };
}

describe('reading a window of a TIFF', () => {
  it('reads the one tile it lies in', async () => {
    const counts = await readsOf(FILE, (source) =>
      source.read(source.levels[0], { x: 40, y: 40, width: 10, height: 10 }, SIGNAL),
    );
    assert.ok(counts.bytes <= TILE_BYTES + 8192, `${counts.bytes} bytes`); // and the pages of two tables
  });

  it('reads the tiles it touches and no others', async () => {
    const counts = await readsOf(FILE, async (source) => {
      await source.read(source.levels[0], { x: 96, y: 96, width: 32, height: 32 }, SIGNAL); // the tables are at hand now
    });
    const both = await readsOf(FILE, async (source) => {
      await source.read(source.levels[0], { x: 96, y: 96, width: 32, height: 32 }, SIGNAL);
      await source.read(source.levels[0], { x: 30, y: 30, width: 4, height: 4 }, SIGNAL);
    });
    assert.equal(both.bytes - counts.bytes, 4 * TILE_BYTES);
  });

  it('reads neighbours that lie side by side in the file at once', async () => {
    const counts = await readsOf(FILE, (source) => source.read(source.levels[0], wholeOf(PICTURE), SIGNAL));
    assert.ok(counts.reads <= 10 + 2, `${counts.reads} reads for 10 rows of tiles and two tables`);
  });

  it('gives zeros where a tile was never written', async () => {
    const offsets = [0, 8];
    const tags = {
      324: { type: TYPE.long, values: offsets },
      325: { type: TYPE.long, values: offsets.map((offset) => (offset === 0 ? 0 : TILE_BYTES)) },
    };
    const picture = positionPicture({ width: 64, height: 32 }, 3);
    const file = writeTiff({ directories: [tiledDirectory(picture, TILE, { tags })] });
    const source = await openSource(memoryBytes(file), TOOLS);
    const pixels = await source.read(source.levels[0], wholeOf(picture), SIGNAL);
    const first = cutPicture(picture, { x: 0, y: 0 }, TILE); // what lies at offset 8
    for (let y = 0; y < 32; y++) {
      const row = Buffer.from(pixels.data.subarray(y * 192, (y + 1) * 192));
      assert.ok(row.subarray(0, 96).every((sample) => sample === 0));
      assert.ok(row.subarray(96).equals(first.subarray(y * 96, (y + 1) * 96)));
    }
  });

  it('stops reading once nobody waits', async () => {
    const controller = new AbortController();
    const bytes = memoryBytes(FILE);
    let rowReads = 0;
    const watched: ByteSource = {
      ...bytes,
      read(offset, length, signal) {
        if (length >= ROW_BYTES && ++rowReads === 2) controller.abort(new Error('gone'));
        return bytes.read(offset, length, signal);
      },
    };
    const source = await openSource(watched, TOOLS);
    await assert.rejects(source.read(source.levels[0], wholeOf(PICTURE), controller.signal), /gone/);
    assert.ok(rowReads >= 2 && rowReads <= 4, `${rowReads} rows were read of 10`);
  });

  it('fails as the file does', async () => {
    const failure = new Error('the disk is gone');
    const bytes = memoryBytes(FILE);
    const failing: ByteSource = {
      ...bytes,
      read: (offset, length) => (length >= ROW_BYTES ? Promise.reject(failure) : bytes.read(offset, length)),
    };
    const source = await openSource(failing, TOOLS);
    await assert.rejects(source.read(source.levels[0], wholeOf(PICTURE), SIGNAL), failure);
  });
});

/**
 * A BigTIFF of 1,000 x 1,000 tiles that takes 16 MB for its tables alone: tile n is one byte long where its table says,
 * every byte that is not set explicitly being zero.
 */
function vastFile(): CountedBytes {
  const side = 1000 * 256;
  const tables = { offsets: 2 ** 20, byteCounts: 2 ** 24 };
  const million = { type: TYPE.long8, values: [0], count: 1_000_000 };
  const head = writeTiff({
    isBig: true,
    directories: [
      {
        tags: {
          256: { type: TYPE.long, values: [side] },
          257: { type: TYPE.long, values: [side] },
          258: { type: TYPE.short, values: [8] },
          262: { type: TYPE.short, values: [1] },
          322: { type: TYPE.short, values: [256] },
          323: { type: TYPE.short, values: [256] },
          324: { ...million, offset: tables.offsets },
          325: { ...million, offset: tables.byteCounts },
        },
        next: -1,
      },
    ],
  });
  const bytes = memoryBytes(head);
  return {
    ...bytes,
    size: 2 ** 40,
    async read(offset, length) {
      bytes.counts.reads++;
      bytes.counts.bytes += length;
      const content = new Uint8Array(length);
      if (offset < head.length) content.set(head.subarray(offset, offset + length));
      return content;
    },
  };
}

describe('a TIFF of a million tiles', () => {
  it('opens with a few small reads', async () => {
    const bytes = vastFile();
    const source = await openSource(bytes, TOOLS);
    assert.equal(source.levels[0].width, 256_000);
    assert.ok(bytes.counts.reads <= 4 && bytes.counts.bytes < 65_536, JSON.stringify(bytes.counts));
  });

  it('reads one page of each table for a tile', async () => {
    const bytes = vastFile();
    const source = await openSource(bytes, TOOLS);
    const opening = bytes.counts.bytes;
    const pixels = await source.read(source.levels[0], { x: 200_000, y: 200_000, width: 256, height: 256 }, SIGNAL);
    assert.equal(pixels.data.length, 65_536);
    assert.equal(bytes.counts.bytes - opening, 4 * 4096); // the window touches two rows of tiles, far apart in the tables
  });

  it('keeps no more than a bounded part of its tables', async () => {
    const bytes = vastFile();
    const source = await openSource(bytes, TOOLS);
    const readAt = (row: number) =>
      source.read(source.levels[0], { x: 0, y: row * 256, width: 256, height: 256 }, SIGNAL);
    await readAt(0);
    for (let row = 1; row <= 200; row++) await readAt(row);
    const before = bytes.counts.reads;
    await readAt(0);
    assert.equal(bytes.counts.reads - before, 2); // pushed out by 400 pages since
    await readAt(0);
    assert.equal(bytes.counts.reads - before, 2);
  });
});
