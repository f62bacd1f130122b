import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { createDecodeTools, type DecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { encodeJpeg2000, type Jpeg2000Variant } from '../../support/jpeg2000-files.ts';
import { withFolder } from '../../support/vips-tool.ts';

const SIGNAL = new AbortController().signal;
const SIDES = [2304, 3584];
const WINDOW = { width: 256, height: 256 };

/** Of a grey picture coded with 0.8 bits a pixel: what a tile of 1024 x 1024 takes, more or less. */
const MOST_DECODED = 150_000;
const MOST_READ = 300_000;

/** Ways to lay a large image out; `mostBlocks` counts code-blocks of 64 x 64 where single ones are taken. */
const LAYOUTS: Readonly<Record<string, { options: string; mostBlocks: number }>> = {
  'one tile with precincts and PLT': { options: '-p RPCL -c [256,256] -PLT', mostBlocks: 150 },
  'one tile without precincts or PLT': { options: '', mostBlocks: 150 },
  'tiles of 1024': { options: '-t 1024,1024', mostBlocks: 0 },
};

describe('what one window of a JPEG 2000 costs', () => {
  for (const [name, { options, mostBlocks }] of Object.entries(LAYOUTS)) {
    it(`is bounded, however large the image: ${name}`, () =>
      withFolder(async (folder) => {
        for (const side of SIDES) {
          const size = { width: side, height: side };
          const variant: Jpeg2000Variant = { tool: 'opj', options: `-n 5 -I -r 10 ${options}`, components: 1, size };
          const cost = await costOfWindow(await readFile(await encodeJpeg2000(folder, `of${side}`, variant)));
          assert.ok(cost.decoded > 0 && cost.codeBlocks <= mostBlocks, `${cost.codeBlocks} code-blocks of ${side}`);
          assert.ok(cost.decoded <= MOST_DECODED, `${cost.decoded} bytes decoded of ${side}`);
          assert.ok(cost.read <= MOST_READ, `${cost.read} bytes read of ${side}`);
        }
      }));
  }
});

/** Of a window in the middle of the full resolution, after one elsewhere has made the file known. */
async function costOfWindow(file: Uint8Array): Promise<{ codeBlocks: number; decoded: number; read: number }> {
  const counts = { codeBlocks: 0, decoded: 0 };
  const bytes = memoryBytes(file);
  const source = await openSource(bytes, countingTools(counts));
  const [level] = source.levels;
  await source.read(level, { x: 0, y: 0, ...WINDOW }, SIGNAL);
  const before = { ...counts, read: bytes.counts.bytes };
  const middle = Math.floor(level.width / 512) * 256;
  await source.read(level, { x: middle, y: middle, ...WINDOW }, SIGNAL);
  await source.close();
  return {
    codeBlocks: counts.codeBlocks - before.codeBlocks,
    decoded: counts.decoded - before.decoded,
    read: bytes.counts.bytes - before.read,
  };
}

/** Tools whose decoder counts what it is given. */
function countingTools(counts: { codeBlocks: number; decoded: number }): DecodeTools {
  const tools = createDecodeTools();
  const { codec } = tools.jpeg2000;
  const decode: typeof codec.decode = (prepare, signal, read) => {
    const counted = async () => {
      const job = await prepare();
      for (const { input, codeBlocks } of job?.parts ?? []) {
        assert.equal(input.kind, 'bytes', 'no file is handed over as a whole');
        counts.codeBlocks += codeBlocks ?? 0;
        counts.decoded += input.kind === 'bytes' ? input.bytes.length : 0;
      }
      return job;
    };
    return codec.decode(counted, signal, read);
  };
  return { ...tools, jpeg2000: { ...tools.jpeg2000, codec: { ...codec, decode } } };
}
