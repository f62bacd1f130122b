import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createBufferPool } from '../../../codecs/buffer-pool.ts';
import { createDecodeTools, type DecodeTools } from '../../../codecs/decode-tools.ts';
import { createJpeg2000Tools } from '../../../codecs/jpeg2000/jpeg2000-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { ImageError } from '../../../image/errors.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { encodeJpeg2000, type Jpeg2000Variant } from '../../support/jpeg2000-files.ts';
import { withFolder } from '../../support/vips-tool.ts';

const SIGNAL = new AbortController().signal;
const RUNS_PER_SEED = 320;
const RUNS_PER_CHECK = 50;
const SIZE = { width: 150, height: 110 };
/** What a damaged file may claim to be and still be read here. */
const LARGEST_READ = 512;

const SEEDS: Readonly<Record<string, Jpeg2000Variant>> = {
  plain: { tool: 'opj', options: '-n 3', size: SIZE },
  'irreversible with layers': { tool: 'opj', options: '-n 3 -I -r 20,8', size: SIZE },
  'tiles, PLT, TLM': { tool: 'opj', options: '-n 3 -t 64,48 -PLT -TLM', size: SIZE },
  'tile-parts, SOP, EPH': { tool: 'opj', options: '-n 3 -TP R -p RLCP -SOP -EPH', size: SIZE },
  'RPCL, precincts': { tool: 'opj', options: '-n 3 -p RPCL -c [64,64],[32,32] -PLT', size: SIZE },
  'CPRL, bypass': { tool: 'opj', options: '-n 3 -p CPRL -M 1', size: SIZE },
  'progression changes': { tool: 'opj', options: '-n 4 -r 9,1 -POC T1=0,0,2,2,3,RLCP/T1=2,0,2,4,3,CPRL', size: SIZE },
  'sixteen bits': { tool: 'opj', options: '-n 3', size: SIZE, components: 1, bits: 16 },
  'a codestream alone': { tool: 'opj', options: '-n 2', size: SIZE, ending: 'j2k' },
  HT: { tool: 'ojph', options: '-reversible true -num_decomps 2', size: SIZE },
};

/** Files are taken as whole tiles and as code-blocks in turn. */
const TOOLS: readonly DecodeTools[] = [
  createDecodeTools(createBufferPool(), 2),
  { ...createDecodeTools(), jpeg2000: createJpeg2000Tools(2, 0) },
];

const change = fc.record({
  // boxes and markers lie at the beginning
  place: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 0.03, noNaN: true })),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 4 }),
    fc.constantFrom(...['00000000', 'ffffffff', 'ffff', '0000', '7fffffff', 'ff90', 'ff93', 'ff52'].map(fromHex)),
  ),
});
const mutation = fc.record({
  changes: fc.array(change, { minLength: 1, maxLength: 6 }),
  end: fc.oneof(fc.constant(1), fc.double({ min: 0.05, max: 1, noNaN: true })),
});

describe('damaged JPEG 2000 files', () => {
  it('are at least 3,000', () => assert.ok(Object.keys(SEEDS).length * RUNS_PER_SEED >= 3000));

  for (const [name, variant] of Object.entries(SEEDS)) {
    it(`give pixels or an image error, and leave the next file alone: ${name}`, () =>
      withFolder(async (folder) => {
        const seed = await readFile(await encodeJpeg2000(folder, 'seed', variant));
        const intact = await Promise.all(TOOLS.map((tools) => pixelsOf(seed, tools)));
        let runs = 0;
        const property = fc.asyncProperty(mutation, async ({ changes, end }) => {
          const tools = TOOLS[runs++ % TOOLS.length] ?? createDecodeTools();
          await pixelsOf(mutate(seed, changes, end), tools).catch(assertIsImageError);
          if (runs % RUNS_PER_CHECK === 0) await assertIntact(seed, intact);
        });
        await fc.assert(property, { numRuns: RUNS_PER_SEED });
        await assertIntact(seed, intact);
      }));
  }
});

function mutate(seed: Buffer, changes: readonly { place: number; bytes: Uint8Array }[], end: number): Buffer {
  const file = Buffer.from(seed.subarray(0, Math.ceil(seed.length * end)));
  for (const { place, bytes } of changes) file.set(bytes, Math.floor(place * Math.max(0, file.length - 4)));
  return file;
}

async function assertIntact(seed: Uint8Array, intact: readonly Buffer[]): Promise<void> {
  for (const [index, tools] of TOOLS.entries()) {
    const pixels = await pixelsOf(seed, tools);
    assert.ok(intact[index]?.equals(pixels), 'the intact file is read otherwise than before');
  }
}

/** The samples of all levels, one after the other. */
async function pixelsOf(file: Uint8Array, tools: DecodeTools): Promise<Buffer> {
  const source = await openSource(memoryBytes(file), tools);
  try {
    const parts: Uint8Array[] = [];
    for (const level of source.levels.slice(0, 4)) {
      const window = {
        x: 0,
        y: 0,
        width: Math.min(level.width, LARGEST_READ),
        height: Math.min(level.height, LARGEST_READ),
      };
      const pixels = await source.read(level, window, SIGNAL);
      assert.equal(pixels.data.length, window.width * window.height * source.layout.bands);
      parts.push(new Uint8Array(pixels.data.buffer, pixels.data.byteOffset, pixels.data.byteLength));
    }
    await source.metadata();
    return Buffer.concat(parts);
  } finally {
    await source.close();
  }
}

function assertIsImageError(error: unknown): void {
  if (!(error instanceof ImageError)) throw error;
}

function fromHex(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}
