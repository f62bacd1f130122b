import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import type { Photometric } from '../../../image/source.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { TYPE, writeTiff } from '../../support/tiff-writer.ts';

const SIGNAL = new AbortController().signal;
const TOOLS = createDecodeTools();
const TILE = { width: 16, height: 16 };
const PIXELS = TILE.width * TILE.height;

/** A file whose pixels are all one. */
interface Plain {
  /** The tag's number. */
  readonly photometric: number;
  readonly pixel: readonly number[];
  readonly extra: readonly number[];
  readonly isPlanar?: boolean;
  /** SMinSampleValue and SMaxSampleValue, of 16 bits. */
  readonly ranges?: readonly [number[], number[]];
}

function writePlain({ photometric, pixel, extra, isPlanar = false, ranges }: Plain): Uint8Array {
  const samples = isPlanar
    ? pixel.map((value) => new Array(PIXELS).fill(value))
    : [Array.from({ length: PIXELS }, () => pixel).flat()];
  const short = (...values: number[]) => ({ type: TYPE.short, values });
  const tags = {
    256: short(TILE.width),
    257: short(TILE.height),
    258: short(...pixel.map(() => (ranges ? 16 : 8))),
    259: short(1),
    262: short(photometric),
    277: short(pixel.length),
    284: short(isPlanar ? 2 : 1),
    322: short(TILE.width),
    323: short(TILE.height),
    338: short(...extra),
    ...(ranges && { 340: short(...ranges[0]), 341: short(...ranges[1]) }),
  };
  const tiles = samples.map((values) =>
    ranges ? new Uint8Array(Uint16Array.from(values).buffer) : Uint8Array.from(values),
  );
  return writeTiff({ directories: [{ tags, tiles, next: -1 }] });
}

async function read(file: Plain) {
  const source = await openSource(memoryBytes(Buffer.from(writePlain(file))), TOOLS);
  const { data, photometric, hasAlpha } = await source.read(source.levels[0], { x: 3, y: 5, ...ONE }, SIGNAL);
  assert.deepEqual([source.layout.photometric, source.layout.hasAlpha], [photometric, hasAlpha]);
  return { pixel: [...data], photometric, hasAlpha, ranges: source.ranges };
}

const ONE = { width: 1, height: 1 };
const RGB = { photometric: 2 };
const GRAY = { photometric: 1 };

/** What is stored, and what is read: opacity next to the colours. */
const CASES: Record<string, readonly [file: Plain, pixel: readonly number[], photometric: Photometric]> = {
  'RGB, another band, opacity': [{ ...RGB, pixel: [10, 20, 30, 40, 50], extra: [0, 2] }, [10, 20, 30, 50, 40], 'rgb'],
  'RGB, two more, opacity, in planes': [
    { ...RGB, pixel: [10, 20, 30, 40, 41, 50], extra: [0, 0, 2], isPlanar: true },
    [10, 20, 30, 50, 41, 40],
    'rgb',
  ],
  'RGB multiplied with an opacity behind another band': [
    { ...RGB, pixel: [10, 20, 30, 40, 51], extra: [0, 1] },
    [50, 100, 150, 51, 40],
    'rgb',
  ],
  'three grey bands and opacity': [{ ...GRAY, pixel: [10, 20, 30, 40], extra: [0, 0, 2] }, [10, 20, 30, 40], 'rgb'],
  'four grey bands and opacity': [
    { ...GRAY, pixel: [10, 20, 30, 40, 50], extra: [0, 0, 0, 2] },
    [10, 20, 30, 50, 40],
    'rgb',
  ],
  'grey, another band, opacity': [{ ...GRAY, pixel: [10, 20, 30], extra: [0, 2] }, [10, 30, 20], 'gray'],
};

describe('opacity in TIFF that is not the first extra sample', () => {
  for (const [what, [file, pixel, photometric]] of Object.entries(CASES)) {
    it(`is the band after the colours: ${what}`, async () => {
      assert.deepEqual(await read(file), { pixel, photometric, hasAlpha: true, ranges: undefined });
    });
  }

  it('takes the range of its samples with it', async () => {
    const ranges = [
      [1, 2, 3, 4, 5],
      [100, 200, 300, 400, 500],
    ] as const;
    const file = { ...RGB, pixel: [10, 20, 30, 40, 50], extra: [0, 2] };
    const deep = await read({ ...file, ranges: [[...ranges[0]], [...ranges[1]]] });
    assert.deepEqual(deep.pixel, [10, 20, 30, 50, 40]);
    assert.deepEqual(deep.ranges?.map(({ min, max }) => [min, max]).slice(3), [
      [5, 500],
      [4, 400],
    ]);
  });

  it('is none where there is no such band', async () => {
    assert.equal((await read({ ...RGB, pixel: [10, 20, 30, 40], extra: [0, 2] })).hasAlpha, false);
  });
});
