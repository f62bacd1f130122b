import type { SampleType } from '../../../image/source.ts';
import { PHOTOMETRIC } from '../tags.ts';
import type { StoredSamples } from './stored-samples.ts';
import type { Recolour, Samples } from './to-pixels.ts';
import { widen } from './unpack-bits.ts';

/** The largest value of each type; real numbers go to 1. */
const LARGEST: Readonly<Record<SampleType, number>> = { uint8: 255, uint16: 65_535, uint32: 4_294_967_295, float32: 1 };

/** Replaces the first band's index by three bytes of colour; further bands follow as they are. */
export function expandPalette(
  palette: Uint16Array,
  { depth, bits, count }: Pick<StoredSamples, 'depth' | 'bits' | 'count'>,
): (indices: Samples, output: Uint8Array) => void {
  const colours = coloursByIndex(palette, Math.min(depth, bits));
  return (indices, output) => {
    for (let from = 0, to = 0; from < indices.length; from += count) {
      const colour = Number(colours[Number(indices[from])]);
      output[to++] = colour >> 16;
      output[to++] = colour >> 8;
      output[to++] = colour;
      for (let extra = 1; extra < count; extra++) output[to++] = Number(indices[from + extra]);
    }
  };
}

/** Colours as 24 bits, by index as it comes out of unpacking: widened to 8 or 16 bits. */
function coloursByIndex(palette: Uint16Array, bits: number): Uint32Array {
  const count = 2 ** bits;
  const colours = new Uint32Array(bits <= 8 ? 256 : 65_536);
  for (let index = 0; index < count; index++) {
    const [red, green, blue] = [0, 1, 2].map((band) => Number(palette[band * count + index]) >> 8);
    const place = bits === 8 || bits === 16 ? index : widen(index, bits);
    colours[place] = (Number(red) << 16) | (Number(green) << 8) | Number(blue);
  }
  return colours;
}

/** Turns the first band, whose lowest value is white; real numbers change their sign. */
export function invert(bands: number, sample: SampleType): Recolour {
  const largest = sample === 'float32' ? 0 : LARGEST[sample];
  return (pixels) => {
    for (let index = 0; index < pixels.length; index += bands) pixels[index] = largest - Number(pixels[index]);
  };
}

/** Makes the number that stands for "nothing here" no number at all. */
export function withoutNoData(noData: number): Recolour {
  const stored = Math.fround(noData);
  return (pixels) => {
    for (let index = 0; index < pixels.length; index++) {
      if (pixels[index] === stored) pixels[index] = Number.NaN;
    }
  };
}

/** How many bands of a pixel are colours once palettes are expanded. */
export function coloursIn(photometric: number): number {
  const isGray = photometric === PHOTOMETRIC.minIsWhite || photometric === PHOTOMETRIC.minIsBlack;
  return isGray ? 1 : photometric === PHOTOMETRIC.separated ? 4 : 3;
}

/** Exchanges two bands of each pixel. */
export function exchangeBands(bands: number, one: number, other: number): Recolour {
  return (pixels) => {
    for (let start = 0; start < pixels.length; start += bands) {
      const kept = Number(pixels[start + one]);
      pixels[start + one] = Number(pixels[start + other]);
      pixels[start + other] = kept;
    }
  };
}

/** Divides colours by the opacity that they were multiplied with. */
export function unpremultiply(
  bands: number,
  { photometric, sample }: { photometric: number; sample: SampleType },
): Recolour {
  const colours = coloursIn(photometric);
  const opaque = LARGEST[sample];
  const rounding = sample === 'float32' ? 0 : 0.5;
  return (pixels) => {
    for (let start = 0; start < pixels.length; start += bands) {
      const alpha = Number(pixels[start + colours]);
      if (alpha <= 0 || alpha >= opaque) continue;
      for (let band = start; band < start + colours; band++) {
        pixels[band] = Math.min(opaque, (Number(pixels[band]) * opaque) / alpha + rounding);
      }
    }
  };
}
