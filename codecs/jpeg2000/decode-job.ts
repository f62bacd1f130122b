import type { Rect, Size } from '../../image/geometry.ts';
import type { CodeBlockOrigin } from './code-block-store.ts';

/** Where a codestream comes from: memory that goes over to the decoder, or pieces that it asks for. */
export type CodestreamInput =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'stream'; readonly byteLength: number };

/** An area of one codestream to decode. */
export interface AreaRequest {
  /** How often width and height are halved. */
  readonly reduction: number;
  /** The first quality layers; 0 for all. */
  readonly layers: number;
  /** What is decoded, on the reference grid. */
  readonly area: Rect;
  /** The samples wanted, in those of the base component at this reduction, from the origin of its grid. */
  readonly window: Rect;
  /** Reference grid points per sample of the base component. */
  readonly step: { readonly x: number; readonly y: number };
}

/** One codestream, and where its samples belong in the pixels. */
export interface DecodePart {
  readonly input: CodestreamInput;
  readonly request: AreaRequest;
  readonly left: number;
  readonly top: number;
  /** Whose code-blocks these are, where others may have decoded some of them. */
  readonly origin?: CodeBlockOrigin;
  /** Code-blocks in the codestream, where they were picked. */
  readonly codeBlocks?: number;
}

/** How samples become bands. */
export interface SampleFormat {
  /** The components wanted, in the order of the bands. */
  readonly components: readonly number[];
  /** Of a sample in memory. */
  readonly bits: 8 | 16;
  /** Whether fewer bits are spread over the range of `bits`; the indices of a palette are not. */
  readonly isWidened: boolean;
  /** Carried out one after the other. */
  readonly recolours: readonly Recolour[];
}

/** What decoded samples have yet to go through to be grey, RGB or CMYK. */
export type Recolour =
  | { readonly kind: 'ycc' }
  | { readonly kind: 'unpremultiply'; readonly photometric: number }
  | {
      readonly kind: 'palette';
      /** A table for each band, with the component it is looked up by, as an index into `components`. */
      readonly bands: readonly { readonly source: number; readonly table: Uint8Array | Uint16Array | undefined }[];
      readonly bits: 8 | 16;
    };

/** Pixels to decode, put together of parts that lie side by side. */
export interface DecodeJob extends SampleFormat {
  readonly kind: 'decode';
  readonly size: Size;
  readonly parts: readonly DecodePart[];
}

/** Pixels to encode as a JP2 file. */
export interface EncodeJob {
  readonly kind: 'encode';
  readonly size: Size;
  readonly bands: number;
  readonly bits: 8 | 16;
  readonly hasAlpha: boolean;
  /** Signal to noise in decibels; undefined for lossless. */
  readonly decibels: number | undefined;
  /** Interleaved, in memory that goes over to the encoder. */
  readonly pixels: Uint8Array;
}

export type CodecJob = DecodeJob | EncodeJob;
