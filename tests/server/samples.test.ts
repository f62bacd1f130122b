import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { dusk } from '../../server/samples/dusk.ts';
import { ensureSamples } from '../../server/samples/ensure-samples.ts';
import { escapeValue, INSIDE, plainEscapeGrid, traceEscapeGrid } from '../../server/samples/escape-grid.ts';
import { mandelbrot } from '../../server/samples/mandelbrot.ts';
import { fractalNoise, hash, noise, ridgedNoise } from '../../server/samples/noise.ts';
import { type Colour, type ColourStop, colourAt, createPalette } from '../../server/samples/palette.ts';
import type { Picture } from '../../server/samples/picture.ts';

const run = promisify(execFile);

describe('points of the Mandelbrot set', () => {
  it('never escape where the set is known to be, and do where it is not', () => {
    for (const [real, imaginary] of [
      [0, 0],
      [-1, 0],
      [0.25, 0],
      [-2, 0],
      [0, 1],
      [-0.12, 0.74],
    ] as const) {
      assert.equal(escapeValue(real, imaginary, 5000), INSIDE, `${real} ${imaginary}`);
    }
    for (const [real, imaginary] of [
      [0.26, 0],
      [-2.01, 0],
      [1, 1],
      [0, 1.01],
      [-0.75, 0.05],
    ] as const) {
      assert.ok(escapeValue(real, imaginary, 5000) > 0, `${real} ${imaginary}`);
    }
  });

  it('escape alike above and below the real axis', () => {
    const coordinate = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(coordinate, coordinate, (real, imaginary) => {
        assert.equal(escapeValue(real, imaginary, 300), escapeValue(real, -imaginary, 300));
      }),
    );
  });

  it('have values without steps: neighbours far from the set differ little', () => {
    for (let index = 0; index < 2000; index++) {
      const angle = (index / 2000) * 2 * Math.PI;
      const here = escapeValue(2.5 * Math.cos(angle), 2.5 * Math.sin(angle), 100);
      const next = escapeValue(2.5 * Math.cos(angle + 0.001), 2.5 * Math.sin(angle + 0.001), 100);
      assert.ok(Math.abs(here - next) < 0.01, `${angle}: ${here} ${next}`);
    }
  });
});

describe('border tracing', () => {
  const side = 160;
  for (const [where, real, imaginary, width] of [
    ['of the whole set', -2.2, 1.5, 3],
    ['of the sample', -0.8401, 0.2372, 0.01],
    ['of the copy in the sample', -0.8342, 0.2314, 0.0012],
    ['of the Elephant Valley', 0.2825, 0.0249, 0.02],
    ['of the inside', -0.1, 0.1, 0.01],
  ] as const) {
    it(`gives the values of the plain loop, pixel for pixel, ${where}`, () => {
      const plane = { real, imaginary, step: width / side };
      const size = { width: side, height: side - 13 };
      assert.deepEqual(traceEscapeGrid(plane, size, 1000), plainEscapeGrid(plane, size, 1000));
    });
  }

  it('covers every pixel of any size', () => {
    const length = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(length, length, (width, height) => {
        const plane = { real: -2, imaginary: 1.2, step: 3 / Math.max(width, height) };
        assert.deepEqual(traceEscapeGrid(plane, { width, height }, 60), plainEscapeGrid(plane, { width, height }, 60));
      }),
    );
  });
});

