import type { SampleType } from '../../../image/source.ts';

/** How the samples of an image lie in its tiles, and what they mean. */
export interface StoredSamples {
  /** For each pixel. */
  readonly count: number;
  /** Of each sample as the directory has it. */
  readonly depth: number;
  /** Of each sample once decompressed: some compressions give bytes of whatever was stored. */
  readonly bits: number;
  readonly kind: 'unsigned' | 'signed' | 'real';
  readonly isLittleEndian: boolean;
  /** Whether the lowest bit of a byte comes first. */
  readonly isReversed: boolean;
  /** Whether each band has tiles of its own. */
  readonly isPlanar: boolean;
  readonly photometric: number;
  readonly alpha: StoredAlpha | undefined;
  /** Red, then green, then blue, each for all indices. */
  readonly palette: Uint16Array | undefined;
  /** Pixels that share two chroma samples, in either direction; 1 where samples are packed pixel by pixel. */
  readonly subsampling: { readonly horizontal: number; readonly vertical: number };
  /** How to make RGB of YCbCr samples; undefined where there are none. */
  readonly ycbcr: YcbcrCoding | undefined;
  /** The real number that stands for a missing sample. */
  readonly noData: number | undefined;
}

/** The band that is opacity. */
export interface StoredAlpha {
  /** Whether colours are multiplied with it. */
  readonly isAssociated: boolean;
  /** Bands between the colours and it as they are stored; there are none where pixels are read. */
  readonly behind: number;
}

/** @see TIFF 6.0 §21 */
export interface YcbcrCoding {
  /** What red, green and blue contribute to luma. */
  readonly luma: readonly [number, number, number];
  /** Codes for black and white of Y, Cb and Cr in turn. */
  readonly reference: readonly number[];
}

/** The type of the samples once they are unpacked. */
export function sampleTypeOf({ kind, bits }: Pick<StoredSamples, 'kind' | 'bits'>): SampleType {
  if (kind !== 'unsigned') return 'float32';
  if (bits <= 8) return 'uint8';
  return bits <= 16 ? 'uint16' : 'uint32';
}
