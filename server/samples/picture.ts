import type { SampleKind, Samples } from '../../codecs/tiff-writer/samples.ts';
import type { Size } from '../../image/geometry.ts';
import type { PageLabel } from '../../image/source.ts';

/** A picture that is computed, row by row, always the same. */
export interface Picture {
  /** File name without extension. */
  readonly name: string;
  readonly title: string;
  /** Of one page. */
  readonly size: Size;
  /** How it is kept without loss; a photograph-like picture of 8-bit RGB, stored as JPEG, where nothing is said. */
  readonly storage?: Storage;
  /**
   * Draws as many whole rows as there is room for, all of one page.
   *
   * @param pixels - receives samples of the kind stored, bands interleaved
   * @param top - the first row; pages lie one below the other
   */
  draw(pixels: Samples, top: number): void;
}

/** What the samples are. */
export interface Storage {
  /** CIELAB as 8 bits each, a and b counted from 128. */
  readonly photometric: 'gray' | 'rgb' | 'cielab';
  readonly kind: SampleKind;
  /** Lowest and highest value meant to be seen. */
  readonly range?: readonly [lowest: number, highest: number];
  /** Several pages of the picture's size, whose height is then a multiple of a tile's. */
  readonly pages?: readonly PageLabel[];
}

const PHOTOGRAPH: Storage = { photometric: 'rgb', kind: 'uint8' };

/** How the picture is kept. */
export function storageOf({ storage = PHOTOGRAPH }: Picture): Storage {
  return storage;
}

/** Bands of each pixel. */
export function bandsOf({ photometric }: Storage): 1 | 3 {
  return photometric === 'gray' ? 1 : 3;
}

/** Rows of all pages together. */
export function rowsOf(picture: Picture): number {
  return picture.size.height * (picture.storage?.pages?.length ?? 1);
}
