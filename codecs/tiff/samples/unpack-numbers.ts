/** Makes 32-bit real numbers of stored ones, whose bytes are in this machine's order and aligned. */
export type ToReal = (stored: Uint8Array, output: Float32Array) => void;

/** @param bits - 8, 16 or 32 */
export function signedToReal(bits: number): ToReal {
  return ({ buffer, byteOffset }, output) => {
    const { length } = output;
    if (bits === 8) output.set(new Int8Array(buffer, byteOffset, length));
    else if (bits === 16) output.set(new Int16Array(buffer, byteOffset, length));
    else output.set(new Int32Array(buffer, byteOffset, length));
  };
}

/** 64-bit real numbers, with less precision. */
export function doubleToReal(stored: Uint8Array, output: Float32Array): void {
  output.set(new Float64Array(stored.buffer, stored.byteOffset, output.length));
}

/** 16-bit real numbers, by a table of all of them. */
export function halfToReal(): ToReal {
  const values = Float32Array.from({ length: 65_536 }, (_, code) => smallReal(code, HALF));
  return (stored, output) => {
    const codes = new Uint16Array(stored.buffer, stored.byteOffset, output.length);
    for (let index = 0; index < output.length; index++) output[index] = Number(values[Number(codes[index])]);
  };
}

/** 24-bit real numbers. @param isLittleEndian - of the stored bytes, which no machine has as numbers */
export function realOf24(isLittleEndian: boolean): ToReal {
  return (stored, output) => {
    const [low, high] = isLittleEndian ? [0, 2] : [2, 0];
    for (let index = 0, at = 0; index < output.length; index++, at += 3) {
      const code = Number(stored[at + low]) | (Number(stored[at + 1]) << 8) | (Number(stored[at + high]) << 16);
      output[index] = smallReal(code, REAL_24);
    }
  };
}

/** 24-bit integers, widened to 32. @param isLittleEndian - of the stored bytes */
export function integerOf24(isLittleEndian: boolean): (stored: Uint8Array, output: Uint32Array) => void {
  return (stored, output) => {
    const [low, high] = isLittleEndian ? [0, 2] : [2, 0];
    for (let index = 0, at = 0; index < output.length; index++, at += 3) {
      const code = Number(stored[at + low]) + Number(stored[at + 1]) * 256 + Number(stored[at + high]) * 65_536;
      output[index] = code * 256 + Math.floor(code / 65_536);
    }
  };
}

interface RealFormat {
  readonly exponentBits: number;
  readonly fractionBits: number;
}

const HALF: RealFormat = { exponentBits: 5, fractionBits: 10 };
const REAL_24: RealFormat = { exponentBits: 7, fractionBits: 16 };

/** @see IEEE 754 §3.4; Adobe TIFF technical note 3 for 24 bits */
function smallReal(code: number, { exponentBits, fractionBits }: RealFormat): number {
  const sign = code >>> (exponentBits + fractionBits) === 0 ? 1 : -1;
  const largest = 2 ** exponentBits - 1;
  const exponent = (code >>> fractionBits) & largest;
  const fraction = (code & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  const bias = (largest - 1) / 2;
  if (exponent === largest) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias);
  return sign * (1 + fraction) * 2 ** (exponent - bias);
}
