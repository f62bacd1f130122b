const CLEAR = 256;
const END = 257;
const TABLE_LENGTH = 4096;

/** Appends codes as bits, the highest first. */
class BitWriter {
  readonly bytes: number[] = [];
  #held = 0;
  #count = 0;

  write(code: number, width: number): void {
    this.#held = (this.#held << width) | code;
    this.#count += width;
    while (this.#count >= 8) {
      this.#count -= 8;
      this.bytes.push((this.#held >> this.#count) & 255);
      this.#held &= (1 << this.#count) - 1;
    }
  }

  finish(): Uint8Array {
    if (this.#count > 0) this.bytes.push((this.#held << (8 - this.#count)) & 255);
    return Uint8Array.from(this.bytes);
  }
}

/**
 * Compresses as the pseudo-code of the specification does it, with strings in a table.
 *
 * @see TIFF 6.0 §13
 */
export function encodeLzw(data: Uint8Array): Uint8Array {
  const writer = new BitWriter();
  let table = new Map<string, number>();
  const widthNow = () => 32 - Math.clz32(Math.max(table.size + 258, 256)); // a code counts once the next is made
  const codeOf = (string: string) => (string.length === 1 ? string.charCodeAt(0) : Number(table.get(string)));
  writer.write(CLEAR, 9);
  let omega = '';
  for (const byte of data) {
    const longer = omega + String.fromCharCode(byte);
    if (longer.length === 1 || table.has(longer)) {
      omega = longer;
      continue;
    }
    writer.write(codeOf(omega), widthNow());
    table.set(longer, table.size + 258);
    omega = String.fromCharCode(byte);
    if (table.size + 258 < TABLE_LENGTH - 1) continue;
    writer.write(CLEAR, 12);
    table = new Map();
  }
  if (omega !== '') {
    writer.write(codeOf(omega), widthNow());
    table.set('', 0);
  }
  writer.write(END, widthNow());
  return writer.finish();
}
