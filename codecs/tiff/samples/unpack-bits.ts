/** Samples of a row, packed, and where their numbers go. */
interface Row {
  readonly packed: Uint8Array;
  readonly output: Uint8Array | Uint16Array;
}

/**
 * Widens whole rows of samples.
 *
 * @param count - samples in a row
 */
export type UnpackBits = (packed: Uint8Array, output: Row['output'], count: number) => void;

/**
 * Widens samples of 1 to 15 bits to bytes or, above 8 bits, to 16: their bits are repeated so that the largest value becomes
 * the largest. Rows are byte aligned, the highest bit comes first.
 */
export function createUnpackBits(bits: number): UnpackBits {
  const widened = Uint16Array.from({ length: 2 ** bits }, (_, value) => widen(value, bits));
  const unpackRow = 8 % bits === 0 ? unpackWithin : unpackAcross;
  return (packed, output, count) => {
    const rowLength = Math.ceil((count * bits) / 8);
    for (let from = 0, to = 0; to < output.length; from += rowLength, to += count) {
      const row = { packed: packed.subarray(from, from + rowLength), output: output.subarray(to, to + count) };
      unpackRow(row, widened, bits);
    }
  };
}

/** One sample of fewer than 16 bits widened to 8 or 16. */
export function widen(value: number, bits: number): number {
  const wide = bits <= 8 ? 8 : 16;
  let result = 0;
  for (let shift = wide - bits; shift > -bits; shift -= bits) {
    result |= shift >= 0 ? value << shift : value >> -shift;
  }
  return result;
}

/** 1, 2 and 4 bits: several samples to a byte, none across. */
function unpackWithin({ packed, output }: Row, widened: Uint16Array, bits: number): void {
  const mask = widened.length - 1;
  const { length } = output;
  for (let index = 0, at = 0; index < length; at++) {
    const byte = Number(packed[at]);
    for (let shift = 8 - bits; shift >= 0 && index < length; shift -= bits) {
      output[index++] = Number(widened[(byte >> shift) & mask]);
    }
  }
}

function unpackAcross({ packed, output }: Row, widened: Uint16Array, bits: number): void {
  const mask = widened.length - 1;
  let held = 0;
  let heldBits = 0;
  for (let index = 0, at = 0; index < output.length; index++) {
    while (heldBits < bits) {
      held = ((held << 8) | Number(packed[at++])) & 0xffffff;
      heldBits += 8;
    }
    heldBits -= bits;
    output[index] = Number(widened[(held >> heldBits) & mask]);
  }
}
