import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { encodeJpeg2000, type Jpeg2000Variant } from '../../support/jpeg2000-files.ts';
import { describeSourceContract } from '../source-contract.ts';

const FILES: Readonly<Record<string, Jpeg2000Variant>> = {
  'JPEG 2000, untiled, reversible': { tool: 'opj', options: '-n 3', size: { width: 301, height: 223 } },
  'JPEG 2000, tiled, irreversible': { tool: 'opj', options: '-I -r 8 -t 96,80 -n 3' },
  'JPEG 2000, one resolution only': { tool: 'opj', options: '-n 1', components: 1, size: { width: 600, height: 300 } },
  'JPEG 2000 of a single pixel': { tool: 'opj', options: '-n 1', size: { width: 1, height: 1 }, ending: 'j2k' },
  'High-throughput JPEG 2000': { tool: 'ojph', options: '-reversible true -num_decomps 2' },
};

const folder = await mkdtemp(join(tmpdir(), 'mezzotint-test-'));
after(() => rm(folder, { recursive: true, force: true }));

for (const [index, [name, variant]] of Object.entries(FILES).entries()) {
  const content = await readFile(await encodeJpeg2000(folder, `file${index}`, variant));
  const tools = createDecodeTools();
  describeSourceContract(name, () => openSource(memoryBytes(content), tools));
}
