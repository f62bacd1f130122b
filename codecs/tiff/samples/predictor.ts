/** Stored samples of whole rows. */
interface Rows {
  /** In this machine's order, and aligned. */
  readonly stored: Uint8Array;
  /** In bytes. */
  readonly rowLength: number;
  readonly bands: number;
  readonly bits: number;
}

/**
 * Undoes horizontal differencing of samples of 8, 16, 32 or 64 bits in place.
 *
 * @see TIFF 6.0 §14
 */
export function undoDifferencing({ stored, rowLength, bands, bits }: Rows): void {
  const { buffer, byteOffset, byteLength } = stored;
  if (bits === 8) sumByteRows(stored, rowLength, bands);
  else if (bits === 16) sumRows(new Uint16Array(buffer, byteOffset, byteLength / 2), rowLength / 2, bands);
  else if (bits === 32) sumRows(new Uint32Array(buffer, byteOffset, byteLength / 4), rowLength / 4, bands);
  else sumLongRows(new BigUint64Array(buffer, byteOffset, byteLength / 8), rowLength / 8, bands);
}

/** The compiler makes the best of functions that only ever see bytes. */
function sumByteRows(samples: Uint8Array, rowLength: number, bands: number): void {
  for (let start = 0; start < samples.length; start += rowLength) {
    const end = start + rowLength;
    if (bands === 1) sumGreyBytes(samples, start, end);
    else if (bands === 3) sumRgbBytes(samples, start, end);
    else sumBytes(samples, start + bands, { end, bands });
  }
}

function sumGreyBytes(samples: Uint8Array, start: number, end: number): void {
  let grey = 0;
  for (let index = start; index < end; index++) {
    grey = (grey + Number(samples[index])) & 255;
    samples[index] = grey;
  }
}

function sumRgbBytes(samples: Uint8Array, start: number, end: number): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let index = start; index < end; index += 3) {
    red = (red + Number(samples[index])) & 255;
    green = (green + Number(samples[index + 1])) & 255;
    blue = (blue + Number(samples[index + 2])) & 255;
    samples[index] = red;
    samples[index + 1] = green;
    samples[index + 2] = blue;
  }
}

function sumBytes(samples: Uint8Array, start: number, { end, bands }: { end: number; bands: number }): void {
  for (let at = start; at < end; at++) samples[at] = Number(samples[at]) + Number(samples[at - bands]);
}

/** Sums are cut to the length of the type when they are stored. */
function sumRows(samples: Uint16Array | Uint32Array, rowLength: number, bands: number): void {
  for (let start = 0; start < samples.length; start += rowLength) {
    const end = start + rowLength;
    for (let at = start + bands; at < end; at++) samples[at] = Number(samples[at]) + Number(samples[at - bands]);
  }
}

function sumLongRows(samples: BigUint64Array, rowLength: number, bands: number): void {
  for (let start = 0; start < samples.length; start += rowLength) {
    for (let index = start + bands; index < start + rowLength; index++) {
      samples[index] = (samples[index] ?? 0n) + (samples[index - bands] ?? 0n);
    }
  }
}

/**
 * Undoes the predictor of real numbers in place: the bytes of a row were sorted, the highest of each number first, and then
 * differenced. What comes out is in this machine's order.
 *
 * @see Adobe TIFF technical note 3
 */
export function undoRealDifferencing({ stored, rowLength, bands, bits }: Rows, isLittleEndian: boolean): void {
  const length = bits / 8;
  const sorted = new Uint8Array(rowLength);
  const count = rowLength / length;
  for (let start = 0; start < stored.length; start += rowLength) {
    const row = stored.subarray(start, start + rowLength);
    sumByteRows(row, rowLength, bands);
    sorted.set(row);
    if (length === 4 && isLittleEndian) {
      joinFours(sorted, new Uint32Array(row.buffer, row.byteOffset, count));
      continue;
    }
    for (let byte = 0; byte < length; byte++) {
      const plane = sorted.subarray(byte * count, (byte + 1) * count);
      spread(plane, row, { first: isLittleEndian ? length - 1 - byte : byte, step: length });
    }
  }
}

/** Each number from four bytes, the highest first. */
function joinFours(sorted: Uint8Array, numbers: Uint32Array): void {
  const count = numbers.length;
  for (let index = 0; index < count; index++) {
    numbers[index] =
      (Number(sorted[index]) << 24) |
      (Number(sorted[count + index]) << 16) |
      (Number(sorted[2 * count + index]) << 8) |
      Number(sorted[3 * count + index]);
  }
}

function spread(plane: Uint8Array, row: Uint8Array, { first, step }: { first: number; step: number }): void {
  for (let index = 0, at = first; index < plane.length; index++, at += step) row[at] = Number(plane[index]);
}
