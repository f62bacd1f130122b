import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { CorruptSource, ImageError, SourceNotFound, UnsupportedSource } from '../../../image/errors.ts';
import { wholeOf } from '../../../image/geometry.ts';
import { type CountedBytes, memoryBytes } from '../../support/counted-bytes.ts';
import { positionPicture, tiledDirectory } from '../../support/tiff-pictures.ts';
import { writeTiff } from '../../support/tiff-writer.ts';
import { FAULTS_AT_OPEN, FAULTS_IN_TILES, longChain, PICTURE, REDUCED, TILE } from './hostile-files.ts';

const SIGNAL = new AbortController().signal;
const TOOLS = createDecodeTools();
const MAX_BYTES_AT_OPEN = 65_536;

describe('a TIFF with faults in its directories', () => {
  for (const [what, file, kind] of FAULTS_AT_OPEN) {
    it(`is refused: ${what}`, async () => {
      const bytes = memoryBytes(file);
      await assert.rejects(openSource(bytes, TOOLS), kind);
      const isLongChain = what.includes('5,000');
      assert.ok(isLongChain || bytes.counts.bytes <= MAX_BYTES_AT_OPEN, `${bytes.counts.bytes} bytes were read`);
    });
  }

  it('reads no more of a chain without end than of 4,096 directories', async () => {
    const bytes = memoryBytes(longChain(20_000));
    await assert.rejects(openSource(bytes, TOOLS), UnsupportedSource);
    assert.ok(bytes.counts.reads <= 4100);
  });
});

describe('a TIFF with faults in its tiles', () => {
  for (const [what, file, kind] of FAULTS_IN_TILES) {
    it(`opens, but does not show ${what}`, async () => {
      const source = await openSource(memoryBytes(file), TOOLS);
      const [level] = source.levels;
      await assert.rejects(source.read(level, { x: 0, y: 0, width: 32, height: 32 }, SIGNAL), kind);
      await assert.rejects(source.read(level, wholeOf(level), SIGNAL), kind);
    });
  }
});

describe('a TIFF cut short', () => {
  const pictures = [PICTURE, positionPicture({ width: 50, height: 35 }, 3)];
  const file = writeTiff({
    directories: pictures.map((picture, index) =>
      tiledDirectory(picture, TILE, { next: index === 0 ? 1 : -1, tags: index === 0 ? {} : REDUCED }),
    ),
  });

  it('is no image, or damaged, wherever it ends', async () => {
    for (let length = 0; length < file.length; length += length < 64 ? 1 : 97) {
      await assert.rejects(
        openSource(memoryBytes(file.subarray(0, length)), TOOLS),
        (error) => error instanceof CorruptSource || error instanceof SourceNotFound,
      );
    }
  });

  it('fails as an image does, and only so, when any byte of its directories is changed', async () => {
    const directoriesAt = file.readUInt32LE(4);
    for (let at = directoriesAt; at < file.length; at += 3) {
      for (const value of [0, 0xff]) await openAndReadAll(changed(file, at, value));
    }
  });
});

describe('files that are no TIFF', () => {
  const KINDS: readonly (readonly [string, string])[] = [
    ['JPEG', 'ffd8ffe000104a46494600010100000100'],
    ['PNG', '89504e470d0a1a0a0000000d494844520000'],
    ['GIF', '474946383961010001000000000000000000'],
    ['WebP', '52494646aabbccdd5745425056503820aaaa'],
    ['AVIF', '0000001c667479706176696600000000617669'],
  ];
  for (const [kind, head] of KINDS) {
    it(`are damaged where a ${kind} has nothing but its beginning`, async () => {
      const bytes = memoryBytes(Buffer.from(head, 'hex'));
      await assert.rejects(openSource(bytes, TOOLS), CorruptSource);
    });
  }

  it('are named where they are of a kind that is not read', async () => {
    const bytes = memoryBytes(Buffer.from('424d46000000000000003600000028000000', 'hex'));
    await assert.rejects(
      openSource(bytes, TOOLS),
      (error) => error instanceof UnsupportedSource && error.message.endsWith(': BMP'),
    );
  });

  it('do not exist where they are no image at all', async () => {
    for (const content of [
      '',
      'II*',
      '<svg xmlns="http://www.w3.org/2000/svg"/>',
      '%PDF-1.7 0123456789',
      'IM*\0aaaaaaaaaaaaa',
    ]) {
      await assert.rejects(openSource(memoryBytes(Buffer.from(content)), TOOLS), SourceNotFound);
    }
  });
});

function changed(file: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(file);
  copy[at] = value;
  return copy;
}

/** Nothing but an `ImageError` may come of a damaged file, and no more may be read of it than there is. */
async function openAndReadAll(file: Uint8Array): Promise<void> {
  const bytes: CountedBytes = memoryBytes(file);
  try {
    const source = await openSource(bytes, TOOLS);
    for (const level of source.levels) {
      const window = { x: 0, y: 0, width: Math.min(level.width, 200), height: Math.min(level.height, 200) };
      await source.read(level, window, SIGNAL);
      await source.encodedTile(level, 0, 0, SIGNAL);
    }
  } catch (error) {
    assert.ok(error instanceof ImageError, String(error));
  }
  assert.ok(bytes.counts.bytes <= 20 * file.length);
}
