import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createDecodeTools } from '../../codecs/decode-tools.ts';
import { createDecodeWatch, type DecodeEvent } from '../../codecs/decode-watch.ts';
import { createJpeg2000Codec } from '../../codecs/jpeg2000/codec-pool.ts';
import { openSource } from '../../codecs/open-source.ts';
import { CorruptSource } from '../../image/errors.ts';
import { wholeOf } from '../../image/geometry.ts';
import type { ImageSource } from '../../image/source.ts';
import { memoryBytes } from '../support/counted-bytes.ts';
import { runTool, withFolder } from '../support/vips-tool.ts';

const FILE = { name: 'a', identity: '1:2:3' };
const SIGNAL = new AbortController().signal;

async function readAll(source: ImageSource): Promise<void> {
  const [level] = source.levels;
  await source.read(level, wholeOf(level), SIGNAL);
}

async function watched(path: string) {
  const events: DecodeEvent[] = [];
  const bytes = { ...memoryBytes(await readFile(path)), file: FILE };
  return { events, bytes, watch: createDecodeWatch((event) => events.push(event)) };
}

describe('the watch over decoders', () => {
  it('knows when one in this process is at a file, and lets none at one that is refused', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'a.png');
      await runTool('convert', '-size', '600x400', 'plasma:', path);
      const { events, bytes, watch } = await watched(path);
      const tools = { ...createDecodeTools(), watch };
      const source = await openSource(bytes, tools);
      await readAll(source);
      await readAll(source); // the level is at hand
      const kinds = events.map(({ kind, file }) => `${kind} ${file.name}`);
      assert.deepEqual(kinds, ['begun a', 'ended a', 'begun a', 'ended a']);
      watch.refuse([FILE.identity]);
      await assert.rejects(openSource(bytes, tools), CorruptSource);
      assert.equal(events.length, 4);
      watch.refuse([]);
      await openSource(bytes, tools);
    }));

  it('hears of threads that take too long, and lets none at the file that is refused', () =>
    withFolder(async (folder) => {
      const [plain, path] = [join(folder, 'a.ppm'), join(folder, 'a.jp2')];
      await runTool('convert', '-size', '1500x1500', 'plasma:', plain);
      await runTool('opj_compress', '-i', plain, '-o', path);
      const { events, bytes, watch } = await watched(path);
      const tools = createDecodeTools();
      const codec = createJpeg2000Codec({ threads: 1, deadlineMs: 1 });
      const source = await openSource(bytes, { ...tools, watch, jpeg2000: { ...tools.jpeg2000, codec } });
      await assert.rejects(readAll(source), CorruptSource);
      assert.ok(events.length > 0 && events.every(({ kind }) => kind === 'lost'));
      const { length } = events;
      watch.refuse([FILE.identity]);
      await assert.rejects(readAll(source), /damaged/);
      assert.equal(events.length, length);
    }));

  it('does not mind files that are damaged and nothing more', () =>
    withFolder(async (folder) => {
      const [plain, path] = [join(folder, 'a.ppm'), join(folder, 'a.jp2')];
      await runTool('convert', '-size', '300x300', 'plasma:', plain);
      await runTool('opj_compress', '-i', plain, '-o', path);
      const { events, bytes, watch } = await watched(path);
      const cut = { ...bytes, ...memoryBytes((await readFile(path)).subarray(0, bytes.size / 2)) };
      await assert.rejects(
        async () => readAll(await openSource(cut, { ...createDecodeTools(), watch })),
        CorruptSource,
      );
      assert.deepEqual(events, []);
    }));
});
