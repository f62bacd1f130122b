import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { createJpeg2000Codec } from '../../../codecs/jpeg2000/codec-pool.ts';
import type { DecodeJob } from '../../../codecs/jpeg2000/decode-job.ts';
import { CorruptSource } from '../../../image/errors.ts';
import { encodeJpeg2000 } from '../../support/jpeg2000-files.ts';
import { withFolder } from '../../support/vips-tool.ts';

const SIGNAL = new AbortController().signal;
const SIZE = { width: 64, height: 48 };
const AREA = { x: 0, y: 0, ...SIZE };
const FILE = await withFolder(async (folder) =>
  readFile(await encodeJpeg2000(folder, 'small', { tool: 'opj', options: '-n 2', size: SIZE, ending: 'j2k' })),
);

/** The same headers, and other samples in the code-blocks of the last packet. */
const OTHER = Uint8Array.from(FILE, (byte, index) =>
  index > FILE.length - 100 && index < FILE.length - 4 ? byte & 0x55 : byte,
);

type Part = DecodeJob['parts'][number];

function jobFor(input: Part['input'], origin?: Part['origin']): DecodeJob {
  const request = { reduction: 0, layers: 0, area: AREA, window: AREA, step: { x: 1, y: 1 } };
  const format = { components: [0, 1, 2], bits: 8, isWidened: true, recolours: [] } as const;
  return {
    kind: 'decode',
    size: SIZE,
    parts: [{ input, request, ...(origin && { origin }), left: 0, top: 0 }],
    ...format,
  };
}

const sound = async () => jobFor({ kind: 'bytes', bytes: Uint8Array.from(FILE) });
const streamed = async () => jobFor({ kind: 'stream', byteLength: FILE.length });
const readFromFile = async (offset: number, length: number) => FILE.subarray(offset, offset + length);
const never = () => new Promise<never>(() => {});

describe('the pool of JPEG 2000 decoders', () => {
  it('decodes the same from memory and from pieces that it asks for', async () => {
    const codec = createJpeg2000Codec({ threads: 1 });
    const fromMemory = await codec.decode(sound, SIGNAL);
    const fromPieces = await codec.decode(streamed, SIGNAL, readFromFile);
    assert.ok(fromMemory && fromPieces);
    assert.equal(fromMemory.byteLength, SIZE.width * SIZE.height * 3);
    assert.ok(Buffer.from(fromMemory).equals(Buffer.from(fromPieces)));
  });

  it('takes code-blocks of the same origin as they were decoded first, in whichever thread, and no others', async () => {
    const codec = createJpeg2000Codec({ threads: 2 });
    const pixelsOf = async (bytes: Uint8Array, origin?: Part['origin']) => {
      const job = async () => jobFor({ kind: 'bytes', bytes: Uint8Array.from(bytes) }, origin);
      return Buffer.from((await codec.decode(job, SIGNAL)) ?? new ArrayBuffer(0)).toString('hex');
    };
    const origin = { image: 3, tile: 0, layers: 1 };
    const [first, other] = [await pixelsOf(FILE, origin), await pixelsOf(OTHER)];
    assert.notEqual(first, other);
    const [inOne, inAnother] = await Promise.all([pixelsOf(OTHER, origin), pixelsOf(OTHER, origin)]);
    assert.deepEqual([inOne, inAnother], [first, first]);
    for (const different of [{ image: 4 }, { tile: 1 }, { layers: 2 }]) {
      assert.equal(await pixelsOf(OTHER, { ...origin, ...different }), other);
    }
  });

  it('decodes again after a damaged codestream', async () => {
    const codec = createJpeg2000Codec({ threads: 1 });
    const expected = await codec.decode(sound, SIGNAL);
    const damaged = async () => jobFor({ kind: 'bytes', bytes: Uint8Array.from(FILE.subarray(0, FILE.length / 2)) });
    await assert.rejects(codec.decode(damaged, SIGNAL), CorruptSource);
    const again = await codec.decode(sound, SIGNAL);
    assert.ok(expected && again && Buffer.from(expected).equals(Buffer.from(again)));
  });

  it('ends a decoding that takes too long, and goes on with a new thread', async () => {
    const codec = createJpeg2000Codec({ threads: 1, deadlineMs: 4000 });
    await assert.rejects(codec.decode(streamed, SIGNAL, never), (error) => {
      return error instanceof CorruptSource && /took more than 4000 ms/.test(error.reason);
    });
    assert.ok(await codec.decode(sound, SIGNAL));
  });

  it('passes on why the file could not be read, and goes on with a new thread', async () => {
    const codec = createJpeg2000Codec({ threads: 1 });
    const reason = new CorruptSource('file is shorter than it was');
    const reading = codec.decode(streamed, SIGNAL, async () => Promise.reject(reason));
    await assert.rejects(reading, reason);
    assert.ok(await codec.decode(sound, SIGNAL));
  });

  it('never starts a job whose client has left, and gives its place to the next', async () => {
    const codec = createJpeg2000Codec({ threads: 1 });
    const prepared: string[] = [];
    const named = (name: string) => async () => {
      prepared.push(name);
      return sound();
    };
    const leaving = new AbortController();
    const first = codec.decode(named('first'), SIGNAL);
    const second = codec.decode(named('second'), leaving.signal);
    const third = codec.decode(named('third'), SIGNAL);
    const reason = new Error('left');
    leaving.abort(reason);
    await assert.rejects(second, reason);
    assert.ok((await first) && (await third));
    assert.deepEqual(prepared, ['first', 'third']);
  });

  it('lets a client leave while its job runs, and ends the job', async () => {
    const codec = createJpeg2000Codec({ threads: 1 });
    const leaving = new AbortController();
    const running = codec.decode(streamed, leaving.signal, never);
    const reason = new Error('left');
    setImmediate(() => leaving.abort(reason));
    await assert.rejects(running, reason);
    assert.ok(await codec.decode(sound, SIGNAL), 'the only thread is free again');
  });

  it('runs as many jobs at once as it has threads', async () => {
    const codec = createJpeg2000Codec({ threads: 2 });
    let running = 0;
    let most = 0;
    const jobs = Array.from({ length: 8 }, async () => {
      const prepare = async () => {
        running++;
        most = Math.max(most, running);
        return sound();
      };
      await codec.decode(prepare, SIGNAL);
      running--;
    });
    await Promise.all(jobs);
    assert.ok(most <= 3 && most >= 2, `${most} at once`);
  });

  it('does nothing when there is nothing to do any more', async () => {
    const codec = createJpeg2000Codec({ threads: 1 });
    assert.equal(await codec.decode(async () => undefined, SIGNAL), undefined);
  });
});
