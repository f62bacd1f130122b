import type { CodeBlocks } from '../code-block-store.ts';
import type { AreaRequest, EncodeJob, SampleFormat } from '../decode-job.ts';

/** Gives bytes of a codestream: as many as there are, at most `length`. */
export type ReadBytes = (offset: number, length: number) => Uint8Array;

/** A codestream, its bytes given as they are asked for. */
export interface Codestream {
  readonly byteLength: number;
  readonly read: ReadBytes;
  /** Where its code-blocks are known by their places; undefined where they are not told from others. */
  readonly codeBlocks?: CodeBlocks | undefined;
}

/** One instance of the module. After an error it must not be used again. */
export interface OpenJpeg {
  /** @returns interleaved samples in the module's memory, until the next call */
  decode(codestream: Codestream, request: AreaRequest, format: SampleFormat): Uint8Array;
  /** @returns a JP2 file */
  encode(job: EncodeJob): Uint8Array;
  /** Memory taken so far; it is never given back. */
  memoryBytes(): number;
}

/** How many bytes are asked for at once: whole slices lie in memory, files are read in pieces. */
const STREAM_BUFFER = 1 << 16;

const OUTCOMES = ['', 'out of memory', 'no main header', 'not decoded', 'another image than declared', 'not encoded'];
const WORD = 4;
/** What `code_block_place_t` has. */
const PLACE_WORDS = 5;
const MAX_RESOLUTIONS = 6;
/** A level smaller than this is of no use to anybody. */
const SMALLEST_LEVEL = 64;

/** What the module reads, writes and says while it works. */
interface Exchange {
  readonly codestream: Codestream;
  readonly written: WrittenPart[];
  readonly messages: string[];
}

