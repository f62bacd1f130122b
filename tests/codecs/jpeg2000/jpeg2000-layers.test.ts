import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { createBufferPool } from '../../../codecs/buffer-pool.ts';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { createJpeg2000Tools } from '../../../codecs/jpeg2000/jpeg2000-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { wholeOf } from '../../../image/geometry.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { encodeJpeg2000 } from '../../support/jpeg2000-files.ts';
import { runTool, withFolder } from '../../support/vips-tool.ts';

const SIGNAL = new AbortController().signal;
const LAYERS = 4;

/** Whole tiles, and code-blocks. */
const TOOLS = [
  createDecodeTools(createBufferPool(), 2),
  { ...createDecodeTools(), jpeg2000: createJpeg2000Tools(2, 0) },
];

describe('quality layers of JPEG 2000', () => {
  for (const options of ['-n 4 -r 60,30,10,2', '-n 4 -p RPCL -PLT -c [64,64] -r 60,30,10,2']) {
    it(`are as many as are asked for: ${options}`, () =>
      withFolder(async (folder) => {
        const path = await encodeJpeg2000(folder, 'layered', { tool: 'opj', options, components: 1 });
        const content = await readFile(path);
        for (const tools of TOOLS) {
          const source = await openSource(memoryBytes(content), tools);
          assert.equal(source.layers, LAYERS);
          const [level] = source.levels;
          for (let layers = 1; layers <= LAYERS; layers++) {
            const output = `${path}.pgm`;
            await runTool('opj_decompress', '-i', path, '-o', output, '-l', String(layers));
            const expected = (await readFile(output)).subarray(-level.width * level.height);
            const { data } = await source.read(level, wholeOf(level), SIGNAL, layers);
            assert.ok(expected.equals(Buffer.from(data)), `${layers} layers`);
          }
          await source.close();
        }
      }));
  }

  it('are not spoken of where there is one', () =>
    withFolder(async (folder) => {
      const path = await encodeJpeg2000(folder, 'plain', { tool: 'opj', options: '-n 2' });
      const source = await openSource(memoryBytes(await readFile(path)), createDecodeTools());
      assert.equal(source.layers, undefined);
    }));
});
