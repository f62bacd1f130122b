import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { createBufferPool } from '../../../codecs/buffer-pool.ts';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { createEncoders } from '../../../codecs/encode/create-encoders.ts';
import { createJpeg2000Codec } from '../../../codecs/jpeg2000/codec-pool.ts';
import { createMeasures } from '../../../codecs/measures.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { createRender } from '../../../codecs/render.ts';
import { createResize } from '../../../codecs/resize.ts';
import { type Rect, type Size, wholeOf } from '../../../image/geometry.ts';
import { planRender } from '../../../image/plan.ts';
import type { ImageSource } from '../../../image/source.ts';
import { fileBytes } from '../../support/counted-bytes.ts';
import { expectedBytes, expectedSamples } from '../../support/expected-pixels.ts';
import { storedPixel } from '../../support/sample-files.ts';
import type { SampleKind } from '../../support/sample-kinds.ts';
import { runTool, withFolder } from '../../support/vips-tool.ts';
import { makeFile, SIZE, vipsLevel } from './matrix-files.ts';
import { checkMade } from './matrix-made.ts';
import { matrixPage } from './matrix-page.ts';
import { cellsOf, isLossy, MATRIX, type Variant } from './matrix-table.ts';

const SIGNAL = new AbortController().signal;
const POOL = createBufferPool();
const TOOLS = createDecodeTools(POOL);
const BLACK = { red: 0, green: 0, blue: 0 };
const RENDER = createRender({
  encoders: createEncoders(
    {
      jpegQuality: 75,
      pngLevel: 1,
      webpQuality: 75,
      avifQuality: 50,
      tiffCompression: 'none',
      tiffQuality: 75,
      matte: BLACK,
    },
    { ...TOOLS, turbo: undefined, jpeg2000: createJpeg2000Codec({ threads: 1 }) },
  ),
  pool: POOL,
  resize: createResize(TOOLS),
  takeTurn: TOOLS.takeTurn,
  measures: createMeasures(TOOLS),
  interpolation: 'linear',
  depth: 8,
  passthrough: false,
  colour: 'keep',
  outgoing: async () => ({ text: {} }),
});

/** Most that lossy compressions and scaling may change pixels, in levels of 256 on average. */
const LOSSY_MEAN = 1;

/** Real numbers and curves may fall on either side of a half. */
const ROUNDING = 1;

/** The pictures of all kinds, as they have to be read and shown. */
const EXPECTED = new Map<SampleKind, Expected>();

interface Expected {
  readonly samples: readonly number[];
  readonly shown: readonly number[];
  readonly shownBands: number;
}

describe('the matrix of TIFFs', { concurrency: 2 }, () => {
  it('has at least 120 rows, no two alike', () => {
    const rows = MATRIX.map((variant) => cellsOf(variant).join('|'));
    assert.ok(new Set(rows).size === rows.length && rows.length >= 120, `${rows.length} rows`);
  });

  it('is printed in the manual as it stands (npm run docs)', () => {
    const page = readFileSync(new URL('../../../../docs/formats.md', import.meta.url), 'utf8');
    assert.equal(page, matrixPage());
  });

  it('takes no file that a tool has written with other samples than it was given', () =>
    withFolder(async (folder) => {
      const variant = MATRIX.find(({ way }) => way.compression === 'LZW') ?? assert.fail();
      const made = await makeFile(variant, folder);
      await checkMade(variant, made);
      const path = join(folder, 'wrong.tif');
      await runTool('vips', 'invert', made.path, path);
      await assert.rejects(checkMade(variant, { ...made, path }), /has written other samples/);
    }));

  for (const variant of MATRIX) {
    it(`reads and shows ${cellsOf(variant).filter(Boolean).join(', ')}`, () =>
      withFolder(async (folder) => {
        const made = await makeFile(variant, folder);
        const { path } = made;
        const theirs = await checkMade(variant, made);
        const source = await openSource(await fileBytes(path), TOOLS);
        try {
          const expected = expectedOf(variant, theirs);
          await compareSamples(source, variant, expected);
          await compareCoarserLevels(source, variant, { path, folder });
          await compareShown(source, variant, expected);
        } finally {
          await source.close();
        }
      }));
  }
});

