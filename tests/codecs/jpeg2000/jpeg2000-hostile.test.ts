import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { createDecodeTools, type DecodeTools } from '../../../codecs/decode-tools.ts';
import { createJpeg2000Tools } from '../../../codecs/jpeg2000/jpeg2000-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { ImageError } from '../../../image/errors.ts';
import { wholeOf } from '../../../image/geometry.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { encodeJpeg2000, type Jpeg2000Variant } from '../../support/jpeg2000-files.ts';
import { withFolder } from '../../support/vips-tool.ts';

const SIGNAL = new AbortController().signal;
const SIZE = { width: 150, height: 110 };
const TRUNCATIONS = 60;
const TOOLS: readonly DecodeTools[] = [
  createDecodeTools(),
  { ...createDecodeTools(), jpeg2000: createJpeg2000Tools(2, 0) },
];

const CUT: Readonly<Record<string, Jpeg2000Variant>> = {
  untiled: { tool: 'opj', options: '-n 3', size: SIZE },
  'irreversible, in layers': { tool: 'opj', options: '-n 3 -I -r 20,10,5', size: SIZE },
  'tiles, PLT and TLM': { tool: 'opj', options: '-n 3 -t 64,48 -PLT -TLM', size: SIZE },
  'tile-parts by resolution': { tool: 'opj', options: '-n 3 -p RLCP -TP R', size: SIZE },
  'progression changes': { tool: 'opj', options: '-n 4 -r 9,1 -POC T1=0,0,2,2,3,RLCP/T1=2,0,2,4,3,CPRL', size: SIZE },
  HT: { tool: 'ojph', options: '-reversible true -num_decomps 2', size: SIZE },
};

/** Offsets in SIZ, from its marker. */
const SIZ = { width: 6, height: 10, left: 14, tileWidth: 22, tileHeight: 26, tileLeft: 30, components: 38, depth: 40 };

describe('JPEG 2000 that is cut short', () => {
  for (const [name, variant] of Object.entries(CUT)) {
    it(`is an error, or has every pixel as it was: ${name}`, () =>
      withFolder(async (folder) => {
        const file = await readFile(await encodeJpeg2000(folder, 'whole', variant));
        for (const tools of TOOLS) {
          const intact = await read(file, tools);
          for (let step = 1; step < TRUNCATIONS; step++) {
            const cut = file.subarray(0, Math.floor((file.length * step) / TRUNCATIONS));
            const pixels = await read(cut, tools).catch(imageError);
            assert.ok(pixels === undefined || intact.equals(pixels), `other pixels after ${cut.length} bytes`);
          }
        }
      }));
  }
});

describe('a forged SIZ', () => {
  const forgeries: readonly (readonly [name: string, field: keyof typeof SIZ, value: number, length: 1 | 2 | 4])[] = [
    ['60,000 pixels wide', 'width', 60_000, 4],
    ['2^32 - 1 pixels wide', 'width', 0xffff_ffff, 4],
    ['2^31 - 1 pixels high', 'height', 0x7fff_ffff, 4],
    ['no pixel wide', 'width', 0, 4],
    ['begins behind its end', 'left', 5000, 4],
    ['tiles of no width', 'tileWidth', 0, 4],
    ['tiles of one pixel', 'tileWidth', 1, 4],
    ['tiles of no height', 'tileHeight', 0, 4],
    ['tiles that begin in the image', 'tileLeft', 5, 4],
    ['no component', 'components', 0, 2],
    ['16,384 components', 'components', 16_384, 2],
    ['128 bits', 'depth', 127, 1],
    ['38 bits', 'depth', 37, 1],
  ];
  for (const [name, field, value, length] of forgeries) {
    it(`is an error soon: ${name}`, () =>
      withFolder(async (folder) => {
        const variant: Jpeg2000Variant = { tool: 'opj', options: '-n 3', size: SIZE };
        const file = await readFile(await encodeJpeg2000(folder, 'seed', variant));
        file.writeUIntBE(value, file.indexOf(Buffer.from('ff51', 'hex')) + SIZ[field], length);
        for (const tools of TOOLS) {
          const bytes = memoryBytes(file);
          const attempt = (async () => {
            const source = await openSource(bytes, tools);
            const [level] = source.levels;
            const side = (full: number) => Math.min(256, full);
            await source.read(level, { x: 0, y: 0, width: side(level.width), height: side(level.height) }, SIGNAL);
          })();
          await assert.rejects(attempt, ImageError);
          assert.ok(bytes.counts.bytes < 4 * file.length + 65_536, `${bytes.counts.bytes} bytes read`);
        }
      }));
  }
});

describe('tile-part lengths that lie', () => {
  it('are an error, and never show one tile in the place of another', () =>
    withFolder(async (folder) => {
      const variant: Jpeg2000Variant = { tool: 'opj', options: '-n 3 -t 64,48 -TLM', size: SIZE };
      const file = await readFile(await encodeJpeg2000(folder, 'seed', variant));
      const tlm = file.indexOf(Buffer.from('ff55', 'hex'));
      const sizes = file.readUInt8(tlm + 5);
      const numberLength = (sizes >> 4) & 3;
      const entry = numberLength + ((sizes >> 6) & 1 ? 4 : 2);
      assert.ok(numberLength > 0, 'the entries name their tiles');
      for (const index of [0, 1]) file.writeUIntBE(1 - index, tlm + 6 + index * entry, numberLength);
      for (const tools of TOOLS) await assert.rejects(read(file, tools), ImageError);
    }));
});

/** The samples of all levels. */
async function read(file: Uint8Array, tools: DecodeTools): Promise<Buffer> {
  const source = await openSource(memoryBytes(file), tools);
  try {
    const parts: Uint8Array[] = [];
    for (const level of source.levels) {
      const { data } = await source.read(level, wholeOf(level), SIGNAL);
      parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
    return Buffer.concat(parts);
  } finally {
    await source.close();
  }
}

function imageError(error: unknown): undefined {
  if (error instanceof ImageError) return undefined;
  throw error;
}
