/** A number of an entry, or a longer value that follows the directory. */
type Value = number | Uint8Array;

const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;
const HEADER = 8;
const ENTRY = 12;
const STRIP_OFFSETS = 273;
const STRIP_BYTE_COUNTS = 279;
const ICC_PROFILE = 34675;

/**
 * Wraps one strip in a TIFF of its own, for decoders that read only whole files.
 *
 * @param tags - everything but where the strip lies
 */
export function wrapStrip(strip: Uint8Array, tags: ReadonlyMap<number, Value>): Uint8Array {
  return Buffer.concat([stripHeader(strip.byteLength, tags), strip]);
}

/**
 * What such a TIFF has before its strip.
 *
 * @param stripLength - in bytes
 */
export function stripHeader(stripLength: number, tags: ReadonlyMap<number, Value>): Uint8Array {
  const count = tags.size + 2;
  const valuesAt = HEADER + 2 + count * ENTRY + 4;
  const stripAt = valuesAt + [...tags.values()].reduce<number>((sum, value) => sum + lengthOf(value), 0);
  const file = Buffer.alloc(stripAt);
  const all = new Map<number, Value>([...tags, [STRIP_OFFSETS, stripAt], [STRIP_BYTE_COUNTS, stripLength]]);
  file.write('II*\0', 'latin1');
  file.writeUInt32LE(HEADER, 4);
  file.writeUInt16LE(count, HEADER);
  let at = valuesAt;
  for (const [index, [tag, value]] of [...all].sort(([a], [b]) => a - b).entries()) {
    writeEntry(file.subarray(HEADER + 2 + index * ENTRY), { tag, value, at });
    if (typeof value !== 'number') file.set(value, at);
    at += lengthOf(value);
  }
  return file;
}

function lengthOf(value: Value): number {
  return typeof value === 'number' ? 0 : value.byteLength;
}

function writeEntry(entry: Buffer, { tag, value, at }: { tag: number; value: Value; at: number }): void {
  const isNumber = typeof value === 'number';
  const isBytes = tag === ICC_PROFILE;
  entry.writeUInt16LE(tag, 0);
  entry.writeUInt16LE(isNumber ? LONG : isBytes ? UNDEFINED : SHORT, 2);
  entry.writeUInt32LE(isNumber ? 1 : isBytes ? value.byteLength : value.byteLength / 2, 4);
  entry.writeUInt32LE(isNumber ? value : at, 8);
}