interface WrittenPart {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

type Exports = WebAssembly.Instance['exports'];

const NO_CODESTREAM: Codestream = { byteLength: 0, read: () => new Uint8Array() };

/** @throws WebAssembly errors, when the module is not what it should be */
export function createOpenJpeg(module: WebAssembly.Module): OpenJpeg {
  let exchange = startExchange(NO_CODESTREAM);
  const exports = instantiate(module, () => exchange);
  call(exports, '_initialize');
  return {
    decode(codestream, request, format) {
      exchange = startExchange(codestream);
      const { byteLength } = codestream;
      const words = writeWords(exports, decodeWords(request, format));
      const outcome = call(exports, 'decode', byteLength, words, Math.min(STREAM_BUFFER, byteLength));
      call(exports, 'discard', words);
      check(outcome, exchange);
      const { width, height } = request.window;
      return memoryAt(exports, call(exports, 'pixels'), width * height * format.components.length * (format.bits / 8));
    },
    encode(job) {
      exchange = startExchange(NO_CODESTREAM);
      const words = writeWords(exports, encodeWords(job));
      const pixels = allocate(exports, job.pixels.byteLength);
      memoryAt(exports, pixels, job.pixels.byteLength).set(job.pixels);
      const outcome = call(exports, 'encode', words, pixels);
      call(exports, 'discard', words);
      call(exports, 'discard', pixels);
      check(outcome, exchange);
      return joined(exchange.written);
    },
    memoryBytes: () => memoryOf(exports).buffer.byteLength,
  };
}

function startExchange(codestream: Codestream): Exchange {
  return { codestream, written: [], messages: [] };
}

function instantiate(module: WebAssembly.Module, exchange: () => Exchange): Exports {
  const { exports } = new WebAssembly.Instance(module, {
    host: {
      host_read(offset = 0, target = 0, length = 0) {
        const bytes = exchange().codestream.read(offset, length);
        memoryAt(exports, target, bytes.length).set(bytes);
        return bytes.length;
      },
      host_write(offset = 0, source = 0, length = 0) {
        exchange().written.push({ offset, bytes: memoryAt(exports, source, length).slice() });
      },
      host_recall(place = 0, target = 0, count = 0) {
        const { codeBlocks } = exchange().codestream;
        const isKnown = codeBlocks?.recall(wordsAt(exports, place, PLACE_WORDS), wordsAt(exports, target, count));
        return Number(isKnown ?? false);
      },
      host_keep(place = 0, samples = 0, count = 0) {
        const { codeBlocks } = exchange().codestream;
        codeBlocks?.keep(wordsAt(exports, place, PLACE_WORDS), wordsAt(exports, samples, count));
      },
      host_log(message = 0) {
        const { messages } = exchange();
        if (messages.length < 8) messages.push(textAt(exports, message));
      },
    },
    env: { emscripten_notify_memory_growth() {} },
    wasi_snapshot_preview1: { fd_write: () => 0, environ_sizes_get: () => 0, environ_get: () => 0 },
  });
  return exports;
}

function call(exports: Exports, name: string, ...args: number[]): number {
  const exported = exports[name];
  if (typeof exported !== 'function') throw new TypeError(`OpenJPEG has no function ${name}`);
  return Number(exported(...args));
}

/** A view, which is of no use any more once the memory has grown. */
function memoryAt(exports: Exports, start: number, length: number): Uint8Array {
  return new Uint8Array(memoryOf(exports).buffer, start, length);
}

function wordsAt(exports: Exports, start: number, count: number): Int32Array {
  return new Int32Array(memoryOf(exports).buffer, start, count);
}

function textAt(exports: Exports, start: number): string {
  const bytes = memoryAt(exports, start, Math.min(200, memoryOf(exports).buffer.byteLength - start));
  const end = bytes.indexOf(0);
  return Buffer.from(bytes.subarray(0, end < 0 ? undefined : end))
    .toString('latin1')
    .trim();
}

function allocate(exports: Exports, length: number): number {
  const start = call(exports, 'allocate', length);
  if (start === 0) throw new Error('out of memory');
  return start;
}

function writeWords(exports: Exports, words: readonly number[]): number {
  const start = allocate(exports, words.length * WORD);
  new Uint32Array(memoryOf(exports).buffer, start, words.length).set(words.map((word) => word >>> 0));
  return start;
}

/** A warning counts as an error: what OpenJPEG warns of is data that it makes up for. */
function check(outcome: number, { messages }: Exchange): void {
  const reason = OUTCOMES[outcome] ?? `outcome ${outcome}`;
  if (outcome !== 0 || messages.length > 0) throw new Error([reason, ...messages].join(': '));
}

function memoryOf(exports: Exports): WebAssembly.Memory {
  if (exports.memory instanceof WebAssembly.Memory) return exports.memory;
  throw new TypeError('OpenJPEG exports no memory');
}

/** In the order of `request_t` in decode.c. */
function decodeWords({ reduction, layers, area, window, step }: AreaRequest, format: SampleFormat): number[] {
  const edges = [area.x, area.y, area.x + area.width, area.y + area.height];
  const samples = [window.x, window.y, window.width, window.height, step.x, step.y];
  const bands = [format.bits, Number(format.isWidened), format.components.length, ...format.components];
  return [reduction, layers, ...edges, ...samples, ...bands];
}

/** In the order of `picture_t` in encode.c. */
function encodeWords({ size, bands, bits, hasAlpha, decibels }: EncodeJob): number[] {
  const halvings = Math.floor(Math.log2(Math.max(1, Math.min(size.width, size.height) / SMALLEST_LEVEL)));
  const quality = decibels === undefined ? 0 : Math.round(decibels * 100);
  return [size.width, size.height, bands, bits, Number(hasAlpha), Math.min(MAX_RESOLUTIONS, 1 + halvings), quality];
}

/** Lengths of boxes are written last, over what stood there. */
function joined(parts: readonly WrittenPart[]): Uint8Array {
  const length = parts.reduce((end, { offset, bytes }) => Math.max(end, offset + bytes.length), 0);
  const file = new Uint8Array(length);
  for (const { offset, bytes } of parts) file.set(bytes, offset);
  return file;
}
