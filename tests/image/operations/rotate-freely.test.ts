import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { turn } from '../../../codecs/turn.ts';
import { createTurns } from '../../../codecs/turns.ts';
import type { Size } from '../../../image/geometry.ts';
import type { IntegerPixels } from '../../../image/operations/eight-bits.ts';
import { turnedSize } from '../../../image/orientation.ts';
import type { Rotation } from '../../../image/request.ts';

const SMOOTH = { isSmooth: true, takeTurn: createTurns(), signal: new AbortController().signal };

/** Samples that grow evenly along both sides, so that mixing neighbours gives what the plane has between them. */
function slope({ width, height }: Size, sample: 'uint8' | 'uint16'): IntegerPixels {
  const step = stepOf(sample);
  const values = Array.from({ length: width * height }, (_, index) =>
    [index % width, Math.floor(index / width)].map((place) => place * step),
  );
  const shape = { width, height, bands: 2, photometric: 'gray', hasAlpha: false } as const;
  return sample === 'uint8'
    ? { ...shape, sample, data: Uint8Array.from(values.flat()) }
    : { ...shape, sample, data: Uint16Array.from(values.flat()) };
}

function stepOf(sample: 'uint8' | 'uint16'): number {
  return sample === 'uint8' ? 4 : 1000;
}

/** Where a pixel of the turned picture lies in the source, by the definition: back around the centre, then mirrored. */
function placeInSource(x: number, y: number, { source, turned, rotation }: Turned) {
  const angle = (-rotation.degrees * Math.PI) / 180;
  const [dx, dy] = [x + 0.5 - turned.width / 2, y + 0.5 - turned.height / 2];
  const across = dx * Math.cos(angle) - dy * Math.sin(angle);
  const down = dx * Math.sin(angle) + dy * Math.cos(angle);
  return {
    x: (rotation.mirror ? -across : across) + source.width / 2 - 0.5,
    y: down + source.height / 2 - 0.5,
  };
}

interface Turned {
  readonly source: Size;
  readonly turned: IntegerPixels;
  readonly rotation: Rotation;
}

const anySource = fc.record({
  size: fc.record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) }),
  sample: fc.constantFrom('uint8' as const, 'uint16' as const),
});
const anyRotation = fc.record({
  mirror: fc.boolean(),
  degrees: fc.double({ min: 0.5, max: 359.5, noNaN: true }).filter((degrees) => degrees % 90 !== 0),
});

/** Calls `check` for each pixel of a turned slope: its samples, and its place in the source. */
async function eachPixel(
  { size, sample }: { size: Size; sample: 'uint8' | 'uint16' },
  rotation: Rotation,
  check: (samples: number[], place: { x: number; y: number }) => void,
): Promise<void> {
  const turned = await turn(slope(size, sample), rotation, SMOOTH);
  assert.deepEqual([turned.bands, turned.hasAlpha], [3, true]);
  for (let y = 0; y < turned.height; y++) {
    for (let x = 0; x < turned.width; x++) {
      const start = (y * turned.width + x) * 3;
      check([...turned.data.subarray(start, start + 3)], placeInSource(x, y, { source: size, turned, rotation }));
    }
  }
}

describe('turning by any angle', () => {
  it('shows inside the picture what lies there, to half a step of the samples', async () => {
    const property = fc.asyncProperty(anySource, anyRotation, async (source, rotation) => {
      const { width, height } = source.size;
      const opaque = source.sample === 'uint8' ? 255 : 65_535;
      await eachPixel(source, rotation, ([first = 0, second = 0, alpha], { x, y }) => {
        if (x < 0 || y < 0 || x > width - 1 || y > height - 1) return;
        const step = stepOf(source.sample);
        assert.ok(Math.abs(first - x * step) <= 0.51 && Math.abs(second - y * step) <= 0.51, `${first},${second}`);
        assert.ok(Math.abs(Number(alpha) - opaque) <= 1, `alpha ${alpha}`); // edges may miss by rounding
      });
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('is transparent outside the picture', async () => {
    const property = fc.asyncProperty(anySource, anyRotation, async (source, rotation) => {
      const { width, height } = source.size;
      await eachPixel(source, rotation, (samples, { x, y }) => {
        if (x <= -1 || y <= -1 || x >= width || y >= height) assert.deepEqual(samples, [0, 0, 0]);
      });
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('makes the box as small as the turned picture allows, by hand', () => {
    const cases: readonly [Size, number, Size][] = [
      [{ width: 300, height: 200 }, 0, { width: 300, height: 200 }],
      [{ width: 300, height: 200 }, 90, { width: 200, height: 300 }],
      [{ width: 300, height: 200 }, 180, { width: 300, height: 200 }],
      [{ width: 300, height: 200 }, 30, { width: 360, height: 324 }], // 259.81 + 100, 150 + 173.21
      [{ width: 300, height: 200 }, 60, { width: 324, height: 360 }],
      [{ width: 300, height: 200 }, 150, { width: 360, height: 324 }],
      [{ width: 300, height: 200 }, 330, { width: 360, height: 324 }],
      [{ width: 100, height: 100 }, 45, { width: 142, height: 142 }], // 141.42
      [{ width: 1, height: 1 }, 45, { width: 2, height: 2 }],
      [{ width: 200, height: 400 }, 22.5, { width: 338, height: 447 }], // 184.78 + 153.07, 76.54 + 369.55
      [{ width: 4, height: 2 }, 0.000001, { width: 4, height: 2 }],
    ];
    for (const [size, degrees, expected] of cases) {
      assert.deepEqual(turnedSize(size, { mirror: false, degrees }), expected, `${degrees}`);
    }
  });

  it('takes the nearest pixel where pixels must not be mixed', async () => {
    const source = slope({ width: 31, height: 17 }, 'uint8');
    const turned = await turn(source, { mirror: false, degrees: 33 }, { ...SMOOTH, isSmooth: false });
    const own = new Set<string>();
    for (let at = 0; at < source.data.length; at += 2) own.add(`${source.data[at]},${source.data[at + 1]},255`);
    let opaque = 0;
    for (let at = 0; at < turned.data.length; at += 3) {
      const pixel = turned.data.subarray(at, at + 3).join();
      if (pixel === '0,0,0') continue;
      opaque++;
      assert.ok(own.has(pixel), pixel);
    }
    assert.ok(Math.abs(opaque - 31 * 17) < 20, `${opaque} of ${31 * 17} pixels`);
  });

  it('mixes colours by their opacity: a transparent neighbour leaves no shadow', async () => {
    const source: IntegerPixels = {
      ...{ width: 2, height: 1, bands: 4, photometric: 'rgb', hasAlpha: true, sample: 'uint8' },
      data: Uint8Array.of(200, 100, 50, 255, 0, 0, 0, 0),
    };
    const turned = await turn(source, { mirror: false, degrees: 10 }, SMOOTH);
    for (let at = 0; at < turned.data.length; at += 4) {
      const [red, green, blue, alpha] = turned.data.subarray(at, at + 4);
      if (Number(alpha) > 0) assert.deepEqual([red, green, blue], [200, 100, 50]);
    }
  });
});
