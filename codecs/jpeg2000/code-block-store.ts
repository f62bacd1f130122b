/** Which image, tile and quality layers code-blocks belong to; numbers, as threads compare them. */
export interface CodeBlockOrigin {
  readonly image: number;
  readonly tile: number;
  readonly layers: number;
}

/** Component, resolution, band, and where in the band it begins. */
export type CodeBlockPlace = Int32Array;

/** Decoded code-blocks of one origin. */
export interface CodeBlocks {
  /** @returns whether the samples are known, and were put at the target; it is zeros before and, if not, afterwards */
  recall(place: CodeBlockPlace, target: Int32Array): boolean;
  keep(place: CodeBlockPlace, samples: Int32Array): void;
}

/** Where threads find the code-blocks that others have decoded. */
export type CodeBlockStore = (origin: CodeBlockOrigin) => CodeBlocks;

/** Samples of the largest code-block there is. */
const MOST_SAMPLES = 4096;
/** Words before the samples: version, time of last use, image, tile, layers, place and number of samples. */
const HEAD = 16;
const VERSION = 0;
const USED = 1;
const KEY = 2;
const SLOT = HEAD + MOST_SAMPLES;
/** Slots where a code-block may lie. */
const WAYS = 8;
const WAY_NUMBERS = Array.from({ length: WAYS }, (_, way) => way);
/** Words before the slots; the first counts uses. */
const START = 16;

/** Memory that threads share; what is not used of it the system never has to find. */
export function codeBlockMemory(byteLength: number): SharedArrayBuffer {
  const sets = Math.floor(byteLength / Int32Array.BYTES_PER_ELEMENT / SLOT / WAYS);
  return new SharedArrayBuffer((START + sets * WAYS * SLOT) * Int32Array.BYTES_PER_ELEMENT);
}

/**
 * Nobody ever waits: a slot that is being written, as its odd version tells, is not there for others, and what was read while
 * its version changed was not read. A thread that is ended while it writes takes its slot along.
 */
export function createCodeBlockStore(memory: SharedArrayBuffer): CodeBlockStore {
  const words = new Int32Array(memory);
  const sets = Math.floor((words.length - START) / SLOT / WAYS);

  function slotsOf(key: readonly number[]): number[] {
    const first = START + (hashOf(key) % sets) * WAYS * SLOT;
    return WAY_NUMBERS.map((way) => first + way * SLOT);
  }

  function read(slot: number, key: readonly number[], target: Int32Array): boolean {
    const version = Atomics.load(words, slot + VERSION);
    if (version % 2 !== 0 || !key.every((word, index) => words[slot + KEY + index] === word)) return false;
    target.set(words.subarray(slot + HEAD, slot + HEAD + target.length));
    const isSame = Atomics.add(words, slot + VERSION, 0) === version; // an operation that writes: no reading comes after it
    if (isSame) words[slot + USED] = Atomics.add(words, 0, 1);
    else target.fill(0);
    return isSame;
  }

  function write(slot: number, key: readonly number[], samples: Int32Array): void {
    const version = Atomics.load(words, slot + VERSION);
    if (version % 2 !== 0) return;
    if (Atomics.compareExchange(words, slot + VERSION, version, version + 1) !== version) return;
    words.set(key, slot + KEY);
    words.set(samples, slot + HEAD);
    words[slot + USED] = Atomics.add(words, 0, 1);
    Atomics.store(words, slot + VERSION, (version + 2) | 0);
  }

  function ageOf(slot: number): number {
    const isWritten = (words[slot + VERSION] ?? 0) % 2 !== 0;
    return isWritten ? -1 : ((words[0] ?? 0) - (words[slot + USED] ?? 0)) >>> 0;
  }

  return ({ image, tile, layers }) => ({
    recall(place, target) {
      if (!isKept(target)) return false;
      const key = [image, tile, layers, ...place, target.length];
      return slotsOf(key).some((slot) => read(slot, key, target));
    },
    keep(place, samples) {
      if (!isKept(samples)) return;
      const key = [image, tile, layers, ...place, samples.length];
      const oldest = slotsOf(key).reduce((found, slot) => (ageOf(slot) > ageOf(found) ? slot : found));
      write(oldest, key, samples);
    },
  });
}

function isKept({ length }: Int32Array): boolean {
  return length > 0 && length <= MOST_SAMPLES;
}

function hashOf(key: readonly number[]): number {
  let hash = 0;
  for (const word of key) {
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
