import type { Metadata, Resolution, TextField } from '../../image/metadata.ts';
import { soundProfile } from '../metadata/icc-profile.ts';
import { iptcRecords } from '../metadata/photoshop-resources.ts';
import { readOnce } from '../read-once.ts';
import { readExifFile } from '../tiff/exif-file.ts';
import type { MetadataReader } from '../tiff/metadata.ts';
import type { FlatFile } from './open-flat.ts';
import type { PictureHeader } from './picture-header.ts';
import { readResolution } from './resolution.ts';

/** Most bytes of a block; what is longer is left out. */
const MAX_BLOCK = 2 ** 20;
/** Profiles of printing presses may be longer: they are never sent, but needed to see the picture. */
const MAX_PRESS_PROFILE = 16 * 2 ** 20;

/** The keywords of PNG that have a place here. @see PNG 3rd edition §11.3.3.1 */
const TEXTS: Readonly<Record<string, TextField>> = {
  Title: 'title',
  Author: 'creator',
  Description: 'description',
  Copyright: 'rights',
  'Creation Time': 'date',
  Software: 'software',
};

/** What a picture says of itself, each part worked out when it is first asked for. */
export function createFlatMetadata({ head }: FlatFile, { stored, layout }: PictureHeader): MetadataReader {
  const limit = layout.photometric === 'cmyk' ? MAX_PRESS_PROFILE : MAX_BLOCK;
  const { icc: profile, comments } = stored;
  const icc = profile && profile.length <= limit ? soundProfile(profile, layout.photometric) : undefined;
  const [xmp, iptcBlock, exifBlock] = [stored.xmp, stored.iptc, stored.exif].map(withinLimit);
  const iptc = iptcBlock && iptcRecords(iptcBlock);
  return {
    profile: async () => icc,
    metadata: readOnce(async (): Promise<Metadata> => {
      const exif = await readExifFile(exifBlock);
      const resolution = resolutionOf(readResolution(head), exif?.resolution);
      return {
        text: { ...textsOf(comments ?? []), ...exif?.text },
        ...(icc && { icc }),
        ...(xmp && { xmp }),
        ...(iptc && { iptc }),
        ...(exif?.exif && { exif: exif.exif }),
        ...(resolution && { resolution }),
      };
    }),
  };
}

function withinLimit(block: Buffer | undefined): Buffer | undefined {
  return block && block.length <= MAX_BLOCK ? block : undefined;
}

/** One without a unit says less than that of EXIF. */
function resolutionOf(own: Resolution | undefined, exif: Resolution | undefined): Resolution | undefined {
  return own && own.unit !== 'unknown' ? own : (exif ?? own);
}

function textsOf(comments: readonly { readonly keyword: string; readonly text: string }[]): Metadata['text'] {
  const text: Partial<Record<TextField, string>> = {};
  for (const { keyword, text: value } of comments) {
    const field = TEXTS[keyword];
    if (field && value !== '') text[field] ??= value;
  }
  return text;
}
