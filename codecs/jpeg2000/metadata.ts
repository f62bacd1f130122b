import type { Resolution } from '../../image/metadata.ts';
import type { ByteSource, Photometric } from '../../image/source.ts';
import { soundProfile } from '../metadata/icc-profile.ts';
import { readOnce } from '../read-once.ts';
import { readExifFile } from '../tiff/exif-file.ts';
import type { MetadataReader } from '../tiff/metadata.ts';
import type { Box, BoxRange, Jp2File } from './boxes.ts';

/** Most bytes of an XMP packet, of IPTC and of EXIF; what is longer is left out. */
const MAX_BLOCK = 2 ** 20;
const MAX_PROFILE = 2 ** 20;
/** Profiles of printing presses may be longer: they are never sent, but needed to see the picture. */
const MAX_PRESS_PROFILE = 16 * 2 ** 20;

/** The first bytes of a UUID box say what it holds. */
const UUID = {
  xmp: 'be7acfcb97a942e89c71999491e3afac',
  iptc: '33c7a4d2b81d4723a0baf1a3e097ad38',
  exif: '4a706754696666457869662d3e4a5032',
} as const;
const UUID_LENGTH = 16;

interface Described {
  readonly file: Jp2File;
  readonly stored: Uint8Array | undefined;
  readonly photometric: Photometric;
}

/** @param described - `stored`: the colour profile as the file has it */
export function createJp2Metadata(bytes: ByteSource, { file, stored, photometric }: Described): MetadataReader {
  const limit = photometric === 'cmyk' ? MAX_PRESS_PROFILE : MAX_PROFILE;
  const icc = stored && stored.length <= limit ? soundProfile(stored, photometric) : undefined;
  return {
    profile: async () => icc,
    metadata: readOnce(async () => {
      const extras = await readExtras(bytes, file.extras);
      const exif = await readExifFile(extras.get(UUID.exif));
      const xmp = extras.get(UUID.xmp);
      const iptc = extras.get(UUID.iptc);
      const resolution = readResolution(file.header) ?? exif?.resolution;
      return {
        text: exif?.text ?? {},
        ...(icc && { icc }),
        ...(xmp && { xmp }),
        ...(iptc && { iptc }),
        ...(exif?.exif && { exif: exif.exif }),
        ...(resolution && { resolution }),
      };
    }),
  };
}

/** The contents of UUID boxes by their ids, the first of each. */
async function readExtras(bytes: ByteSource, boxes: readonly BoxRange[]): Promise<Map<string, Buffer>> {
  const extras = new Map<string, Buffer>();
  for (const { type, offset, byteLength } of boxes) {
    if (type !== 'uuid' || byteLength < UUID_LENGTH || byteLength > MAX_BLOCK + UUID_LENGTH) continue;
    const content = Buffer.from(await bytes.read(offset, byteLength));
    const id = content.toString('hex', 0, UUID_LENGTH);
    if (!extras.has(id)) extras.set(id, content.subarray(UUID_LENGTH));
  }
  return extras;
}

/** The resolution of the scanner, else the one to show the image in. @see ISO/IEC 15444-1 §I.5.3.7 */
function readResolution(header: readonly Box[]): Resolution | undefined {
  const box = header.find(({ type }) => type === 'resc') ?? header.find(({ type }) => type === 'resd');
  if (!box || box.content.length < 10) return undefined;
  const { content } = box;
  const perMetre = (numerator: number, exponent: number) =>
    (content.readUInt16BE(numerator) / content.readUInt16BE(numerator + 2)) * 10 ** content.readInt8(exponent);
  const y = perMetre(0, 8) / 100;
  const x = perMetre(4, 9) / 100;
  return Number.isFinite(x) && Number.isFinite(y) && x > 0 && y > 0 ? { x, y, unit: 'centimetre' } : undefined;
}
