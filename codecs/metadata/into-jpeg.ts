import type { Metadata, Resolution } from '../../image/metadata.ts';
import { exifBlock } from './tag-entries.ts';

const SOI_LENGTH = 2;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP13 = 0xed;

/** Most bytes a segment can hold beside its own length. */
const LARGEST_SEGMENT = 65_533;

const EXIF_MARK = Buffer.from('Exif\0\0', 'latin1');
const XMP_MARK = Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1');
const ICC_MARK = Buffer.from('ICC_PROFILE\0', 'latin1');
const IPTC_MARK = Buffer.from('Photoshop 3.0\x008BIM\x04\x04\0\0', 'latin1');
const JFIF_MARK = Buffer.from('JFIF\0', 'latin1');

const UNITS = { unknown: 0, inch: 1, centimetre: 2 } as const;

/**
 * A JPEG file with metadata in segments of its own before those of the picture: EXIF, XMP, IPTC, profile. The picture
 * stays byte for byte what it was; what no segment can hold is left out.
 *
 * @see JFIF 1.02, EXIF 2.32 §4.7.2, XMP part 3 §1.1.3, ICC.1:2022 annex B.4
 */
export function intoJpeg(jpeg: Uint8Array, metadata: Metadata): readonly Uint8Array[] {
  const end = jfifEnd(jpeg);
  const head = Buffer.from(jpeg.subarray(0, end));
  const exif = exifBlock(metadata);
  const segments = [
    ...(exif ? segment(APP1, EXIF_MARK, exif) : []),
    ...(metadata.xmp ? segment(APP1, XMP_MARK, metadata.xmp) : []),
    ...(metadata.iptc ? segment(APP13, IPTC_MARK, sizedRecord(metadata.iptc)) : []),
    ...(metadata.icc ? profileSegments(metadata.icc) : []),
  ];
  if (metadata.resolution && end > SOI_LENGTH) writeDensity(head, metadata.resolution);
  return [head, ...segments, jpeg.subarray(end)];
}

/** Offset after the JFIF segment, which must come first, or else after the start marker. */
function jfifEnd(jpeg: Uint8Array): number {
  const view = Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  const isJfif = view[SOI_LENGTH] === 0xff && view[SOI_LENGTH + 1] === APP0 && view.subarray(6, 11).equals(JFIF_MARK);
  return isJfif ? SOI_LENGTH + 2 + view.readUInt16BE(SOI_LENGTH + 2) : SOI_LENGTH;
}

/** None where the content is too long. */
function segment(marker: number, mark: Uint8Array, content: Uint8Array): Buffer[] {
  const length = mark.length + content.length;
  if (length > LARGEST_SEGMENT) return [];
  return [Buffer.from([0xff, marker, (length + 2) >> 8, (length + 2) & 255]), Buffer.from(mark), Buffer.from(content)];
}

/** A record of Photoshop's: its length, then its content, padded to an even length. */
function sizedRecord(content: Uint8Array): Buffer {
  const record = Buffer.alloc(4 + content.length + (content.length % 2));
  record.writeUInt32BE(content.length);
  record.set(content, 4);
  return record;
}

/** In as many parts as it takes, each with its number and how many there are: 255 at most. */
function profileSegments(icc: Uint8Array): Buffer[] {
  const partLength = LARGEST_SEGMENT - ICC_MARK.length - 2;
  const count = Math.ceil(icc.length / partLength);
  if (count > 255) return [];
  return Array.from({ length: count }, (_, index) => {
    const mark = Buffer.concat([ICC_MARK, Uint8Array.of(index + 1, count)]);
    return segment(APP2, mark, icc.subarray(index * partLength, (index + 1) * partLength));
  }).flat();
}

/** Densities are whole numbers; what is too large or rounds to 0 stays as the encoder wrote it. */
function writeDensity(head: Buffer, { x, y, unit }: Resolution): void {
  const [horizontal, vertical] = [Math.round(x), Math.round(y)];
  if (!isDensity(horizontal) || !isDensity(vertical)) return;
  head[13] = UNITS[unit];
  head.writeUInt16BE(horizontal, 14);
  head.writeUInt16BE(vertical, 16);
}

function isDensity(value: number): boolean {
  return value >= 1 && value <= 65_535;
}
