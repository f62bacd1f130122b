import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';

const CLEAR = 256;
const END = 257;
const TABLE_LENGTH = 4096;
const MAX_WIDTH = 12;

interface Decoding {
  readonly input: Uint8Array;
  readonly output: Uint8Array;
  /**
   * Where in the output the string written with each entry's making begins. An entry stands for the string before that
   * one and the byte after it: from the place of the entry before to its own place, that included. So strings are never
   * kept, only copied within the output. The last slot, which no code can name, takes what does not fit any more.
   */
  readonly places: Int32Array;
  /** Bits read. */
  position: number;
  /** Bytes written. */
  written: number;
  /** The next entry. After a clear code it is one that cannot be named, so that the first code needs no case of its own. */
  free: number;
}

/**
 * Decompresses TIFF's LZW until `output` is full, in parts of about `partLength` bytes, between which other work can be
 * done.
 *
 * @throws CorruptSource when the data ends early or holds an impossible code, UnsupportedSource for the form before TIFF 6
 * @see TIFF 6.0 §13
 */
export function* decodeLzw(input: Uint8Array, output: Uint8Array, partLength: number): Generator<void> {
  if (input[0] === 0 && ((input[1] ?? 0) & 1) === 1) throw new UnsupportedSource('old-style LZW, lowest bit first');
  const places = new Int32Array(TABLE_LENGTH + 1);
  const decoding = { input, output, places, position: 0, written: 0, free: END };
  while (decoding.written < output.length) {
    decodeUntil(decoding, Math.min(decoding.written + partLength, output.length));
    if (decoding.position > input.length * 8) throw new CorruptSource('LZW data ends early');
    if (decoding.written < output.length) yield;
  }
}

/** Decodes until `limit` bytes are written or a few more; past the input's end it reads zeros. */
function decodeUntil(decoding: Decoding, limit: number): void {
  const { input, output, places } = decoding;
  let { position, written, free } = decoding;
  while (written < limit) {
    const width = Math.min(MAX_WIDTH, 32 - Math.clz32(free + 1)); // wider one code early, as TIFF does
    const code = codeAt(input, position, width);
    position += width;
    if (code === CLEAR) {
      free = END;
      continue;
    }
    places[free] = written;
    if (code < CLEAR) output[written++] = code;
    else if (code > free || code === END) throw new CorruptSource(`LZW code ${code} of ${free}`);
    else written = copyString(output, places, code, written);
    free = Math.min(free + 1, TABLE_LENGTH);
  }
  decoding.position = position;
  decoding.written = written;
  decoding.free = free;
}

function codeAt(input: Uint8Array, position: number, width: number): number {
  const at = position >>> 3;
  const bits = ((input[at] ?? 0) << 16) | ((input[at + 1] ?? 0) << 8) | (input[at + 2] ?? 0);
  return (bits >>> (24 - width - (position & 7))) & ((1 << width) - 1);
}

/**
 * Appends the string of a code. Most are short: four bytes are copied unasked, and what they are too many is written over
 * next. Byte by byte, because the newest string ends with the first byte written here.
 */
function copyString(output: Uint8Array, places: Int32Array, code: number, written: number): number {
  const from = places[code - 1] ?? 0;
  const length = (places[code] ?? 0) - from + 1;
  if (written + length > output.length) throw new CorruptSource('LZW data is longer than its tile');
  output[written] = output[from] ?? 0;
  output[written + 1] = output[from + 1] ?? 0;
  output[written + 2] = output[from + 2] ?? 0;
  output[written + 3] = output[from + 3] ?? 0;
  for (let index = 4; index < length; index++) output[written + index] = output[from + index] ?? 0;
  return written + length;
}