/** Whole level: exactly what was stored. */
async function compareSamples(source: ImageSource, { kind, way }: Variant, { samples }: Expected): Promise<void> {
  const [level] = source.levels;
  const pixels = await source.read(level, wholeOf(level), SIGNAL);
  assert.equal(pixels.data.length, samples.length);
  const tolerance = isRounded(kind) ? ROUNDING : 0;
  if (isLossy(way)) assert.ok(meanOf(pixels.data, samples) <= LOSSY_MEAN);
  else assert.ok(largestOf(pixels.data, samples) <= tolerance, `differs by ${largestOf(pixels.data, samples)}`);
}

function isRounded({ photometric, extra }: SampleKind): boolean {
  return photometric === 'YCbCr' || extra?.[0] === 1;
}

/** The levels that libvips made are what libvips reads, and what an export of their size is made of. */
async function compareCoarserLevels(
  source: ImageSource,
  { kind, way }: Variant,
  { path, folder }: { path: string; folder: string },
): Promise<void> {
  assert.equal(source.levels.length > 1, way.layout === 'pyramid');
  for (const [index, level] of source.levels.entries()) {
    if (index === 0) continue;
    const { data } = await source.read(level, wholeOf(level), SIGNAL);
    const theirs = await vipsLevel(path, index, folder);
    const ours = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    if (isLossy(way)) assert.ok(meanOf(ours, [...theirs]) <= LOSSY_MEAN);
    else assert.ok(ours.equals(theirs));
    if (kind.bits > 8 || hasAlpha(kind)) continue; // what is shown of these is compared at full size
    const exported = await shownBy(source, { region: wholeOf(SIZE), size: level, levels: source.levels });
    assert.ok(meanOf(exported, [...theirs]) <= (isLossy(way) ? LOSSY_MEAN : 0));
  }
}

/** A tile, the one in the last corner, and the whole at half its size. */
async function compareShown(source: ImageSource, { kind, way }: Variant, expectation: Expected): Promise<void> {
  const { shown, shownBands } = expectation;
  // What little the last tile holds of the picture says nothing of a mean.
  const [x, y] = isLossy(way) ? [48, 32] : [96, 64];
  const corner = { x, y, width: SIZE.width - x, height: SIZE.height - y };
  for (const region of [{ x: 0, y: 0, width: 48, height: 32 }, corner]) {
    const pixels = await shownBy(source, { region, size: region });
    const expected = cropOf(shown, shownBands, region);
    const tolerance = isLossy(way) ? 24 : ROUNDING;
    assert.equal(pixels.length, expected.length);
    assert.ok(largestOf(pixels, expected) <= tolerance, `differs by ${largestOf(pixels, expected)}`);
    assert.ok(meanOf(pixels, expected) <= LOSSY_MEAN);
  }
  const half = { width: SIZE.width / 2, height: SIZE.height / 2 };
  const scaled = await shownBy(source, { region: wholeOf(SIZE), size: half });
  const seen = (pixels: readonly number[]) => (hasAlpha(kind) ? onBlack(pixels, shownBands) : pixels);
  const difference = meanOf(seen([...scaled]), seen(halved(expectation, hasAlpha(kind))));
  assert.ok(difference <= LOSSY_MEAN, `half the size differs by ${difference}`);
}

interface Shown {
  readonly region: Rect;
  readonly size: Size;
  /** Those to choose from; only the finest where not given. */
  readonly levels?: ImageSource['levels'];
}

async function shownBy(source: ImageSource, { region, size, levels = [source.levels[0]] }: Shown): Promise<Uint8Array> {
  const rotation = { mirror: false, degrees: 0 };
  const resolved = { region, size, rotation, quality: 'color', format: { type: 'png' }, purpose: 'tile' } as const;
  const plan = planRender(resolved, levels, source.layout);
  const { body } = await RENDER(source, plan, SIGNAL);
  const picture = sharp(body);
  const { channels = 3 } = await picture.metadata();
  const raw = await (channels === 1 ? picture.toColourspace('b-w') : picture).raw().toBuffer();
  return channels === 2 ? raw.filter((_, index) => index % 4 === 0 || index % 4 === 3) : raw;
}

/** What the waves come to by arithmetic; where storing changes them, what libvips reads. */
function expectedOf({ kind, way }: Variant, theirs: Buffer | undefined): Expected {
  if (isLossy(way)) {
    const samples = [...(theirs ?? assert.fail('no tool has made this'))];
    return shownOf(
      kind,
      Array.from({ length: SIZE.width * SIZE.height }, (_, pixel) =>
        samples.slice(pixel * kind.bands, (pixel + 1) * kind.bands),
      ),
    );
  }
  const expected = EXPECTED.get(kind) ?? drawExpected(kind);
  EXPECTED.set(kind, expected);
  return expected;
}

