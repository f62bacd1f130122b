/** Reads the bits of packet headers: after a byte of ones comes a bit that means nothing. */
export interface BitReader {
  bit(): number;
  /** An unsigned number, its highest bit first. */
  bits(count: number): number;
  /** Passes over what is left of the last byte. @returns the offset of the next */
  align(): number;
  /** Whether more was read than there is. */
  isBeyond(): boolean;
}

export function createBitReader(bytes: Uint8Array, start: number): BitReader {
  let at = start;
  let left = 0;
  let byte = 0;

  function bit(): number {
    if (left === 0) {
      left = byte === 0xff ? 7 : 8;
      byte = bytes[at++] ?? 0;
    }
    left--;
    return (byte >> left) & 1;
  }

  return {
    bit,
    bits(count) {
      let value = 0;
      for (let index = 0; index < count; index++) value = value * 2 + bit();
      return value;
    },
    align() {
      if (byte === 0xff) at++;
      left = 0;
      byte = 0;
      return at;
    },
    isBeyond: () => at > bytes.length,
  };
}
