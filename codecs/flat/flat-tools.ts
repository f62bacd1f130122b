import { type BoundedCache, createBoundedCache } from '../bounded-cache.ts';
import { createPlaces, type Places } from '../places.ts';
import { type DecodePicture, decodePicture, type Samples } from './decode-picture.ts';

/** What all flat images of a process share. */
export interface FlatTools {
  readonly decode: DecodePicture;
  /** Decoded levels of all images. */
  readonly levels: BoundedCache<Samples>;
  /** How many pictures are decoded at once, whoever still waits for them. */
  readonly places: Places;
  /** What one picture may take while it is decoded. */
  readonly maxDecodedBytes: number;
  /** A number for each opened image, so that no two share levels. */
  nextImage(): number;
}

interface FlatLimits {
  readonly threads: number;
  readonly maxDecodedBytes: number;
}

/** Every level that may be decoded can be kept, or each tile of it would cost as much. */
export function createFlatTools({ threads, maxDecodedBytes }: FlatLimits): FlatTools {
  let images = 0;
  return {
    decode: decodePicture,
    levels: createBoundedCache(maxDecodedBytes, ({ byteLength }) => byteLength),
    places: createPlaces(threads),
    maxDecodedBytes,
    nextImage: () => images++,
  };
}
