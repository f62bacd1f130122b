import { CorruptSource } from '../../image/errors.ts';

const NO_OPERATION = 128;

interface Decoding {
  readonly input: Uint8Array;
  readonly output: Uint8Array;
  /** Bytes read. */
  read: number;
  /** Bytes written. */
  written: number;
}

/**
 * Decompresses PackBits until `output` is full, in parts of about `partLength` bytes, between which other work can be done.
 *
 * @throws CorruptSource when the data ends early or a run reaches over the end
 * @see TIFF 6.0 §9
 */
export function* decodePackBits(input: Uint8Array, output: Uint8Array, partLength: number): Generator<void> {
  const decoding = { input, output, read: 0, written: 0 };
  while (decoding.written < output.length) {
    decodeUntil(decoding, Math.min(decoding.written + partLength, output.length));
    if (decoding.written < output.length) yield;
  }
}

function decodeUntil(decoding: Decoding, limit: number): void {
  while (decoding.written < limit) {
    const control = decoding.input[decoding.read++];
    if (control === undefined) throw new CorruptSource('PackBits data ends early');
    if (control > NO_OPERATION) repeatByte(decoding, 257 - control);
    else if (control < NO_OPERATION) copyBytes(decoding, control + 1);
  }
}

function repeatByte(decoding: Decoding, length: number): void {
  const { input, output, read, written } = decoding;
  const byte = input[read];
  if (byte === undefined || written + length > output.length) throw new CorruptSource('PackBits run is too long');
  output.fill(byte, written, written + length);
  decoding.read += 1;
  decoding.written += length;
}

function copyBytes(decoding: Decoding, length: number): void {
  const { input, output, read, written } = decoding;
  if (read + length > input.length || written + length > output.length) {
    throw new CorruptSource('PackBits run is too long');
  }
  output.set(input.subarray(read, read + length), written);
  decoding.read += length;
  decoding.written += length;
}
