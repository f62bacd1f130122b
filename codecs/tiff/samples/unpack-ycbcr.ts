import type { StoredSamples } from './stored-samples.ts';

interface Units {
  readonly width: number;
  readonly subsampling: StoredSamples['subsampling'];
}

/**
 * Makes a Y, a Cb and a Cr of each pixel out of units of several Y that share one Cb and Cr; chroma is repeated, as libtiff
 * does it.
 *
 * @param output - whole rows, three samples to a pixel; the last unit may reach over the right and the bottom edge
 * @see TIFF 6.0 §21, "Ordering of Component Samples"
 */
export function unpackYcbcr(packed: Uint8Array, output: Uint8Array, { width, subsampling }: Units): void {
  const { horizontal, vertical } = subsampling;
  const unitLength = horizontal * vertical + 2;
  const unitsInRow = Math.ceil(width / horizontal);
  const rows = output.length / (width * 3);
  for (let y = 0, to = 0; y < rows; y++) {
    const rowOfUnits = Math.floor(y / vertical) * unitsInRow * unitLength;
    const lumaInUnit = (y % vertical) * horizontal;
    for (let x = 0; x < width; x++, to += 3) {
      const column = x % horizontal;
      const unit = rowOfUnits + ((x - column) / horizontal) * unitLength;
      output[to] = Number(packed[unit + lumaInUnit + column]);
      output[to + 1] = Number(packed[unit + unitLength - 2]);
      output[to + 2] = Number(packed[unit + unitLength - 1]);
    }
  }
}
