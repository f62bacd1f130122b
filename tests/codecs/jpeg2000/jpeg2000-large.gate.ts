import assert from 'node:assert/strict';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import type { ImageSource } from '../../../image/source.ts';
import { fileBytes } from '../../support/counted-bytes.ts';
import { drawPlanes, encodeJpeg2000 } from '../../support/jpeg2000-files.ts';
import { withFolder } from '../../support/vips-tool.ts';

const SIGNAL = new AbortController().signal;
const SIDE = 256;
const TILES_ACROSS = 64;
const TILES = TILES_ACROSS ** 2;
/** Each tile-part is followed by a hole that belongs to it. */
const PART_LENGTH = 600_000;
const MAX_GROWTH = 128 * 2 ** 20;
/** Offsets in SIZ, from its marker: width and height of the image. */
const WIDTH = 6;
const HEIGHT = 10;

describe('a JPEG 2000 of more than 2 GB', () => {
  it('serves tiles from all over within 128 MB', () =>
    withFolder(async (folder) => {
      const bytes = await fileBytes(await writeLargeFile(folder));
      assert.ok(bytes.size > 2 ** 31, `${bytes.size} bytes`);
      const before = process.memoryUsage().rss;
      const source = await openSource(bytes, createDecodeTools());
      assert.equal(source.levels[0].width, SIDE * TILES_ACROSS);
      const expected = await readTile(source, 0, 0, 0);
      assert.deepEqual([...expected], [...drawPlanes({ width: SIDE, height: SIDE }, 1, 8).data]);
      let growth = 0;
      for (let step = 0; step < 48; step++) {
        const [column, row] = [(step * 29) % TILES_ACROSS, (step * 37 + 5) % TILES_ACROSS];
        assert.ok(expected.equals(await readTile(source, 0, column, row)), `tile ${column},${row}`);
        growth = Math.max(growth, process.memoryUsage().rss - before);
      }
      await readTile(source, 2, 15, 15);
      growth = Math.max(growth, process.memoryUsage().rss - before);
      assert.ok(growth <= MAX_GROWTH, `${growth} bytes more`);
      await source.close();
    }));
});

async function readTile(source: ImageSource, level: number, column: number, row: number): Promise<Buffer> {
  const window = { x: column * SIDE, y: row * SIDE, width: SIDE, height: SIDE };
  const { data } = await source.read(source.levels[level] ?? source.levels[0], window, SIGNAL);
  return Buffer.from(data);
}

/** The only tile of a small codestream, again and again. */
async function writeLargeFile(folder: string): Promise<string> {
  const size = { width: SIDE, height: SIDE };
  const tile = { tool: 'opj', options: '-n 4', components: 1, size, ending: 'j2k' } as const;
  const small = await readFile(await encodeJpeg2000(folder, 'tile', tile));
  const start = small.indexOf(Buffer.from('ff90', 'hex'));
  const header = Buffer.from(small.subarray(0, start));
  const part = small.subarray(start, small.length - 2);
  header.writeUInt32BE(SIDE * TILES_ACROSS, header.indexOf(Buffer.from('ff51', 'hex')) + WIDTH);
  header.writeUInt32BE(SIDE * TILES_ACROSS, header.indexOf(Buffer.from('ff51', 'hex')) + HEIGHT);
  const path = join(folder, 'large.j2k');
  const file = await open(path, 'w');
  await file.write(header, 0, header.length, 0);
  for (let index = 0; index < TILES; index++) await writePart(file, part, header.length + index * PART_LENGTH, index);
  await file.write(Buffer.from('ffd9', 'hex'), 0, 2, header.length + TILES * PART_LENGTH);
  await file.close();
  return path;
}

async function writePart(file: FileHandle, part: Buffer, offset: number, tile: number): Promise<void> {
  const copy = Buffer.from(part);
  copy.writeUInt16BE(tile, 4);
  copy.writeUInt32BE(PART_LENGTH, 6);
  await file.write(copy, 0, copy.length, offset);
}
