import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createDecodeTools, type DecodeTools } from '../../../codecs/decode-tools.ts';
import { createSharpDecoder } from '../../../codecs/jpeg/decode-jpeg.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { type Size, wholeOf } from '../../../image/geometry.ts';
import { fileBytes } from '../../support/counted-bytes.ts';
import { softPicture } from '../../support/tiff-pictures.ts';
import { meanDifference, runTool, vipsSamples, withFolder, writeNetpbm } from '../../support/vips-tool.ts';

const SIGNAL = new AbortController().signal;
const TOOLS = createDecodeTools();

/** How a file is stored: options of `vips tiffsave`, and of `tiffcp` where the file is copied by it afterwards. */
interface Variant {
  readonly save: string;
  readonly copy?: string;
  readonly bands?: 1 | 3;
  readonly size?: Size;
}

const ODD: Size = { width: 1025, height: 769 };
const LOSSLESS: readonly Variant[] = [
  { save: '--compression none' },
  { save: '--compression none --bigtiff', bands: 1 },
  { save: '--compression none', copy: '-B' },
  { save: '--compression none', copy: '-8 -B', bands: 1 },
  { save: '--compression packbits --tile-width 128 --tile-height 64' },
  { save: '--compression packbits --subifd', bands: 1 },
  { save: '--compression packbits', copy: '-B -8' },
  { save: '--compression lzw --predictor none' },
  { save: '--compression lzw --predictor horizontal --subifd' },
  { save: '--compression lzw --predictor none --bigtiff --subifd', bands: 1 },
  { save: '--compression lzw --predictor horizontal --tile-width 64 --tile-height 128', bands: 1 },
  { save: '--compression lzw --predictor horizontal', copy: '-B' },
  { save: '--compression deflate --predictor none --bigtiff' },
  { save: '--compression deflate --predictor horizontal' },
  { save: '--compression deflate --predictor horizontal --subifd --bigtiff', bands: 1 },
  { save: '--compression deflate --predictor none --tile-width 128 --tile-height 64', copy: '-B -8', bands: 1 },
  { save: '--compression deflate --predictor horizontal', copy: '-L -8' },
  { save: '--compression zstd --predictor none' },
  { save: '--compression zstd --predictor horizontal --subifd' },
  { save: '--compression zstd --predictor horizontal --bigtiff --tile-width 128 --tile-height 64', bands: 1 },
  { save: '--compression webp --lossless' },
  { save: '--compression none --miniswhite', bands: 1 },
  { save: '--compression deflate --predictor horizontal --miniswhite', bands: 1 },
  { save: '--compression lzw --predictor horizontal --tile-width 1024 --tile-height 1024' },
  { save: '--compression packbits --tile-width 1024 --tile-height 1024' },
  { save: '--compression deflate --predictor horizontal --tile-width 1024 --tile-height 1024' },
  { save: '--compression none', size: { width: 1, height: 1 } },
  { save: '--compression lzw --predictor horizontal', size: { width: 257, height: 1 } },
  { save: '--compression deflate', size: { width: 1, height: 513 }, bands: 1 },
  { save: '--compression none', size: { width: 256, height: 256 } },
];

const LOSSY: readonly Variant[] = [
  { save: '--compression jpeg --Q 90' },
  { save: '--compression jpeg --Q 75 --subifd --bigtiff' },
  { save: '--compression jpeg --Q 90 --rgbjpeg' },
  { save: '--compression jpeg --Q 80', bands: 1 },
  { save: '--compression jpeg --Q 80 --miniswhite', bands: 1 },
  { save: '--compression jpeg --Q 85 --tile-width 128 --tile-height 64' },
  { save: '--compression none', copy: '-B -c jpeg:r:90' },
  { save: '--compression none', copy: '-8 -c jpeg:90' },
  { save: '--compression none', copy: '-B -c jpeg:90', bands: 1 },
  { save: '--compression jpeg --Q 90', size: { width: 1, height: 1 } },
  { save: '--compression jpeg --Q 85 --tile-width 1024 --tile-height 1024' },
  { save: '--compression webp --Q 80' },
  { save: '--compression webp --Q 75 --subifd --bigtiff --tile-width 128 --tile-height 64' },
];

