import type { PixelBuffer } from '../source.ts';

/** Pixels from one to another, counted in pixels. */
export interface PixelSpan {
  readonly start: number;
  readonly end: number;
}

/** D65, divided by 100. */
const WHITE_X = 0.95047;
const WHITE_Z = 1.088827;

/** Steps of the table that turns linear light into sRGB bytes: none is wider than half a byte at its steepest. */
const LIGHT_STEPS = 16_384;

const SRGB_OF_LIGHT = Uint8Array.from({ length: LIGHT_STEPS + 1 }, (_, step) => {
  const light = step / LIGHT_STEPS;
  const companded = light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
  return Math.round(companded * 255);
});

/**
 * Writes some CIELAB pixels as bytes of sRGB, without alpha.
 *
 * @param output - three bytes for each pixel of the span
 * @param outputBands - from one pixel to the next in `output`
 * @see CIE 15, IEC 61966-2-1
 */
export function cielabToRgb(pixels: PixelBuffer, span: PixelSpan, output: Uint8Array, outputBands: number): void {
  const { data, bands } = pixels;
  const { signed, lightnessScale, signedScale } = encodingOf(pixels);
  const [redness, yellowness] = [signedScale / 500, signedScale / 200];
  let to = 0;
  for (let at = span.start * bands; at < span.end * bands; at += bands, to += outputBands) {
    const lightness = Number(data[at]) * lightnessScale;
    const isDark = lightness < 8;
    const y = isDark ? lightness / 903.3 : 0;
    const fy = isDark ? 7.787 * y + 16 / 116 : (lightness + 16) * (1 / 116);
    const luminance = isDark ? y : fy * fy * fy;
    const x = WHITE_X * cubeOf(fy + Number(signed[at + 1]) * redness);
    const z = WHITE_Z * cubeOf(fy - Number(signed[at + 2]) * yellowness);
    output[to] = toByte(3.2406255 * x - 1.537208 * luminance - 0.4986286 * z);
    output[to + 1] = toByte(-0.9689307 * x + 1.8757561 * luminance + 0.0415175 * z);
    output[to + 2] = toByte(0.0557101 * x - 0.2040211 * luminance + 1.0569959 * z);
  }
}

/** How lightness from 0 to 100 and the signed bands are encoded in each type. */
function encodingOf({ sample, data }: PixelBuffer) {
  const { buffer, byteOffset, length } = data;
  switch (sample) {
    case 'uint8':
      return { signed: new Int8Array(buffer, byteOffset, length), lightnessScale: 100 / 255, signedScale: 1 };
    case 'uint16':
      return { signed: new Int16Array(buffer, byteOffset, length), lightnessScale: 100 / 65_535, signedScale: 1 / 256 };
    default:
      return { signed: data, lightnessScale: 1, signedScale: 1 };
  }
}

function cubeOf(t: number): number {
  return t < 0.2069 ? (t - 0.13793) * (1 / 7.787) : t * t * t;
}

function toByte(light: number): number {
  return light <= 0 ? 0 : light >= 1 ? 255 : Number(SRGB_OF_LIGHT[(light * LIGHT_STEPS + 0.5) | 0]);
}
