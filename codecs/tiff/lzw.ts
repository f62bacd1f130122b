import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';

const CLEAR = 256;
const END = 257;
const TABLE_LENGTH = 4096;
const MAX_WIDTH = 12;

/**
 * What is read and written. A string of the table is always a stretch of what was written already, the previous string
 * and the byte after it, so the table holds places and lengths only; its last slot, which no code can name, takes what
 * does not fit any more.
 */
interface Decoding {
  readonly input: Uint8Array;
  readonly output: Uint8Array;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  /** Bits read. */
  position: number;
  /** Bytes written. */
  written: number;
}

/**
 * Decompresses TIFF's LZW until `output` is full.
 *
 * @throws CorruptSource when the data ends early or holds an impossible code, UnsupportedSource for the form before TIFF 6
 * @see TIFF 6.0 §13
 */
export function decodeLzw(input: Uint8Array, output: Uint8Array): void {
  if (input[0] === 0 && ((input[1] ?? 0) & 1) === 1) throw new UnsupportedSource('old-style LZW, lowest bit first');
  const starts = new Int32Array(TABLE_LENGTH + 1);
  const lengths = new Int32Array(TABLE_LENGTH + 1);
  const decoding = { input, output, starts, lengths, position: 0, written: 0 };
  while (decoding.written < output.length) {
    decodeRun(decoding);
    if (decoding.position > input.length * 8) throw new CorruptSource('LZW data ends early');
  }
}

/** Decodes until the next clear code or until the output is full; past the input's end it reads zeros. */
function decodeRun(decoding: Decoding): void {
  const { input, output, starts, lengths } = decoding;
  let { position, written } = decoding;
  let previous = written;
  let free = END; // the first code makes an entry where none can be named, so that it needs no case of its own
  while (written < output.length) {
    const width = Math.min(MAX_WIDTH, 32 - Math.clz32(free + 1)); // wider one code early, as TIFF does
    const code = codeAt(input, position, width);
    position += width;
    if (code === CLEAR) break;
    starts[free] = previous;
    lengths[free] = written - previous + 1;
    previous = written;
    if (code < CLEAR) output[written++] = code;
    else written = copyString(decoding, { code, free, written });
    free = Math.min(free + 1, TABLE_LENGTH);
  }
  decoding.position = position;
  decoding.written = written;
}

function codeAt(input: Uint8Array, position: number, width: number): number {
  const at = position >>> 3;
  const bits = ((input[at] ?? 0) << 16) | ((input[at + 1] ?? 0) << 8) | (input[at + 2] ?? 0);
  return (bits >>> (24 - width - (position & 7))) & ((1 << width) - 1);
}

/** Appends a string of the table. The newest is still one byte short: that byte is the first one written here. */
function copyString(
  { output, starts, lengths }: Decoding,
  { code, free, written }: { code: number; free: number; written: number },
): number {
  const end = written + (lengths[code] ?? 0);
  if (code === END || code > free || end > output.length) throw new CorruptSource(`LZW code ${code} of ${free}`);
  let from = starts[code] ?? 0;
  let to = written;
  while (to < end) output[to++] = output[from++] ?? 0;
  return end;
}
