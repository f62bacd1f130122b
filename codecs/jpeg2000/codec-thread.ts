import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CorruptSource } from '../../image/errors.ts';
import { DecoderLost } from '../decode-watch.ts';
import type { CodecAnswer, CodecWorkerData } from './codec-worker.ts';
import type { CodecJob } from './decode-job.ts';

/** Gives bytes of the codestream that a job decodes piece by piece. */
export type ReadPiece = (offset: number, length: number) => Promise<Uint8Array>;

/** A job for a thread, and when it is no longer worth its time. */
export interface ThreadWork {
  readonly job: CodecJob;
  readonly read: ReadPiece | undefined;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}

/** A thread that does one job at a time. */
export interface CodecThread {
  /**
   * Settles when the thread has finished, or is no more.
   *
   * @throws CorruptSource when the job failed; DecoderLost when the thread died of it, or was ended as it took too long
   */
  run(work: ThreadWork): Promise<ArrayBuffer>;
  /** Whether it can take another job. */
  isAlive(): boolean;
}

/** Bytes of one piece of a codestream. */
const PIECE_LENGTH = 2 ** 18;

/** How long a job that nobody waits for may go on: a thread costs more than what most of them have left to do. */
const GRACE_MS = 250;

/** How a job ended. */
type Settled =
  | Exclude<CodecAnswer, { kind: 'read' }>
  | { readonly kind: 'unread'; readonly error: unknown }
  | { readonly kind: 'lost'; readonly reason: string };

/** The job at hand. */
interface Current {
  readonly settle: (answer: Settled) => void;
  readonly read: ReadPiece | undefined;
}

/** What all threads have in common. */
export type CodecProgram = Pick<CodecWorkerData, 'module' | 'codeBlocks'>;

type End = (reason: string, kind?: 'lost' | 'failed') => void;

/** Neither the thread nor a process is kept from ending by a thread without work. */
export function startCodecThread(program: CodecProgram): CodecThread {
  const { worker, workerData } = startWorker(program);
  let alive = true;
  let current: Current | undefined;

  const end: End = (reason, kind = 'lost') => {
    alive = false;
    current?.settle({ kind, reason });
    void worker.terminate();
  };

  worker.on('error', (error) => end(error.message));
  worker.on('exit', () => end('the thread ended'));
  worker.on('message', (answer: CodecAnswer) => {
    if (answer.kind !== 'read') current?.settle(answer);
    else answerRead(workerData, answer, current?.read).catch((error) => current?.settle({ kind: 'unread', error }));
  });

  return {
    isAlive: () => alive,
    async run(work) {
      worker.ref();
      const stopLimiting = limitTime(work, end);
      try {
        const answer = await new Promise<Settled>((settle) => {
          current = { settle, read: work.read };
          worker.postMessage(work.job, transferable(work.job));
        });
        if (answer.kind === 'unread') end('the file could not be read', 'failed'); // the thread still waits for it
        return resultOf(answer);
      } finally {
        current = undefined;
        stopLimiting();
        worker.unref();
      }
    },
  };
}

function startWorker(program: CodecProgram): { worker: Worker; workerData: CodecWorkerData } {
  const workerData: CodecWorkerData = {
    ...program,
    control: new SharedArrayBuffer(8),
    bytes: new SharedArrayBuffer(PIECE_LENGTH),
  };
  const worker = new Worker(new URL(`./codec-worker${extname(import.meta.url)}`, import.meta.url), { workerData });
  worker.unref();
  return { worker, workerData };
}

type Question = Extract<CodecAnswer, { kind: 'read' }>;

async function answerRead(shared: CodecWorkerData, question: Question, read: ReadPiece | undefined): Promise<void> {
  const bytes = read ? await read(question.offset, question.length) : new Uint8Array();
  const control = new Int32Array(shared.control);
  new Uint8Array(shared.bytes).set(bytes);
  Atomics.store(control, 1, bytes.length);
  Atomics.store(control, 0, 1);
  Atomics.notify(control, 0);
}

/** Ends what takes too long, or what nobody waits for. @returns what is called when the work is done */
function limitTime({ signal, deadlineMs }: ThreadWork, end: End): () => void {
  const deadline = setTimeout(() => end(`decoding took more than ${deadlineMs} ms`), deadlineMs);
  let grace: NodeJS.Timeout | undefined;
  const onAbort = () => {
    grace = setTimeout(() => end('nobody waits for it', 'failed'), GRACE_MS);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return () => {
    clearTimeout(deadline);
    clearTimeout(grace);
    signal.removeEventListener('abort', onAbort);
  };
}

function resultOf(answer: Settled): ArrayBuffer {
  if (answer.kind === 'done') return answer.data;
  if (answer.kind === 'lost') throw new DecoderLost(`JPEG 2000: ${answer.reason}`);
  if (answer.kind === 'failed') throw new CorruptSource(`JPEG 2000: ${answer.reason}`);
  throw answer.error;
}

/** What a job brings is made for the thread alone, and goes over to it without being copied. */
function transferable(job: CodecJob): ArrayBuffer[] {
  const buffers =
    job.kind === 'encode'
      ? [job.pixels.buffer]
      : job.parts.flatMap(({ input }) => (input.kind === 'bytes' ? [input.bytes.buffer] : []));
  return [...new Set(buffers)].filter((buffer) => buffer instanceof ArrayBuffer);
}
