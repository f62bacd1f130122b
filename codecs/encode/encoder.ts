import type { Colour } from '../../image/colour.ts';
import type { IntegerPixels } from '../../image/operations/eight-bits.ts';
import type { FormatName, OutputFormat, TiffCompression } from '../../image/request.ts';

/** Pixels an encoder takes: 8 or 16 bits, grey or RGB, with or without alpha. */
export type EncodablePixels = IntegerPixels;

/**
 * Turns pixels into a complete file, of 8 bits where the format has no more. Large work runs on other threads or lets others
 * have their turn; the pixels are not changed.
 *
 * @param signal - fires when nobody waits for the file any more
 */
export type Encoder = (pixels: EncodablePixels, form: EncodedForm, signal?: AbortSignal) => Promise<Uint8Array>;

/** The format wanted, and how many bits of the samples mean anything: all of them where nothing is said. */
export type EncodedForm = OutputFormat & { readonly significantBits?: number };

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

/** Those that can hold more than 8 bits. */
export const DEEP_FORMATS: readonly FormatName[] = ['png', 'tiff', 'avif', 'jp2'];

export const MEDIA_TYPES: Readonly<Record<FormatName, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
  tiff: 'image/tiff',
  gif: 'image/gif',
  pdf: 'application/pdf',
  jp2: 'image/jp2',
};
