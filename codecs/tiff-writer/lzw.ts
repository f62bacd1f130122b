/** Codes that mean no bytes, and the first that does. */
const CLEAR = 256;
const END = 257;
const FIRST = 258;

/** When this code comes next the table is begun anew: none needs more than 12 bits. */
const TABLE_END = 4094;

const SHORTEST_CODE = 9;
const CODE_BITS = 12;

/** Places of the table, four times as many as are ever taken, and the hash that spreads 20 bits over them. */
const PLACES = 2 ** 14;
const SPREAD = 0x9e3779b1;
const HASH_SHIFT = 32 - 14;

const EMPTY = -1;

/**
 * Encodes bytes as TIFF has LZW, most significant bit first.
 *
 * @see TIFF 6.0 section 13
 */
export function encodeLzw(bytes: Uint8Array): Uint8Array {
  const output = new CodeWriter(bytes.length);
  const keys = new Int32Array(PLACES).fill(EMPTY); // the code of what comes before and the byte that follows
  const codes = new Uint16Array(PLACES);
  let next = FIRST;
  let known = Number(bytes[0]);
  output.put(CLEAR);
  for (let at = 1; at < bytes.length; at++) {
    const key = (known << 8) | Number(bytes[at]);
    let place = Math.imul(key, SPREAD) >>> HASH_SHIFT;
    while (keys[place] !== key && keys[place] !== EMPTY) place = (place + 1) % PLACES;
    if (keys[place] === key) {
      known = Number(codes[place]);
      continue;
    }
    output.put(known);
    keys[place] = key;
    codes[place] = next++;
    known = Number(bytes[at]);
    output.widenFor(next);
    if (next < TABLE_END) continue;
    output.put(CLEAR);
    output.narrow();
    keys.fill(EMPTY);
    next = FIRST;
  }
  if (bytes.length > 0) output.put(known);
  output.widenFor(next + 1);
  output.put(END);
  return output.bytes();
}

/** Codes one behind the other without gaps. */
class CodeWriter {
  readonly #target: Uint8Array;
  #width = SHORTEST_CODE;
  #pending = 0; // the lowest `count` bits are still to be written
  #count = 0;
  #end = 0;

  /** @param length - of what is encoded: at worst every byte of it is a code */
  constructor(length: number) {
    this.#target = new Uint8Array(Math.ceil((length + length / (TABLE_END - FIRST) + 3) * (CODE_BITS / 8)));
  }

  /** Makes the codes to come as wide as the next one of the table needs to be. */
  widenFor(next: number): void {
    if (next >> this.#width > 0) this.#width++;
  }

  narrow(): void {
    this.#width = SHORTEST_CODE;
  }

  put(code: number): void {
    this.#pending = (this.#pending << this.#width) | code;
    this.#count += this.#width;
    while (this.#count >= 8) {
      this.#count -= 8;
      this.#target[this.#end++] = this.#pending >> this.#count;
    }
  }

  /** All that was put, filled up to a whole byte. */
  bytes(): Uint8Array {
    if (this.#count > 0) this.#target[this.#end++] = this.#pending << (8 - this.#count);
    return this.#target.slice(0, this.#end);
  }
}
