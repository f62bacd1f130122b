import { readFileSync } from 'node:fs';
import { createPlaces } from '../places.ts';
import { codeBlockMemory } from './code-block-store.ts';
import { type CodecProgram, type CodecThread, type ReadPiece, startCodecThread } from './codec-thread.ts';
import type { CodecJob, DecodeJob, EncodeJob } from './decode-job.ts';

/** Decodes and encodes JPEG 2000 off the main thread. */
export interface Jpeg2000Codec {
  /**
   * @param prepare - makes the job once a thread is free for it; undefined when there is nothing to do any more
   * @param read - gives the codestream where a part of the job is a stream
   * @returns interleaved samples of `bits` bits in memory of their own; undefined where there was no job
   * @throws CorruptSource when the codestream is damaged or takes too long
   */
  decode(prepare: PrepareDecoding, signal: AbortSignal, read?: ReadPiece): Promise<ArrayBuffer | undefined>;
  /** @returns a JP2 file */
  encode(job: EncodeJob, signal: AbortSignal): Promise<Uint8Array>;
}

/** Makes a job when its time has come. */
export type PrepareDecoding = () => Promise<DecodeJob | undefined>;

/** Longer than the slowest sound image takes, so that only damaged ones meet it. */
const DEADLINE_MS = 30_000;
/** An export may be as large as a hundred blocks. */
const ENCODING_FACTOR = 4;

/** Half as much again as a view of 24 tiles has, 8-bit RGB. */
const CODE_BLOCK_BYTES = 48 * 2 ** 20;

interface PoolSettings {
  /** How many jobs run at once. */
  readonly threads: number;
  readonly deadlineMs?: number;
}

/** Threads start when there is work for them, and are replaced when they die. */
export function createJpeg2000Codec({ threads, deadlineMs = DEADLINE_MS }: PoolSettings): Jpeg2000Codec {
  const places = createPlaces(threads); // one is taken as long as its thread works, even when nobody waits for it any more
  const idle: CodecThread[] = [];
  let program: CodecProgram | undefined;

  function startThread(): CodecThread {
    program ??= loadProgram();
    return startCodecThread(program);
  }

  async function run(job: CodecJob, signal: AbortSignal, read: ReadPiece | undefined): Promise<ArrayBuffer> {
    const thread = takeIdle(idle) ?? startThread();
    try {
      const limit = job.kind === 'encode' ? deadlineMs * ENCODING_FACTOR : deadlineMs;
      return await thread.run({ job, read, signal, deadlineMs: limit });
    } finally {
      if (thread.isAlive()) idle.push(thread);
    }
  }

  return {
    decode: (prepare, signal, read) =>
      places.run(signal, async () => {
        const job = await prepare();
        signal.throwIfAborted();
        return job && run(job, signal, read);
      }),
    encode: async (job, signal) => new Uint8Array(await places.run(signal, () => run(job, signal, undefined))),
  };
}

function loadProgram(): CodecProgram {
  const module = new WebAssembly.Module(readFileSync(new URL('./openjpeg/openjpeg.wasm', import.meta.url)));
  return { module, codeBlocks: codeBlockMemory(CODE_BLOCK_BYTES) };
}

/** A thread may have died while nobody looked. */
function takeIdle(idle: CodecThread[]): CodecThread | undefined {
  for (let thread = idle.pop(); thread; thread = idle.pop()) if (thread.isAlive()) return thread;
  return undefined;
}
