import type { Metadata } from '../../image/metadata.ts';
import type { FormatName } from '../../image/request.ts';
import { joinBytes } from '../join-bytes.ts';
import type { Turns } from '../parts.ts';
import { intoPdf } from '../pdf/pdf-file.ts';
import { intoAvif } from './into-avif.ts';
import { intoGif } from './into-gif.ts';
import { intoJp2 } from './into-jp2.ts';
import { intoJpeg } from './into-jpeg.ts';
import { intoPng } from './into-png.ts';
import { intoTiff } from './into-tiff.ts';
import { intoWebp } from './into-webp.ts';

/** Gives the pieces of a file with metadata in it. */
type Writer = (file: Uint8Array, metadata: Metadata) => readonly Uint8Array[];

const WRITERS: Readonly<Record<FormatName, Writer>> = {
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
export async function attach(
  file: Uint8Array,
  { type, metadata }: { readonly type: FormatName; readonly metadata: Metadata },
  turns: Turns,
): Promise<Uint8Array> {
  return isEmpty(metadata) ? file : joinBytes(WRITERS[type](file, metadata), turns);
}

function isEmpty({ icc, xmp, iptc, exif, resolution, text }: Metadata): boolean {
  return !icc && !xmp && !iptc && !exif && !resolution && Object.keys(text).length === 0;
}
