import type { FlatFormat } from '../../codecs/flat/flat-formats.ts';
import type { Size } from '../../image/geometry.ts';
import type { PixelLayout } from '../../image/source.ts';

/** A pyramid that is wanted. */
export interface BuildOrder {
  /** Of the pyramid: another state of the image has another one. */
  readonly key: string;
  /** Of the image, below its root; each character one byte. */
  readonly name: string;
  /** Of the image, each character one byte. */
  readonly path: string;
  /** The state of the image on this machine; the pyramid of any other would be wrong. */
  readonly identity: string;
  readonly format: FlatFormat;
  readonly size: Size;
  readonly layout: PixelLayout & { readonly sample: 'uint8' | 'uint16' };
}

/** What the process that builds is told. */
export interface BuildJob {
  readonly order: BuildOrder;
  /** A folder that is its own; gone when it has ended. */
  readonly scratch: string;
  /** Where the pyramid goes when it is complete. */
  readonly target: string;
}
