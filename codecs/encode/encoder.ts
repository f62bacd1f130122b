import type { Colour } from '../../image/colour.ts';
import type { FormatName, OutputFormat, TiffCompression } from '../../image/request.ts';
import type { PixelBuffer } from '../../image/source.ts';

/** Pixels an encoder takes: 8 bits, grey or RGB, with or without alpha. */
export type EncodablePixels = PixelBuffer & { readonly sample: 'uint8' };

/** Turns pixels into a complete file. Large work runs on other threads; the pixels are not changed. */
export type Encoder = (pixels: EncodablePixels, format: OutputFormat) => Promise<Uint8Array>;

export type Encoders = Readonly<Record<FormatName, Encoder>>;

/** What each format uses where a request does not say; the scales are those of `OutputFormat`. */
export interface EncodingDefaults {
  readonly jpegQuality: number;
  readonly pngLevel: number;
  readonly webpQuality: number;
  readonly avifQuality: number;
  readonly tiffCompression: TiffCompression;
  readonly tiffQuality: number;
  /** What transparent pixels are laid upon where the format has no transparency. */
  readonly matte: Colour;
}

export const MEDIA_TYPES: Readonly<Record<FormatName, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
  tiff: 'image/tiff',
};
