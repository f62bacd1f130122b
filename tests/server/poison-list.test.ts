import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startListening, until } from './running-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'mezzotint-poison-'));

/** A decoder as it should not be: a native one may end like this. */
const MODULE = `
const picture = { width: 16, height: 16 };
const layout = { bands: 1, photometric: 'gray', hasAlpha: false, bitsPerSample: 8 };
export const format = {
  name: 'frail',
  recognises: (head) => Buffer.from(head.subarray(0, 5)).toString() === 'frail',
  async open(bytes) {
    const content = Buffer.from(await bytes.read(0, bytes.size)).toString();
    if (content.includes('crash')) process.kill(process.pid, 'SIGSEGV');
    await new Promise((resolve) => setTimeout(resolve, content.includes('crash') ? 60000 : 0));
    return {
      format: 'frail', digest: '0123456789abcdef', layout,
      levels: [{ ...picture, scaleFactor: 1, tile: picture }],
      read: async (level, { width, height }) =>
        ({ width, height, ...layout, sample: 'uint8', data: new Uint8Array(width * height) }),
      encodedTile: async () => undefined,
      close: () => bytes.close(),
    };
  },
};
`;

before(() => {
  writeFileSync(join(folder, 'frail.mjs'), MODULE);
  writeFileSync(join(folder, 'a.frail'), 'frail: crash as soon as it is opened');
  execFileSync('convert', ['-size', '40x30', 'xc:red', join(folder, 'sound.png')]);
});
after(() => rmSync(folder, { recursive: true }));

describe('a file that brings down decoders', () => {
  it('kills no more than three of a thousand, until it is replaced', async () => {
    const env = { PORT: '0', WORKERS: '2', SOURCE_CHECK_INTERVAL: '0', DECODER_MODULES: join(folder, 'frail.mjs') };
    const server = await startListening({ args: [folder], env });
    const statusOf = async (name: string) => {
      const url = new URL(`/iiif/3/${name}/full/max/0/default.jpg`, server.address);
      const answer = await fetch(url, { headers: { connection: 'close' } }).catch(() => undefined);
      await answer?.arrayBuffer();
      return answer?.status ?? 'no answer';
    };
    await until(async () => (await statusOf('a.frail')) === 500, 'it is refused');
    for (let request = 0; request < 1000; request++) assert.equal(await statusOf('a.frail'), 500);
    assert.equal(await statusOf('sound.png'), 200);
    writeFileSync(join(folder, 'a.frail'), 'frail: sound by now');
    await until(async () => (await statusOf('a.frail')) === 200, 'the new file is served');
    server.child.kill('SIGTERM');
    assert.equal(await server.exit, 0);
    const count = (pattern: RegExp) => [...server.output().matchAll(pattern)].length;
    const deaths = count(/a worker died.*SIGSEGV/g);
    assert.ok(deaths >= 2 && deaths <= 3, `${deaths} deaths`);
    assert.equal(count(/a file that brings down decoders is refused.*a\.frail/g), 1);
  });
});
