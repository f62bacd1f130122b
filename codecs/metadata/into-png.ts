import { deflateSync } from 'node:zlib';
import type { Metadata, Resolution, TextField } from '../../image/metadata.ts';
import { CHUNK_OVERHEAD, pngChunk } from '../png-chunk.ts';
import { exifBlock } from './tag-entries.ts';

const SIGNATURE_LENGTH = 8;

const INCHES_PER_METRE = 1 / 0.0254;

/** Keywords of the PNG specification and of its register. */
const KEYWORDS: readonly (readonly [field: TextField, keyword: string])[] = [
  ['title', 'Title'],
  ['creator', 'Author'],
  ['description', 'Description'],
  ['rights', 'Copyright'],
  ['date', 'Creation Time'],
  ['software', 'Software'],
];

const HEADER_END = SIGNATURE_LENGTH + CHUNK_OVERHEAD + 13;

/**
 * A PNG file with metadata in chunks after its header; the encoder has written none.
 *
 * @see https://www.w3.org/TR/png-3/#11Ancillary-chunks
 */
export function intoPng(png: Uint8Array, metadata: Metadata): readonly Uint8Array[] {
  return [png.subarray(0, HEADER_END), ...metadataChunks(metadata), png.subarray(HEADER_END)];
}

/** Those about colour and size must come before the pixels. */
function metadataChunks(metadata: Metadata): Buffer[] {
  const { icc, resolution, text, xmp } = metadata;
  const exif = exifBlock(metadata);
  const texts = KEYWORDS.flatMap(([field, keyword]) => {
    const value = text[field];
    return value ? [textChunk(keyword, Buffer.from(field === 'date' ? inIsoForm(value) : value))] : [];
  });
  return [
    ...(icc ? [pngChunk('iCCP', Buffer.concat([Buffer.from('ICC profile\0\0', 'latin1'), deflateSync(icc)]))] : []),
    ...(resolution ? [pngChunk('pHYs', physicalSize(resolution))] : []),
    ...(exif ? [pngChunk('eXIf', exif)] : []),
    ...texts,
    ...(xmp ? [textChunk('XML:com.adobe.xmp', xmp)] : []),
  ];
}

/** TIFF and EXIF have colons in their dates: `2020:01:31 12:00:00`. */
function inIsoForm(date: string): string {
  return date.replace(/^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/, '$1-$2-$3T$4');
}

/** International text: UTF-8, not compressed, of no particular language. */
function textChunk(keyword: string, text: Uint8Array): Buffer {
  return pngChunk('iTXt', Buffer.concat([Buffer.from(`${keyword}\0\0\0\0\0`, 'latin1'), text]));
}

/** Pixels per metre, or where the unit is not known a mere ratio. */
function physicalSize({ x, y, unit }: Resolution): Buffer {
  const perMetre = { inch: INCHES_PER_METRE, centimetre: 100, unknown: 1 }[unit];
  const size = Buffer.alloc(9);
  size.writeUInt32BE(wholePixels(x * perMetre));
  size.writeUInt32BE(wholePixels(y * perMetre), 4);
  size[8] = unit === 'unknown' ? 0 : 1;
  return size;
}

function wholePixels(value: number): number {
  return Math.min(Math.max(1, Math.round(value)), 2 ** 31 - 1);
}
