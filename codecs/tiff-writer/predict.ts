/** How the samples of a tile lie. */
interface RowLayout {
  readonly width: number;
  readonly bands: number;
  /** Of each sample. */
  readonly bytes: number;
}

/** Replaces whole numbers of 8, 16 or 32 bits by their difference from the one to the left; in place. @see TIFF 6.0 section 14 */
export function predictHorizontally(pixels: Uint8Array, { width, bands, bytes }: RowLayout): Uint8Array {
  const samples = wholeNumbers(pixels, bytes);
  const rowLength = width * bands;
  for (let end = samples.length; end > 0; end -= rowLength) {
    for (let index = end - 1; index >= end - rowLength + bands; index--) {
      samples[index] = Number(samples[index]) - Number(samples[index - bands]);
    }
  }
  return pixels;
}

function wholeNumbers(pixels: Uint8Array, bytes: number): Uint8Array | Uint16Array | Uint32Array {
  const { buffer, byteOffset, length } = pixels;
  if (bytes === 1) return pixels;
  return bytes === 2
    ? new Uint16Array(buffer, byteOffset, length / 2)
    : new Uint32Array(buffer, byteOffset, length / 4);
}

/**
 * Sorts the bytes of each row by their significance, the highest first, then takes differences.
 *
 * @see Adobe Photoshop TIFF Technical Note 3, the floating point predictor
 */
export function predictReals(pixels: Uint8Array, { width, bands, bytes }: RowLayout): Uint8Array {
  const count = width * bands;
  const predicted = new Uint8Array(pixels.length);
  for (let start = 0; start < pixels.length; start += count * bytes) {
    for (let index = 0; index < count * bytes; index++) {
      const significance = bytes - 1 - Math.floor(index / count);
      predicted[start + index] = pixels[start + (index % count) * bytes + significance] ?? 0;
    }
    for (let index = start + count * bytes - 1; index >= start + bands; index--) {
      predicted[index] = (predicted[index] ?? 0) - (predicted[index - bands] ?? 0);
    }
  }
  return predicted;
}
