/** Writes the bits of packet headers: after a byte of ones comes a bit that means nothing. */
export interface BitWriter {
  put(bit: number): void;
  /** An unsigned number, its highest bit first. */
  bits(value: number, count: number): void;
  /** Fills the last byte up. @returns everything written */
  finish(): Buffer;
}

const FIRST_LENGTH = 1024;

export function createBitWriter(): BitWriter {
  let bytes = Buffer.alloc(FIRST_LENGTH);
  let length = 0;
  let left = 8;
  let byte = 0;

  function flush(): void {
    if (length === bytes.length) bytes = Buffer.concat([bytes, Buffer.alloc(bytes.length)]);
    bytes[length++] = byte;
    left = byte === 0xff ? 7 : 8;
    byte = 0;
  }

  function put(bit: number): void {
    left--;
    byte |= bit << left;
    if (left === 0) flush();
  }

  return {
    put,
    bits(value, count) {
      for (let index = count - 1; index >= 0; index--) put((value >>> index) & 1);
    },
    finish() {
      if (left < 8) flush(); // also the bit that has to follow a byte of ones
      if (bytes[length - 1] === 0xff && length > 0) flush();
      return bytes.subarray(0, length);
    },
  };
}
