import type { PixelBuffer, SampleRange } from '../source.ts';
import { cielabToRgb, type PixelSpan } from './cielab.ts';
import type { BytePixels } from './eight-bits.ts';

/** Which bands are shown, and in which order. */
export type ShownBands = readonly number[];

/** How many bands of a pixel are colour. More than one grey band is a multispectral image: its first three are shown. */
export function colourBands({ photometric, bands, hasAlpha }: Pick<PixelBuffer, 'photometric' | 'bands' | 'hasAlpha'>) {
  if (photometric === 'cmyk') return 4;
  if (photometric === 'rgb' || photometric === 'cielab') return 3;
  return bands >= 3 && !hasAlpha ? 3 : 1;
}

/** Whether pixels can be shown as they are: bytes of grey or RGB, with nothing behind but opacity. */
export function isDisplayable(pixels: PixelBuffer): pixels is BytePixels {
  const { sample, photometric, bands, hasAlpha } = pixels;
  if (sample !== 'uint8' || photometric === 'cmyk' || photometric === 'cielab') return false;
  return bands === colourBands(pixels) + (hasAlpha ? 1 : 0);
}

/** The colours and, where there is any, opacity. */
export function shownBands(pixels: PixelBuffer): ShownBands {
  return Array.from({ length: colourBands(pixels) + (pixels.hasAlpha ? 1 : 0) }, (_, band) => band);
}

/**
 * Writes some pixels as bytes to look at. 16-bit samples of the whole range of their type lose their lower byte; all others
 * are scaled so that their range becomes 0 to 255, and rounded. What is no number is black.
 *
 * @param output - interleaved, as many bands as are shown
 * @param ranges - black and white of each band
 */
export function showPixels(
  pixels: PixelBuffer,
  ranges: readonly SampleRange[],
  span: PixelSpan,
  output: Uint8Array,
): void {
  const shown = shownBands(pixels);
  if (pixels.sample === 'uint16' && isWholeType(pixels, ranges)) {
    copyAllHigh(pixels.data.subarray(span.start * pixels.bands, span.end * pixels.bands), output);
    return;
  }
  const isLab = pixels.photometric === 'cielab';
  if (isLab) cielabToRgb(pixels, span, output, shown.length);
  for (const band of isLab ? shown.slice(3) : shown) {
    const range = ranges[band];
    if (range) showBand(pixels, { band, range, span }, output.subarray(band), shown.length);
  }
}

/** Whether every band is shown, and from the lowest to the highest value of 16 bits. */
export function isWholeType(pixels: PixelBuffer, ranges: readonly SampleRange[]): boolean {
  const areAllShown = pixels.photometric !== 'cielab' && shownBands(pixels).length === pixels.bands;
  return areAllShown && ranges.every(({ min, max }) => min === 0 && max === 65_535);
}

function copyAllHigh(samples: Uint16Array, output: Uint8Array): void {
  for (let index = 0; index < samples.length; index++) output[index] = Number(samples[index]) >> 8;
}

/**
 * The same as 16-bit samples, of pixels that are deeper than bytes and neither CIELAB nor CMYK: samples of 16 bits stay as
 * they are where their range is that of the type.
 */
export function showDeepPixels(
  pixels: PixelBuffer,
  ranges: readonly SampleRange[],
  { start, end }: PixelSpan,
  output: Uint16Array,
): void {
  const { bands, data } = pixels;
  const shown = shownBands(pixels);
  for (const band of shown) {
    const { min, max } = ranges[band] ?? { min: 0, max: 65_535 };
    const scale = 65_535 / (max - min);
    for (let from = start * bands + band, to = band; from < end * bands; from += bands, to += shown.length) {
      const value = (Number(data[from]) - min) * scale;
      output[to] = value > 0 && value < Number.POSITIVE_INFINITY ? Math.min(value + 0.5, 65_535) : 0;
    }
  }
}

interface Band {
  readonly band: number;
  readonly range: SampleRange;
  readonly span: PixelSpan;
}

function showBand(pixels: PixelBuffer, { band, range, span }: Band, output: Uint8Array, step: number): void {
  const { bands, sample } = pixels;
  const places = { first: span.start * bands + band, end: span.end * bands, bands, step };
  if (sample === 'uint8') copyBytes(pixels.data, output, places);
  else if (sample === 'uint16' && range.min === 0 && range.max === 65_535) copyHigh(pixels.data, output, places);
  else {
    const clamped = new Uint8ClampedArray(output.buffer, output.byteOffset, output.byteLength);
    scaleSamples(pixels.data, clamped, { ...places, ...range });
  }
}

/** Where the samples of a band lie, and how far apart their bytes will be. */
interface Places {
  readonly first: number;
  readonly end: number;
  readonly bands: number;
  readonly step: number;
}

function copyBytes(samples: Uint8Array, output: Uint8Array, { first, end, bands, step }: Places): void {
  for (let from = first, to = 0; from < end; from += bands, to += step) output[to] = Number(samples[from]);
}

function copyHigh(samples: Uint16Array, output: Uint8Array, { first, end, bands, step }: Places): void {
  for (let from = first, to = 0; from < end; from += bands, to += step) output[to] = Number(samples[from]) >> 8;
}

/** Storing rounds, cuts at 0 and 255, and makes 0 of what is no number. */
function scaleSamples(
  samples: PixelBuffer['data'],
  output: Uint8ClampedArray,
  { first, end, bands, step, min, max }: Places & SampleRange,
): void {
  const scale = 255 / (max - min);
  for (let from = first, to = 0; from < end; from += bands, to += step) {
    const value = (Number(samples[from]) - min) * scale;
    output[to] = value === Number.POSITIVE_INFINITY ? 0 : value;
  }
}
