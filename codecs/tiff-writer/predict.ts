/** How the samples of a tile lie. */
interface RowLayout {
  readonly width: number;
  readonly bands: number;
  /** Of each sample. */
  readonly bytes: number;
}

/** Replaces 8- or 16-bit samples by their difference from the one to the left; in place. @see TIFF 6.0 section 14 */
export function predictHorizontally(pixels: Uint8Array, { width, bands, bytes }: RowLayout): Uint8Array {
  const samples = bytes === 1 ? pixels : new Uint16Array(pixels.buffer, pixels.byteOffset, pixels.length / 2);
  const rowLength = width * bands;
  for (let end = samples.length; end > 0; end -= rowLength) {
    for (let index = end - 1; index >= end - rowLength + bands; index--) {
      samples[index] = Number(samples[index]) - Number(samples[index - bands]);
    }
  }
  return pixels;
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
