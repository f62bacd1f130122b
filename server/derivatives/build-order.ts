import type { FlatFormat } from '../../codecs/flat/flat-formats.ts';
import type { PyramidCompression } from '../../codecs/tiff-writer/pyramid-format.ts';
import type { Size } from '../../image/geometry.ts';
import type { PixelLayout, SampleType } from '../../image/source.ts';
import type { BuildFault } from './build-failure.ts';

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
  readonly recipe: BuildRecipe;
  readonly size: Size;
  readonly layout: PixelLayout & { readonly sample: SampleType };
}

/** How a pyramid is made. */
export type BuildRecipe =
  /** From a file that is decoded as a whole, by libvips from top to bottom. */
  | { readonly kind: 'flat'; readonly format: FlatFormat; readonly layout: FlatLayout }
  /** From an image that is read window by window; what it was written with changes no pixel unless it is JPEG. */
  | { readonly kind: 'windows'; readonly tileSide: number; readonly compression: PyramidCompression };

type FlatLayout = PixelLayout & { readonly sample: 'uint8' | 'uint16' };

/** What the process that builds is told. */
export interface BuildJob {
  readonly order: BuildOrder;
  /** A folder that is its own; gone when it has ended. */
  readonly scratch: string;
  /** Where the pyramid goes when it is complete. */
  readonly target: string;
}

/** What it says. */
export type BuilderMessage =
  /** From 0 to 1. */
  | { readonly kind: 'progress'; readonly fraction: number }
  | { readonly kind: 'failed'; readonly fault: BuildFault; readonly reason: string };

/** A pyramid that is being built. */
export interface RunningBuild {
  /** Of the image. */
  readonly name: string;
  /** What is done of it, from 0 to 1; undefined where its decoder does not tell. */
  readonly fraction: number | undefined;
}

/** How the building of pyramids stands. */
export interface BuildState {
  readonly running: RunningBuild | undefined;
  /** Names of images, the next one first. */
  readonly waiting: readonly string[];
  /** Since the start. */
  readonly built: number;
  readonly failed: number;
  /** Pyramids removed to make room. */
  readonly evicted: number;
}
