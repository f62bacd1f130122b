import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createBufferPool } from '../../../codecs/buffer-pool.ts';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { createKeptTiles } from '../../../codecs/tiff/kept-tiles.ts';
import { nextTurn } from '../../../codecs/turns.ts';
import type { Rect } from '../../../image/geometry.ts';
import type { ByteSource } from '../../../image/source.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { cutPicture, positionPicture, tiledDirectory } from '../../support/tiff-pictures.ts';
import { writeTiff } from '../../support/tiff-writer.ts';

const SIGNAL = new AbortController().signal;
const TILE = { width: 32, height: 32 };
const TILE_BYTES = 32 * 32 * 3;
const PICTURE = positionPicture({ width: 320, height: 320 }, 3);
const FILE = writeTiff({ directories: [tiledDirectory(PICTURE, TILE)] });

/** A tile and a pixel around it. */
function withMargin(column: number, row: number): Rect {
  return { x: column * 32 - 1, y: row * 32 - 1, width: 34, height: 34 };
}

const FIRST = Buffer.from(cutPicture(PICTURE, { x: 31, y: 31 }, { width: 34, height: 34 }));

/**
 * An opened file, and how many tiles are read while something is done with it.
 *
 * @param onTile - told before a tile is read
 */
async function openCounted(onTile = () => {}) {
  const bytes = memoryBytes(FILE);
  const watched: ByteSource = {
    ...bytes,
    read(offset, length, signal) {
      if (length === TILE_BYTES) onTile();
      return bytes.read(offset, length, signal);
    },
  };
  const source = await openSource(watched, createDecodeTools());
  await source.read(source.levels[0], { x: 288, y: 288, width: 32, height: 32 }, SIGNAL); // the tables are at hand now
  const read = (window: Rect, signal = SIGNAL) => source.read(source.levels[0], window, signal);
  const tilesOf = async (work: () => Promise<unknown>) => {
    const before = bytes.counts.bytes;
    await work();
    return (bytes.counts.bytes - before) / TILE_BYTES;
  };
  return { source, read, tilesOf };
}

describe('windows that take a little of many tiles', () => {
  it('read each tile once for all of a view', async () => {
    const { read, tilesOf } = await openCounted();
    assert.equal(await tilesOf(() => read(withMargin(1, 1))), 9);
    assert.equal(await tilesOf(() => read(withMargin(2, 1))), 3);
    assert.equal(await tilesOf(() => read(withMargin(1, 2))), 3);
    assert.equal(await tilesOf(() => read(withMargin(2, 2))), 1);
    assert.equal(await tilesOf(() => read(withMargin(1, 1))), 0);
  });

  it('share tiles that are being read', async () => {
    const { read, tilesOf } = await openCounted();
    const windows = [withMargin(1, 1), withMargin(1, 1), withMargin(2, 1)];
    assert.equal(await tilesOf(() => Promise.all(windows.map((window) => read(window)))), 12);
  });

  it('go on when another one that waits for the same tiles is given up', async () => {
    const controller = new AbortController();
    let read = 0;
    const opened = await openCounted(() => ++read === 3 && controller.abort(new Error('gone')));
    const left = opened.read(withMargin(1, 1), controller.signal);
    const stays = opened.read(withMargin(1, 1));
    const tiles = await opened.tilesOf(() => Promise.allSettled([left, stays]));
    assert.ok(tiles <= 12, `${tiles} tiles`); // nine, and those that only the first had begun to wait for
    await assert.rejects(left, /gone/);
    assert.deepEqual(Buffer.from((await stays).data), FIRST);
  });

  it('read no more once nobody waits', async () => {
    const controller = new AbortController();
    let read = 0;
    const opened = await openCounted(() => ++read === 3 && controller.abort(new Error('gone')));
    await assert.rejects(opened.read(withMargin(1, 1), controller.signal), /gone/);
    assert.ok(read <= 5, `${read} tiles`); // three are on their way at once
  });

  it('keep nothing where a window takes most of its tiles', async () => {
    const { read, tilesOf } = await openCounted();
    const window = { x: 16, y: 16, width: 112, height: 112 };
    assert.equal(await tilesOf(() => read(window)), 16);
    assert.equal(await tilesOf(() => read(window)), 16);
  });

  it('leave nothing behind in one another', async () => {
    const { read } = await openCounted();
    const first = await read(withMargin(1, 1));
    first.data.fill(0); // it belongs to whoever asked
    const again = await read(withMargin(1, 1));
    assert.deepEqual(Buffer.from(again.data), FIRST);
  });
});

describe('kept tiles', () => {
  const BLOCK = 65_536;

  /** What decodes tiles of one block, and how often it has. */
  function createDecoding(pool = createBufferPool()) {
    const counts = { decoded: 0 };
    const decode = async () => pool.take(BLOCK).fill(++counts.decoded);
    return { pool, counts, decode };
  }

  it('take no more room than they have', async () => {
    const { pool, counts, decode } = createDecoding();
    const tiles = createKeptTiles(2 * BLOCK, pool);
    for (const key of ['a', 'b', 'c']) await tiles.get(key, SIGNAL, decode);
    await tiles.get('c', SIGNAL, decode);
    await tiles.get('b', SIGNAL, decode);
    assert.equal(counts.decoded, 3);
    await tiles.get('a', SIGNAL, decode);
    assert.equal(counts.decoded, 4);
  });

  it('are let go with their file', async () => {
    const { pool, counts, decode } = createDecoding();
    const tiles = createKeptTiles(8 * BLOCK, pool);
    for (const key of ['1:a', '12:a']) await tiles.get(key, SIGNAL, decode);
    tiles.forget('1:');
    for (const key of ['12:a', '1:a']) await tiles.get(key, SIGNAL, decode);
    assert.equal(counts.decoded, 3);
  });

  it('give their memory back once whoever was handed it has used it', async () => {
    const { pool, decode } = createDecoding();
    const tiles = createKeptTiles(BLOCK, pool);
    const first = await tiles.get('a', SIGNAL, decode);
    tiles.forget('a');
    assert.notEqual(pool.take(BLOCK).buffer, first.buffer);
    assert.equal(first[0], 1);
    await nextTurn();
    assert.equal(pool.take(BLOCK).buffer, first.buffer);
  });

  it('are not there after a failure', async () => {
    const { pool, decode } = createDecoding();
    const tiles = createKeptTiles(BLOCK, pool);
    await assert.rejects(
      tiles.get('a', SIGNAL, () => Promise.reject(new Error('damaged'))),
      /damaged/,
    );
    assert.equal((await tiles.get('a', SIGNAL, decode))[0], 1);
  });
});
