/** Bytes of a value of each TIFF type. */
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

/** Bytes of the numbers that a value is made of: a rational is two. */
const UNITS = [0, 1, 1, 2, 4, 4, 1, 1, 2, 4, 4, 4, 8];

/**
 * A classic TIFF with its header and directories in the other byte order, what its strips or tiles hold being left as it is: as
 * a machine of that order writes real numbers with predictor 3. tiffcp cannot: it swaps the numbers, too, and then
 * reads them wrong.
 */
export function toBigEndian(file: Buffer): Buffer {
  const swapped = Buffer.from(file);
  swapped.write('MM', 'latin1');
  swapped.writeUInt16BE(42, 2);
  swapped.writeUInt32BE(file.readUInt32LE(4), 4);
  for (let at = file.readUInt32LE(4); at > 0; ) {
    const count = file.readUInt16LE(at);
    swap(swapped, at, 2);
    for (let entry = 0; entry < count; entry++) swapEntry(file, swapped, at + 2 + entry * 12);
    const next = at + 2 + count * 12;
    swap(swapped, next, 4);
    at = file.readUInt32LE(next);
  }
  return swapped;
}

function swapEntry(file: Buffer, swapped: Buffer, at: number): void {
  const type = file.readUInt16LE(at + 2);
  const count = file.readUInt32LE(at + 4);
  const length = count * (SIZES[type] ?? 0);
  const unit = UNITS[type] ?? 1;
  swap(swapped, at, 2);
  swap(swapped, at + 2, 2);
  swap(swapped, at + 4, 4);
  const values = length > 4 ? file.readUInt32LE(at + 8) : at + 8;
  if (length > 4) swap(swapped, at + 8, 4);
  for (let value = values; value < values + length; value += unit) swap(swapped, value, unit);
}

function swap(bytes: Buffer, at: number, length: number): void {
  bytes.subarray(at, at + length).reverse();
}