/** libjpeg-turbo's binding decodes with the fast DCT, which is off by half a level here and there. */
const FAST_DCT_DIFFERENCE = 1;

describe('TIFF pixels against libvips', { concurrency: 2 }, () => {
  for (const variant of LOSSLESS) {
    it(`are exact: ${nameOf(variant)}`, () =>
      withVariant(variant, async (stored) => {
        await forEachLevel(stored, TOOLS, (ours, theirs) => assert.equal(meanDifference(ours, theirs), 0));
      }));
  }

  for (const variant of LOSSY) {
    it(`differ by about a level: ${nameOf(variant)}`, () =>
      withVariant(variant, async (stored) => {
        const check = (ours: Uint8Array, theirs: Uint8Array) =>
          assert.ok(meanDifference(ours, theirs) <= FAST_DCT_DIFFERENCE);
        await forEachLevel(stored, TOOLS, check);
      }));

    it(`are exact without libjpeg-turbo: ${nameOf(variant)}`, () =>
      withVariant(variant, async (stored) => {
        const tools = { ...TOOLS, jpeg: createSharpDecoder() };
        await forEachLevel(stored, tools, (ours, theirs) => assert.ok(meanDifference(ours, theirs) <= 0.01));
      }));
  }

  it('come in a level for each directory', () =>
    withVariant({ save: '--compression none' }, async ({ path }) => {
      const source = await openSource(await fileBytes(path), TOOLS);
      const sizes = source.levels.map(({ width, height, scaleFactor }) => [width, height, scaleFactor]);
      await source.close();
      assert.deepEqual(sizes, [
        [1025, 769, 1],
        [512, 384, 2],
        [256, 192, 4],
      ]);
    }));
});

function nameOf({ save, copy, bands = 3, size = ODD }: Variant): string {
  const shape = `${bands === 1 ? 'grey' : 'RGB'} ${size.width} x ${size.height}`;
  return `${shape} ${save.replaceAll('--', '')}${copy ? `, copied with ${copy}` : ''}`;
}

interface StoredVariant {
  readonly path: string;
  readonly folder: string;
}

async function withVariant(
  { save, copy, bands = 3, size = ODD }: Variant,
  use: (stored: StoredVariant) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const netpbm = join(folder, 'picture.ppm');
    const saved = join(folder, 'saved.tif');
    const copied = join(folder, 'copied.tif');
    await writeNetpbm(netpbm, softPicture(size, bands));
    const tile = save.includes('tile-width') ? '' : '--tile-width 256 --tile-height 256';
    const options = `--tile --pyramid ${tile} ${save}`.split(/ +/);
    await runTool('vips', 'tiffsave', netpbm, saved, ...options);
    if (copy) await runTool('tiffcp', ...copy.split(' '), saved, copied);
    await use({ path: copy ? copied : saved, folder });
  });
}

async function forEachLevel(
  { path, folder }: StoredVariant,
  tools: DecodeTools,
  compare: (ours: Uint8Array, theirs: Uint8Array) => void,
): Promise<void> {
  const source = await openSource(await fileBytes(path), tools);
  try {
    const hasSubIfds = (await runTool('vipsheader', '-a', path)).includes('n-subifds');
    for (const [index, level] of source.levels.entries()) {
      const ours = await source.read(level, wholeOf(level), SIGNAL);
      const page = hasSubIfds && index > 0 ? `subifd=${index - 1}` : `page=${index}`;
      compare(Buffer.from(ours.data), await vipsSamples(`${path}[${page}]`, folder));
    }
  } finally {
    await source.close();
  }
}