describe('a palette', () => {
  const channel = fc.integer({ min: 0, max: 255 });
  const colours = fc.array(fc.tuple(channel, channel, channel), { minLength: 2, maxLength: 6 });
  const stops = colours.map((list): readonly ColourStop[] =>
    list.map((colour, index) => [index / (list.length - 1), colour as Colour]),
  );

  it('has the colours of its stops at their places, and lies between them elsewhere', () => {
    fc.assert(
      fc.property(stops, fc.double({ min: 0, max: 1, noNaN: true }), (list, position) => {
        for (const [place, colour] of list) assert.deepEqual(colourAt(list, place), colour);
        const after = Math.max(
          1,
          list.findIndex(([place]) => place >= position),
        );
        colourAt(list, position).forEach((value, band) => {
          const ends = [list[after - 1]?.[1][band] ?? 0, list[after]?.[1][band] ?? 0];
          assert.ok(value >= Math.min(...ends) - 1e-9 && value <= Math.max(...ends) + 1e-9);
        });
      }),
    );
  });

  it('changes in small steps', () => {
    fc.assert(
      fc.property(stops, (list) => {
        const { samples } = createPalette(list, 4096);
        for (let index = 3; index < samples.length; index++) {
          assert.ok(Math.abs((samples[index] ?? 0) - (samples[index - 3] ?? 0)) < 1);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('noise', () => {
  it('lies between 0 and 1 and is the same every time', () => {
    const coordinate = fc.double({ min: -1000, max: 1000, noNaN: true });
    fc.assert(
      fc.property(coordinate, coordinate, fc.nat(1000), (x, y, seed) => {
        for (const make of [noise, hash] as const) {
          const value = make(x, y, seed);
          assert.ok(value >= 0 && value <= 1);
          assert.equal(make(x, y, seed), value);
        }
        for (const make of [fractalNoise, ridgedNoise]) {
          const value = make(x, y, 6, seed);
          assert.ok(value >= 0 && value <= 1);
        }
      }),
    );
  });

  it('does not leave that range just before a corner of its grid', () => {
    for (let distance = 1e-15; distance < 1e-12; distance += 1e-15) {
      const value = noise(0, -distance, 0); // the corner below is 0
      assert.ok(value >= 0 && value <= 1, `${-distance}: ${value}`);
    }
  });

  it('has no seams between its cells', () => {
    for (let cell = -20; cell < 20; cell++) {
      assert.ok(Math.abs(noise(cell - 1e-9, 0.3, 7) - noise(cell + 1e-9, 0.3, 7)) < 1e-6);
      assert.ok(Math.abs(noise(0.3, cell - 1e-9, 7) - noise(0.3, cell + 1e-9, 7)) < 1e-6);
    }
  });
});

describe('a picture', () => {
  for (const picture of [dusk(120), mandelbrot(300)]) {
    it(`is the same drawn at once or in strips: ${picture.title}`, () => {
      const rowBytes = picture.size.width * 3;
      const whole = new Uint8ClampedArray(rowBytes * picture.size.height);
      picture.draw(whole, 0);
      const strips = new Uint8ClampedArray(whole.length);
      for (let top = 0; top < picture.size.height; top += 50) {
        picture.draw(strips.subarray(top * rowBytes, (top + 50) * rowBytes), top);
      }
      assert.deepEqual(strips, whole);
      assert.ok(new Set(whole).size > 100, 'it is not a flat area');
    });
  }
});

describe('sample images', () => {
  const folders: string[] = [];
  const pictures = [dusk(200), mandelbrot(300)];
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mezzotint-samples-'));
    folders.push(folder);
  });

  after(() => Promise.all(folders.map((path) => rm(path, { recursive: true }))));

  it('are the pictures, as pyramids of 256-pixel JPEG tiles', async () => {
    await ensureSamples({ folder, pictures, signal: never(), onProgress: () => {} });
    assert.deepEqual((await readdir(folder)).sort(), ['dusk.tif', 'mandelbrot.tif']);
    for (const picture of pictures) {
      const path = join(folder, `${picture.name}.tif`);
      const { stdout, stderr } = await run('tiffinfo', [path]);
      assert.equal(stderr, '');
      assert.match(stdout, /Tile Width: 256 Tile Length: 256[\s\S]*JPEG[\s\S]*YCbCr/);
      assert.equal(stdout.match(/TIFF directory/gi)?.length, 4); // "=== TIFF directory" and "TIFF Directory at"
      const difference = await meanDifference(path, picture);
      assert.ok(difference < 12, `${difference}`); // quality 85 and halved chroma, on filaments a pixel wide
    }
  });

  it('report progress that never falls, from 0 to 1', async () => {
    const seen: number[] = [];
    await ensureSamples({ folder, pictures, signal: never(), onProgress: (fraction) => seen.push(fraction) });
    assert.deepEqual([seen[0], seen.at(-1)], [0, 1]);
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
  });

  it('are left alone when they are there, and drawn again when they are damaged or of another version', async () => {
    const progress: string[] = [];
    const again = () =>
      ensureSamples({ folder, pictures, signal: never(), onProgress: (_, what) => progress.push(what) });
    await again();
    const [first] = pictures;
    const path = join(folder, `${first?.name}.tif`);
    const before = await stat(path, { bigint: true });
    progress.length = 0;
    await again();
    assert.deepEqual(progress, []);
    assert.equal((await stat(path, { bigint: true })).mtimeNs, before.mtimeNs);
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, -100));
    await again();
    assert.deepEqual(new Set(progress), new Set([first?.title]));
    assert.deepEqual(await readFile(path), bytes);
  });

  it('leave nothing behind when they are given up', async () => {
    const controller = new AbortController();
    const drawing = ensureSamples({
      folder,
      pictures: [mandelbrot(2000)],
      signal: controller.signal,
      onProgress: (fraction) => {
        if (fraction > 0) controller.abort();
      },
    });
    await assert.rejects(drawing, { name: 'AbortError' });
    assert.deepEqual(await readdir(folder), []);
  });

  it('are not seen before they are complete', async () => {
    const seen = new Set<string>();
    const visible: Promise<void>[] = [];
    const onProgress = () => {
      visible.push(readdir(folder).then((names) => names.forEach((name) => void seen.add(name))));
    };
    await ensureSamples({ folder, pictures: [mandelbrot(1000)], signal: never(), onProgress });
    await Promise.all(visible);
    seen.delete('mandelbrot.tif');
    assert.ok(seen.size > 0);
    for (const name of seen) assert.match(name, /^\..*\.part$/);
  });

  it('come out whole when two processes draw them at once', async () => {
    const draw = () => ensureSamples({ folder, pictures, signal: never(), onProgress: () => {} });
    await Promise.all([draw(), draw()]);
    assert.deepEqual((await readdir(folder)).sort(), ['dusk.tif', 'mandelbrot.tif']);
    for (const { name } of pictures) await run('vips', ['avg', join(folder, `${name}.tif`)]);
  });

  it('take away what killed runs have left, and only that', async () => {
    const hour = new Date(Date.now() - 3_600_000);
    const abandoned = `.mezzotint-${crypto.randomUUID()}.part`;
    const inWork = `.mezzotint-${crypto.randomUUID()}.part`;
    for (const name of [abandoned, inWork, '.mezzotint-notes.part', 'scan.part']) {
      await writeFile(join(folder, name), '');
      if (name !== inWork) await utimes(join(folder, name), hour, hour);
    }
    await ensureSamples({ folder, pictures: [], signal: never(), onProgress: () => {} });
    assert.deepEqual((await readdir(folder)).sort(), [inWork, '.mezzotint-notes.part', 'scan.part'].sort());
  });
});

function never(): AbortSignal {
  return new AbortController().signal;
}

/** Per sample, between the file as libvips decodes it and the picture. */
async function meanDifference(path: string, picture: Picture): Promise<number> {
  const raw = `${path}.raw`;
  await run('vips', ['rawsave', path, raw]);
  const actual = await readFile(raw);
  const expected = new Uint8ClampedArray(actual.length);
  picture.draw(expected, 0);
  return actual.reduce((sum, value, index) => sum + Math.abs(value - (expected[index] ?? 0)), 0) / actual.length;
}
