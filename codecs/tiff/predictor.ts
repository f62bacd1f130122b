/**
 * Undoes horizontal differencing of 8-bit samples in place.
 *
 * @param rowLength - in bytes
 * @see TIFF 6.0 §14
 */
export function undoDifferencing(samples: Uint8Array, rowLength: number, bands: 1 | 3): void {
  for (let start = 0; start < samples.length; start += rowLength) {
    if (bands === 1) sumGreyRow(samples, start, start + rowLength);
    else sumRgbRow(samples, start, start + rowLength);
  }
}

function sumGreyRow(samples: Uint8Array, start: number, end: number): void {
  let grey = 0;
  for (let index = start; index < end; index++) {
    grey = (grey + (samples[index] ?? 0)) & 255;
    samples[index] = grey;
  }
}

function sumRgbRow(samples: Uint8Array, start: number, end: number): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let index = start; index < end; index += 3) {
    red = (red + (samples[index] ?? 0)) & 255;
    green = (green + (samples[index + 1] ?? 0)) & 255;
    blue = (blue + (samples[index + 2] ?? 0)) & 255;
    samples[index] = red;
    samples[index + 1] = green;
    samples[index + 2] = blue;
  }
}

/** Turns 8-bit samples whose lowest value is white, in place. */
export function invert(samples: Uint8Array): void {
  for (let index = 0; index < samples.length; index++) samples[index] = 255 - (samples[index] ?? 0);
}
