import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { isInside, isSameSize, type Rect, wholeOf } from '../../image/geometry.ts';
import type { ImageSource, Level, PixelBuffer } from '../../image/source.ts';

const SIGNAL = new AbortController().signal;
const WINDOWS_PER_LEVEL = 25;

/**
 * What holds for an image of any format.
 *
 * @param open - opens a fresh source of the same small image each time
 */
export function describeSourceContract(name: string, open: () => Promise<ImageSource>): void {
  describe(`source contract: ${name}`, () => {
    let source: ImageSource;
    let wholes: Map<Level, PixelBuffer>;

    before(async () => {
      source = await open();
      wholes = new Map();
      for (const level of source.levels) wholes.set(level, await source.read(level, wholeOf(level), SIGNAL));
    });
    after(() => source.close());

    async function assertIsCrop(level: Level, window: Rect): Promise<void> {
      const pixels = await source.read(level, window, SIGNAL);
      assert.deepEqual([pixels.width, pixels.height], [window.width, window.height]);
      const expected = crop(wholes.get(level), window);
      assert.ok(Buffer.from(pixels.data).equals(Buffer.from(expected)), `${JSON.stringify(window)} is no crop`);
    }

    it('lists its levels finest first, each smaller than the one before', () => {
      assert.equal(source.levels[0].scaleFactor, 1);
      source.levels.reduce((finer, level) => {
        assert.ok(level.width <= finer.width && level.height <= finer.height && level.scaleFactor > 1);
        return level;
      });
    });

    it('describes the pixels that it reads', () => {
      for (const whole of wholes.values()) {
        assert.equal(whole.bands, source.layout.bands);
        assert.equal(whole.photometric, source.layout.photometric);
        assert.equal(whole.data.length, whole.width * whole.height * whole.bands);
      }
    });

    it('reads any window as the same crop of the whole level', async () => {
      for (const level of source.levels) {
        const property = fc.asyncProperty(anyWindow(level), (window) => assertIsCrop(level, window));
        await fc.assert(property, { numRuns: WINDOWS_PER_LEVEL });
      }
    });

    it('reads every tile, cropped ones at the edges included', async () => {
      for (const level of source.levels) {
        for (const window of tileWindows(level)) await assertIsCrop(level, window);
      }
    });

    it('reads single pixels in the corners', async () => {
      for (const level of source.levels) {
        const corners = [0, level.width - 1].flatMap((x) => [0, level.height - 1].map((y) => ({ x, y })));
        for (const corner of corners) await assertIsCrop(level, { ...corner, width: 1, height: 1 });
      }
    });

    it('reads many windows at the same time', async () => {
      const windows = source.levels.flatMap((level) => tileWindows(level).map((window) => ({ level, window })));
      await Promise.all(windows.slice(0, 64).map(({ level, window }) => assertIsCrop(level, window)));
    });

    it('gives buffers that the caller may write to', async () => {
      const [level] = source.levels;
      const window = tileWindows(level)[0] ?? wholeOf(level);
      const pixels = await source.read(level, window, SIGNAL);
      pixels.data.fill(0x5a);
      await assertIsCrop(level, window);
    });

    it('rejects with the reason of an aborted signal, and reads again afterwards', async () => {
      const [level] = source.levels;
      const reason = new Error('nobody waits');
      await assert.rejects(source.read(level, wholeOf(level), AbortSignal.abort(reason)), reason);
      await assertIsCrop(level, wholeOf(level));
    });

    it('stops a reading that is aborted on its way', async () => {
      const [level] = source.levels;
      const reason = new Error('nobody waits any more');
      const controller = new AbortController();
      const reading = source.read(level, wholeOf(level), controller.signal);
      controller.abort(reason);
      await assert.rejects(reading, reason);
      await assertIsCrop(level, wholeOf(level));
    });

    it('never hands out a cropped tile as stored', async () => {
      for (const level of source.levels) {
        const cropped = tileWindows(level).filter((window) => !isSameSize(window, level.tile));
        for (const { x, y } of cropped) {
          const encoded = await source.encodedTile(level, x / level.tile.width, y / level.tile.height, SIGNAL);
          assert.equal(encoded, undefined);
        }
      }
    });

    it('has the same digest and levels each time it is opened', async () => {
      const again = await open();
      try {
        assert.match(source.digest, /^[0-9a-f]{16,}$/);
        assert.equal(again.digest, source.digest);
        assert.deepEqual(again.levels, source.levels);
      } finally {
        await again.close();
      }
    });

    it('can be closed twice', async () => {
      const again = await open();
      await again.close();
      await again.close();
    });
  });
}

function anyWindow(level: Level): fc.Arbitrary<Rect> {
  return fc
    .record({
      x: fc.nat({ max: level.width - 1 }),
      y: fc.nat({ max: level.height - 1 }),
      width: fc.integer({ min: 1, max: level.width }),
      height: fc.integer({ min: 1, max: level.height }),
    })
    .map(({ x, y, width, height }) => ({
      x,
      y,
      width: Math.min(width, level.width - x),
      height: Math.min(height, level.height - y),
    }));
}

function tileWindows(level: Level): Rect[] {
  const windows: Rect[] = [];
  for (let y = 0; y < level.height; y += level.tile.height) {
    for (let x = 0; x < level.width; x += level.tile.width) {
      const width = Math.min(level.tile.width, level.width - x);
      const height = Math.min(level.tile.height, level.height - y);
      windows.push({ x, y, width, height });
    }
  }
  return windows;
}

function crop(whole: PixelBuffer | undefined, window: Rect): Uint8Array {
  assert.ok(whole?.sample === 'uint8' && isInside(window, whole));
  const cut = new Uint8Array(window.width * window.height * whole.bands);
  const length = window.width * whole.bands;
  for (let y = 0; y < window.height; y++) {
    const from = ((window.y + y) * whole.width + window.x) * whole.bands;
    cut.set(whole.data.subarray(from, from + length), y * length);
  }
  return cut;
}
