import sharp, { type Metadata as SharpMetadata } from 'sharp';
import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import type { Size } from '../../image/geometry.ts';
import type { Orientation } from '../../image/metadata.ts';
import type { PixelLayout } from '../../image/source.ts';

/** What a file says before its pixels. */
export interface PictureHeader {
  readonly size: Size;
  readonly layout: PixelLayout & { readonly sample: 'uint8' | 'uint16' };
  readonly orientation: Orientation;
  /** Frames of an animation, else 1. */
  readonly pages: number;
  /** Progressive or interlaced: nothing is there in full before the file ends. */
  readonly isProgressive: boolean;
  /** Blocks as they are stored. */
  readonly stored: Pick<SharpMetadata, 'icc' | 'xmp' | 'iptc' | 'exif' | 'comments'>;
}

/**
 * Reads the header of a picture.
 *
 * @param file - the beginning of the file with all of its header, or the whole
 * @throws CorruptSource, UnsupportedSource
 */
export async function readPictureHeader(file: Uint8Array, page: number): Promise<PictureHeader> {
  const options = { failOn: 'none', limitInputPixels: false, ...(page > 0 && { page }) } as const;
  const found = await sharp(file, options)
    .metadata()
    .catch((cause: unknown) => {
      throw new CorruptSource('the picture has no header that can be read', { cause });
    });
  const { width, height, pages = 1, isProgressive, icc, xmp, iptc, exif, comments } = found;
  return {
    size: { width, height },
    layout: layoutOf(found),
    orientation: orientationOf(found.orientation),
    pages,
    isProgressive,
    stored: { icc, xmp, iptc, exif, comments },
  };
}

/** @throws UnsupportedSource */
function layoutOf({
  space,
  channels,
  depth,
  hasAlpha,
  isPalette,
  bitsPerSample,
}: SharpMetadata): PictureHeader['layout'] {
  if (depth !== 'uchar' && depth !== 'ushort') throw new UnsupportedSource(`samples of type ${depth}`);
  const sample = depth === 'uchar' ? 'uint8' : 'uint16';
  const whole = depth === 'uchar' ? 8 : 16;
  return {
    bands: channels,
    photometric: space === 'cmyk' ? 'cmyk' : channels < 3 ? 'gray' : 'rgb',
    hasAlpha,
    bitsPerSample: isPalette ? whole : (bitsPerSample ?? whole),
    sample,
  };
}

function orientationOf(stored: number | undefined): Orientation {
  return stored === 2 || stored === 3 || stored === 4 || stored === 5 || stored === 6 || stored === 7 || stored === 8
    ? stored
    : 1;
}
