import type { YcbcrCoding } from './stored-samples.ts';
import type { Recolour } from './to-pixels.ts';

/**
 * Makes RGB of YCbCr bytes, by the coefficients and the reference codes of the file.
 *
 * @see TIFF 6.0 §20–21
 */
export function createYcbcrToRgb({ luma, reference }: YcbcrCoding, bands: number): Recolour {
  const [lumaRed, lumaGreen, lumaBlue] = luma;
  const lightness = decoding(reference.slice(0, 2), 255);
  const blueness = decoding(reference.slice(2, 4), 127);
  const redness = decoding(reference.slice(4, 6), 127);
  return (pixels) => {
    for (let start = 0; start < pixels.length; start += bands) {
      const y = Number(lightness[Number(pixels[start])]);
      const red = y + Number(redness[Number(pixels[start + 2])]) * (2 - 2 * lumaRed);
      const blue = y + Number(blueness[Number(pixels[start + 1])]) * (2 - 2 * lumaBlue);
      const green = (y - lumaBlue * blue - lumaRed * red) / lumaGreen;
      pixels[start] = toByte(red);
      pixels[start + 1] = toByte(green);
      pixels[start + 2] = toByte(blue);
    }
  };
}

/** What each code stands for: `range` at the white reference, 0 at the black one. */
function decoding(reference: readonly number[], range: number): Float64Array {
  const [black = 0, white = 255] = reference;
  const span = white === black ? 1 : white - black;
  return Float64Array.from({ length: 256 }, (_, code) => ((code - black) * range) / span);
}

function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : (value + 0.5) | 0;
}
