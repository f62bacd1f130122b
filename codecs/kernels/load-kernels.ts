import { readFileSync } from 'node:fs';

/** The functions that the module exports, beside those for its memory. */
const FUNCTIONS = [
  'inflate',
  'zstd_begin',
  'zstd_until',
  'lzw_begin',
  'lzw_until',
  'decode_webp',
  'undo_differencing',
  'undo_real_differencing',
  'cielab_bytes',
  'cielab_shorts',
  'cielab_floats',
  'blend_bytes',
  'blend_reals',
  'gather_bytes',
  'gather_reals',
  'widen_bytes',
  'widen_words',
  'narrow_bytes',
  'narrow_words',
  'filter_rows',
  'swap_words',
  'deflate',
  'look_up_bytes',
  'look_up_words',
  'look_up_byte_colours',
  'look_up_word_colours',
  'level_reals',
  'map_reals',
  'convolve_bytes',
  'convolve_words',
  'convolve_reals',
  'lift_colours',
] as const;

/** A function of the module, by its name in C. */
export type KernelFunction = (typeof FUNCTIONS)[number];

/** One instance of the module, with memory of its own. */
export interface Kernel {
  /** Room for so many bytes until the work is done, at the address given back. @throws RangeError when there is none */
  allocate(byteLength: number): number;
  /** Copies bytes into the instance's memory. @returns their address there */
  put(bytes: Uint8Array): number;
  /** Fills the output with what lies at an address. */
  get(address: number, output: ArrayBufferView): void;
  /** Calls a function with addresses and numbers. */
  call(name: KernelFunction, ...args: readonly number[]): number;
}

/** Work on pixels in WebAssembly. */
export interface Kernels {
  /** Does some work at once, in an instance that has nothing in its memory. After an error the instance is let go. */
  run<Result>(work: (kernel: Kernel) => Result): Result;
  /** The same for work that takes turns with other work; the instance is its own until it is done. */
  runInTurns<Result>(work: (kernel: Kernel) => Promise<Result>): Promise<Result>;
}

/** Memory of an instance never shrinks: one that has grown further than most tiles need is let go. */
const LARGEST_KEPT = 32 * 2 ** 20;

/** Compiles the module, which lies next to this file; once per process. */
export function loadKernels(): Kernels {
  const module = new WebAssembly.Module(readFileSync(new URL('kernels.wasm', import.meta.url)));
  const idle: Instance[] = []; // one, but for work in turns

  function take(): Instance {
    const instance = idle.pop() ?? createInstance(module);
    instance.reset();
    return instance;
  }

  function give(instance: Instance): void {
    if (instance.byteLength() <= LARGEST_KEPT) idle.push(instance);
  }

  return {
    run(work) {
      const instance = take();
      const result = work(instance);
      give(instance);
      return result;
    },
    async runInTurns(work) {
      const instance = take();
      const result = await work(instance);
      give(instance);
      return result;
    },
  };
}

interface Instance extends Kernel {
  /** Forgets all that was allocated. */
  reset(): void;
  byteLength(): number;
}

function createInstance(module: WebAssembly.Module): Instance {
  const { exports } = new WebAssembly.Instance(module);
  const memory = memoryOf(exports);
  const allocateBytes = functionOf(exports, 'allocate');
  const functions = new Map(FUNCTIONS.map((name) => [name, functionOf(exports, name)]));
  let bytes = new Uint8Array(memory.buffer);

  /** Memory that has grown has another buffer. */
  function bytesNow(): Uint8Array {
    if (bytes.buffer !== memory.buffer) bytes = new Uint8Array(memory.buffer);
    return bytes;
  }

  function allocate(byteLength: number): number {
    const address = allocateBytes(byteLength) >>> 0;
    if (address === 0) throw new RangeError(`no memory for ${byteLength} bytes`);
    return address;
  }

  return {
    allocate,
    put(input) {
      const address = allocate(input.byteLength);
      bytesNow().set(input, address);
      return address;
    },
    get: (address, { buffer, byteOffset, byteLength }) => {
      new Uint8Array(buffer, byteOffset, byteLength).set(bytesNow().subarray(address, address + byteLength));
    },
    call: (name, ...args) => functions.get(name)?.(...args) ?? Number.NaN,
    reset: functionOf(exports, 'reset'),
    byteLength: () => memory.buffer.byteLength,
  };
}

function memoryOf({ memory }: WebAssembly.Instance['exports']): WebAssembly.Memory {
  if (!(memory instanceof WebAssembly.Memory)) throw new TypeError('kernels.wasm exports no memory');
  return memory;
}

function functionOf(exports: WebAssembly.Instance['exports'], name: string): (...args: readonly number[]) => number {
  const found = exports[name];
  if (typeof found !== 'function') throw new TypeError(`kernels.wasm exports no function ${name}`);
  return (...args) => Number(found(...args) ?? 0);
}
