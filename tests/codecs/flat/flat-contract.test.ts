import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { createDecodeTools } from '../../../codecs/decode-tools.ts';
import { openSource } from '../../../codecs/open-source.ts';
import { memoryBytes } from '../../support/counted-bytes.ts';
import { describeSourceContract } from '../source-contract.ts';
import { FLAT_FILES, type FlatFile, writeFlat } from './flat-files.ts';

const PNG: FlatFile = { ending: 'png', options: [], raw: 'rgb' };

const FILES: readonly (readonly [name: string, file: FlatFile | undefined, size: string])[] = [
  ['JPEG, baseline', FLAT_FILES['JPEG, baseline'], '601x397'],
  ['JPEG, CMYK with an Adobe marker', FLAT_FILES['JPEG, CMYK with an Adobe marker'], '300x200'],
  ['PNG with opacity', FLAT_FILES['PNG with opacity'], '301x223'],
  ['PNG of a single pixel', PNG, '1x1'],
  ['WebP, lossy', FLAT_FILES['WebP, lossy'], '257x256'],
  ['GIF', FLAT_FILES.GIF, '300x300'],
  ['AVIF', FLAT_FILES.AVIF, '300x200'],
];

const folder = await mkdtemp(join(tmpdir(), 'mezzotint-test-'));
after(() => rm(folder, { recursive: true, force: true }));

const contents = new Map<string, Buffer>();
for (const [index, [name, file = PNG, size]] of FILES.entries()) {
  contents.set(name, await readFile(await writeFlat(folder, `file${index}`, { file, size })));
}

for (const [name, content] of contents) {
  const tools = createDecodeTools();
  describeSourceContract(name, () => openSource(memoryBytes(content), tools));
}
