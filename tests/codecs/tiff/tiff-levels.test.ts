import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import type { Size } from '../../../image/geometry.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { positionPicture, tiledDirectory } from '../../support/tiff-pictures.ts';
import { type DirectorySpec, type TagSpec, TYPE, writeTiff } from '../../support/tiff-writer.ts';

const TOOLS = createDecodeTools();
const TILE: Size = { width: 64, height: 64 };
const FULL: Size = { width: 300, height: 200 };

interface Directory {
  readonly size: Size;
  /** NewSubfileType; absent where undefined. */
  readonly subfile?: number;
  readonly bands?: 1 | 3;
  readonly tags?: Record<number, TagSpec>;
  readonly isStriped?: boolean;
}

function directoryOf({ size, subfile, bands = 3, tags, isStriped = false }: Directory): DirectorySpec {
  const tiled = tiledDirectory(positionPicture(size, bands), TILE, {
    tags: { ...(subfile !== undefined && { 254: { type: TYPE.long, values: [subfile] } }), ...tags },
  });
  if (!isStriped) return tiled;
  const { 322: _width, 323: _length, ...others } = tiled.tags;
  return { tags: others, next: -1 };
}

/** The sizes of the levels that are found in a chain of directories after the full image. */
async function levelsOfChain(...following: Directory[]): Promise<number[][]> {
  const directories = [{ size: FULL }, ...following].map((directory, index) => ({
    ...directoryOf(directory),
    next: index < following.length ? index + 1 : -1,
  }));
  return levelsOf(directories);
}

async function levelsOf(directories: DirectorySpec[]): Promise<number[][]> {
  const source = await openSource(memoryBytes(writeTiff({ directories })), TOOLS);
  await source.close();
  return source.levels.map(({ width, height }) => [width, height]);
}

const HALF = { width: 150, height: 100 };
const QUARTER = { width: 75, height: 50 };

describe('the levels of a TIFF', () => {
  it('are the directories that follow', async () => {
    assert.deepEqual(await levelsOfChain({ size: HALF }, { size: QUARTER }), [
      [300, 200],
      [150, 100],
      [75, 50],
    ]);
  });

  it('are sorted, the finest first', async () => {
    const levels = await levelsOfChain({ size: QUARTER, subfile: 1 }, { size: HALF, subfile: 1 });
    assert.deepEqual(levels, [
      [300, 200],
      [150, 100],
      [75, 50],
    ]);
  });

  it('may be of any ratio and rounded either way', async () => {
    const levels = await levelsOfChain({ size: { width: 100, height: 67 } }, { size: { width: 43, height: 28 } });
    assert.deepEqual(levels, [
      [300, 200],
      [100, 67],
      [43, 28],
    ]);
  });

  it('are the SubIFDs where there are any, and then nothing else', async () => {
    const levels = await levelsOf([
      { ...directoryOf({ size: FULL }), subIfds: [1], next: 2 },
      directoryOf({ size: HALF, subfile: 1 }),
      directoryOf({ size: QUARTER, subfile: 1 }),
    ]);
    assert.deepEqual(levels, [
      [300, 200],
      [150, 100],
    ]);
  });

  it('are the directories that follow where no SubIFD is a reduced copy', async () => {
    const levels = await levelsOf([
      { ...directoryOf({ size: FULL }), subIfds: [1], next: 2 },
      directoryOf({ size: HALF, subfile: 0 }),
      directoryOf({ size: QUARTER, subfile: 1 }),
    ]);
    assert.deepEqual(levels, [
      [300, 200],
      [75, 50],
    ]);
  });

  const OTHERS: readonly (readonly [string, Directory])[] = [
    ['an untiled thumbnail', { size: HALF, subfile: 1, isStriped: true }],
    ['a mask', { size: HALF, subfile: 5, bands: 1 }],
    ['a page', { size: HALF, subfile: 2 }],
    ['a picture of the same size', { size: FULL }],
    ['a larger picture', { size: { width: 600, height: 400 } }],
    ['a picture of another aspect', { size: { width: 150, height: 140 }, subfile: 1 }],
    ['an unmarked picture of nearly the same aspect', { size: { width: 200, height: 130 } }],
    ['a grey picture', { size: HALF, subfile: 1, bands: 1 }],
    ['a picture of 16 bits', { size: HALF, subfile: 1, tags: { 258: { type: TYPE.short, values: [16, 16, 16] } } }],
    [
      'a picture in an unknown compression',
      { size: HALF, subfile: 1, tags: { 259: { type: TYPE.short, values: [999] } } },
    ],
  ];
  for (const [what, directory] of OTHERS) {
    it(`leave out ${what}`, async () => {
      const levels = await levelsOfChain(directory, { size: QUARTER, subfile: 1 });
      assert.deepEqual(levels, [
        [300, 200],
        [75, 50],
      ]);
    });
  }

  it('take the first of two of the same size', async () => {
    assert.deepEqual(await levelsOfChain({ size: HALF }, { size: HALF }), [
      [300, 200],
      [150, 100],
    ]);
  });
});