function hasAlpha({ extra }: SampleKind): boolean {
  return extra?.[0] === 1 || extra?.[0] === 2;
}

function drawExpected(kind: SampleKind): Expected {
  const pixels: number[][] = [];
  for (let y = 0; y < SIZE.height; y++) {
    for (let x = 0; x < SIZE.width; x++) pixels.push(expectedSamples(kind, storedPixel(kind, x, y)));
  }
  return shownOf(kind, pixels);
}

function shownOf(kind: SampleKind, pixels: readonly number[][]): Expected {
  const ranges = rangesOf(kind, pixels);
  const shown = pixels.map((pixel) => expectedBytes(kind, pixel, ranges));
  return { samples: pixels.flat(), shown: shown.flat(), shownBands: shown[0]?.length ?? 0 };
}

/** Lowest and highest of each band; of RGB those of all three. */
function rangesOf(kind: SampleKind, pixels: readonly number[][]): [number, number][] {
  const bands = Array.from({ length: pixels[0]?.length ?? 0 }, (_, band): [number, number] => {
    const samples = pixels.map((pixel) => pixel[band] ?? 0);
    return [Math.min(...samples), Math.max(...samples)];
  });
  if (kind.photometric !== 'RGB') return bands;
  const [first, second, third] = bands;
  const lows = [first, second, third].map((range) => range?.[0] ?? 0);
  const highs = [first, second, third].map((range) => range?.[1] ?? 0);
  return bands.map(() => [Math.min(...lows), Math.max(...highs)]);
}

function cropOf(shown: readonly number[], bands: number, { x, y, width, height }: Rect): number[] {
  const rows = Array.from({ length: height }, (_, row) => ((y + row) * SIZE.width + x) * bands);
  return rows.flatMap((start) => shown.slice(start, start + width * bands));
}

/** Colours as they look: what is transparent may have any. */
function onBlack(pixels: readonly number[], bands: number): number[] {
  return pixels.map((value, index) => {
    const isAlpha = index % bands === bands - 1;
    return isAlpha ? value : (value * (pixels[index - (index % bands) + bands - 1] ?? 0)) / 255;
  });
}

/**
 * Half the size by a filter that falls off linearly over two pixels to either side; colours weigh what their opacity is.
 */
function halved({ shown, shownBands }: Expected, isWeighed: boolean): number[] {
  const bands = Array.from({ length: shownBands }, (_, band) => band);
  const pixels: number[] = [];
  for (let y = 0; y < SIZE.height; y += 2) {
    for (let x = 0; x < SIZE.width; x += 2) {
      const taps = tapsAround(x, y).map(({ at, weight }) => ({ pixel: at * shownBands, weight }));
      const opacity = taps.map(({ pixel }) => (isWeighed ? (shown[pixel + shownBands - 1] ?? 0) : 1));
      for (const band of bands) {
        const isColour = band < shownBands - 1 || !isWeighed;
        pixels.push(
          weighedMean(
            taps.map(({ pixel, weight }, index) => ({
              value: shown[pixel + band] ?? 0,
              weight: weight * (isColour ? (opacity[index] ?? 0) : 1),
            })),
          ),
        );
      }
    }
  }
  return pixels;
}

const TAPS = [-1, 0, 1, 2].map((offset) => ({ offset, weight: offset === 0 || offset === 1 ? 3 : 1 }));

function tapsAround(x: number, y: number): { at: number; weight: number }[] {
  const inside = (value: number, length: number) => Math.min(length - 1, Math.max(0, value));
  return TAPS.flatMap((down) =>
    TAPS.map((across) => ({
      at: inside(y + down.offset, SIZE.height) * SIZE.width + inside(x + across.offset, SIZE.width),
      weight: down.weight * across.weight,
    })),
  );
}

function weighedMean(samples: readonly { value: number; weight: number }[]): number {
  const total = samples.reduce((sum, { weight }) => sum + weight, 0);
  return total === 0 ? 0 : samples.reduce((sum, { value, weight }) => sum + value * weight, 0) / total;
}

function meanOf(ours: ArrayLike<number>, theirs: readonly number[]): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  return theirs.reduce((sum, value, index) => sum + Math.abs(value - Number(ours[index])), 0) / theirs.length;
}

function largestOf(ours: ArrayLike<number>, theirs: readonly number[]): number {
  return theirs.reduce((largest, value, index) => Math.max(largest, Math.abs(value - Number(ours[index]))), 0);
}
