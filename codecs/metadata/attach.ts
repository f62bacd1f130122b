import type { Metadata } from '../../image/metadata.ts';
import type { FormatName } from '../../image/request.ts';
import { intoPdf } from '../pdf/pdf-file.ts';
import { intoAvif } from './into-avif.ts';
import { intoGif } from './into-gif.ts';
import { intoJp2 } from './into-jp2.ts';
import { intoJpeg } from './into-jpeg.ts';
import { intoPng } from './into-png.ts';
import { intoTiff } from './into-tiff.ts';
import { intoWebp } from './into-webp.ts';

const WRITERS: Readonly<Record<FormatName, (file: Uint8Array, metadata: Metadata) => Uint8Array>> = {
  jpeg: intoJpeg,
  png: intoPng,
  webp: intoWebp,
  avif: intoAvif,
  tiff: intoTiff,
  jp2: intoJp2,
  gif: intoGif,
  pdf: intoPdf,
};

/** An encoded file with metadata in it; its picture is not touched. The file itself where there is nothing to add. */
export function attach(file: Uint8Array, type: FormatName, metadata: Metadata): Uint8Array {
  return isEmpty(metadata) ? file : WRITERS[type](file, metadata);
}

function isEmpty({ icc, xmp, iptc, exif, resolution, text }: Metadata): boolean {
  return !icc && !xmp && !iptc && !exif && !resolution && Object.keys(text).length === 0;
}
