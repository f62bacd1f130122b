import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createBufferPool } from '../../codecs/buffer-pool.ts';
import { createRunProcessing } from '../../codecs/run-processing.ts';
import { turn } from '../../codecs/turn.ts';
import type { Rect } from '../../image/geometry.ts';
import { createProcessing } from '../../image/operations/create-processing.ts';
import type { Processing } from '../../image/operations/processing.ts';
import { typeRanges } from '../../image/operations/sample-range.ts';
import type { Operations } from '../../image/operations.ts';
import type { PixelBuffer } from '../../image/source.ts';

const SOBEL = [-1, 0, 1, -2, 0, 2, -1, 0, 1];
const BLUR = Array.from({ length: 25 }, (_, index) => index + 1);

/** Most pixels that may be worked on before others have their turn: with every kernel less than 50 ms by far. */
const LARGEST_PART = 2 ** 17;

/** Rows as wide as an export may be, each pixel telling where it is. */
function widePixels(bands: 1 | 3, height: number): PixelBuffer & { readonly sample: 'uint8' } {
  const width = 5000;
  const data = Uint8Array.from({ length: width * height * bands }, (_, index) => (index * 31) ^ (index >> 9));
  return { width, height, bands, photometric: bands === 1 ? 'gray' : 'rgb', hasAlpha: false, sample: 'uint8', data };
}

function processingOf(operations: Operations, pixels: PixelBuffer): Processing {
  return createProcessing({ operations, layout: pixels, ranges: typeRanges(pixels), white: 255 });
}

/** Carries out operations as the server does, and tells how many pixels each part had and how often there was a turn. */
async function runCounted(operations: Operations, pixels: PixelBuffer, area?: Rect) {
  const processing = processingOf(operations, pixels);
  const parts: number[] = [];
  let turns = 0;
  const counted: Processing = {
    ...processing,
    write(part, output) {
      assert.equal(turns, parts.length, 'a turn between two parts');
      parts.push((part.rows.end - part.rows.start) * part.area.width);
      processing.write(part, output);
    },
  };
  const run = createRunProcessing(createBufferPool(), () => void turns++);
  const { data } = await run(counted, structuredClone(pixels), { area, sample: 'uint8' });
  return { parts, data };
}

/** The same in one part. */
function atOnce(operations: Operations, pixels: PixelBuffer, area: Rect): Uint8Array {
  const processing = processingOf(operations, pixels);
  const output = new Uint8Array(area.width * area.height * processing.colours);
  const room = () => new Float64Array(pixels.width * pixels.height * processing.workspace);
  processing.write({ pixels, area, rows: { start: 0, end: area.height }, workspace: [room(), room()] }, output);
  return output;
}

describe('large pictures', () => {
  const cases: readonly Operations[] = [
    { invert: true },
    { colourMap: 'turbo' },
    { hillshade: { azimuth: 30, elevation: 40 } },
    { twist: [[0.5, 0.25, 0.25], [0, 1], [1]] },
    { kernel: SOBEL },
    { gamma: 2, kernel: BLUR, contrast: 1.5 },
  ];
  for (const operations of cases) {
    it(`are worked on in parts that come to the same: ${Object.keys(operations)}`, async () => {
      const pixels = widePixels(3, 90);
      const { parts, data } = await runCounted(operations, pixels);
      assert.ok(parts.length > 5, `${parts.length} parts`);
      assert.ok(Math.max(...parts) <= LARGEST_PART, `${Math.max(...parts)} pixels at once`);
      assert.deepEqual(data, atOnce(operations, pixels, { x: 0, y: 0, width: 5000, height: 90 }));
    });
  }

  it('keep the neighbours of a part that is cut out of them', async () => {
    const pixels = widePixels(1, 60);
    for (const area of [
      { x: 2, y: 2, width: 4000, height: 56 },
      { x: 0, y: 1, width: 5000, height: 59 },
    ]) {
      const { data } = await runCounted({ kernel: BLUR }, pixels, area);
      const whole = atOnce({ kernel: BLUR }, pixels, { x: 0, y: 0, width: 5000, height: 60 });
      for (let row = 0; row < area.height; row++) {
        const from = (area.y + row) * 5000 + area.x;
        const expected = whole.subarray(from, from + area.width);
        assert.deepEqual(data.subarray(row * area.width, (row + 1) * area.width), expected, `row ${row}`);
      }
    }
  });

  it('are turned in parts', async () => {
    let turns = 0;
    const turning = { isSmooth: true, takeTurn: () => void turns++, signal: new AbortController().signal };
    const pixels = widePixels(1, 400);
    for (const degrees of [90, 180, 30]) {
      turns = 0;
      const turned = await turn(pixels, { mirror: false, degrees }, turning);
      assert.ok(turns >= Math.floor((turned.width * turned.height) / LARGEST_PART), `${turns} turns`);
    }
  });

  it('are given up between two parts when nobody waits any more', async () => {
    const pixels = widePixels(1, 400);
    const leaving = new AbortController();
    const run = createRunProcessing(createBufferPool(), () => {
      leaving.abort();
      return undefined;
    });
    const running = run(processingOf({ kernel: SOBEL }, pixels), pixels, { sample: 'uint8', signal: leaving.signal });
    await assert.rejects(running, { name: 'AbortError' });
  });
});
