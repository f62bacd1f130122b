/** A thread that decodes and encodes JPEG 2000, one job at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { type CodeBlockOrigin, createCodeBlockStore } from './code-block-store.ts';
import type { CodecJob, CodestreamInput, DecodeJob } from './decode-job.ts';
import { type Codestream, createOpenJpeg, type OpenJpeg } from './openjpeg/openjpeg.ts';
import { recolour, type Samples } from './recolour.ts';

/** What a thread is given when it starts. */
export interface CodecWorkerData {
  readonly module: WebAssembly.Module;
  /** Two words: 1 in the first when the bytes that were asked for are there, the second telling how many. */
  readonly control: SharedArrayBuffer;
  readonly bytes: SharedArrayBuffer;
  /** What the threads have decoded. */
  readonly codeBlocks: SharedArrayBuffer;
}

/** What a thread says. */
export type CodecAnswer =
  | { readonly kind: 'read'; readonly offset: number; readonly length: number }
  | { readonly kind: 'done'; readonly data: ArrayBuffer }
  | { readonly kind: 'failed'; readonly reason: string };

/** Linear memory never shrinks, so an instance that has taken more makes room for a fresh one. */
const MAX_IDLE_MEMORY = 256 * 2 ** 20;
const MAX_JOBS = 1000;

const { module, control, bytes, codeBlocks }: CodecWorkerData = workerData;
const codeBlocksOf = createCodeBlockStore(codeBlocks);
const signal = new Int32Array(control);
const port = parentPort;
let instance: OpenJpeg | undefined;
let jobs = 0;

port?.on('message', (job: CodecJob) => {
  try {
    const data = exactBuffer(work(job));
    const answer: CodecAnswer = { kind: 'done', data };
    port.postMessage(answer, [data]);
  } catch (error) {
    instance = undefined; // nothing in its memory can be relied on
    const answer: CodecAnswer = { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
    port.postMessage(answer);
  }
});

function work(job: CodecJob): ArrayBufferView {
  instance ??= createOpenJpeg(module);
  const result = job.kind === 'decode' ? decode(job, instance) : instance.encode(job);
  jobs++;
  if (jobs >= MAX_JOBS || instance.memoryBytes() > MAX_IDLE_MEMORY) {
    instance = undefined;
    jobs = 0;
  }
  return result;
}

function decode(job: DecodeJob, openJpeg: OpenJpeg): Samples {
  const { size, components, bits, parts } = job;
  const length = size.width * size.height * components.length;
  const samples = bits === 8 ? new Uint8Array(length) : new Uint16Array(length);
  const output = new Uint8Array(samples.buffer);
  const pixelLength = (components.length * bits) / 8;
  for (const { input, request, origin, left, top } of parts) {
    const decoded = openJpeg.decode(codestreamOf(input, origin), request, job);
    const rowLength = request.window.width * pixelLength;
    for (let row = 0; row < request.window.height; row++) {
      const from = row * rowLength;
      output.set(decoded.subarray(from, from + rowLength), ((top + row) * size.width + left) * pixelLength);
    }
  }
  return recolour(samples, components.length, job.recolours);
}

function codestreamOf(input: CodestreamInput, origin: CodeBlockOrigin | undefined): Codestream {
  if (input.kind === 'stream') return { byteLength: input.byteLength, read: readFromHost };
  const { bytes: content } = input;
  const read: Codestream['read'] = (offset, length) => content.subarray(offset, offset + length);
  return { byteLength: content.length, read, codeBlocks: origin && codeBlocksOf(origin) };
}

/** Waits for the main thread, which reads the file. */
function readFromHost(offset: number, length: number): Uint8Array {
  const question: CodecAnswer = { kind: 'read', offset, length: Math.min(length, bytes.byteLength) };
  Atomics.store(signal, 0, 0);
  port?.postMessage(question);
  Atomics.wait(signal, 0, 0);
  return new Uint8Array(bytes, 0, Atomics.load(signal, 1));
}

/** Memory that holds nothing but the view, so that it can be handed over. */
function exactBuffer({ buffer, byteOffset, byteLength }: ArrayBufferView): ArrayBuffer {
  const isExact = buffer instanceof ArrayBuffer && byteLength === buffer.byteLength;
  return isExact ? buffer : new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength)).buffer;
}
