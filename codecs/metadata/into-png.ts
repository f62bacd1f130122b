import { crc32, deflateSync } from 'node:zlib';
import type { Metadata, Resolution, TextField } from '../../image/metadata.ts';
import { exifBlock } from './tag-entries.ts';

const SIGNATURE_LENGTH = 8;

/** Length, name and checksum of a chunk. */
const CHUNK_OVERHEAD = 12;

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

/** Written by the encoder about itself, and wrong where the source says nothing. */
const REPLACED: readonly string[] = ['iCCP', 'pHYs', 'sRGB', 'gAMA', 'cHRM', 'eXIf', 'tEXt', 'iTXt', 'zTXt'];

/**
 * A PNG file with metadata in chunks after its header, and without what the encoder had said.
 *
 * @see https://www.w3.org/TR/png-3/#11Ancillary-chunks
 */
export function intoPng(png: Uint8Array, metadata: Metadata): Uint8Array {
  const view = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  const [header = new Uint8Array(), ...others] = chunksOf(view);
  const kept = others.filter((chunk) => !REPLACED.includes(nameOf(chunk)));
  return Buffer.concat([view.subarray(0, SIGNATURE_LENGTH), header, ...metadataChunks(metadata), ...kept]);
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
    ...(icc ? [chunk('iCCP', Buffer.concat([Buffer.from('ICC profile\0\0', 'latin1'), deflateSync(icc)]))] : []),
    ...(resolution ? [chunk('pHYs', physicalSize(resolution))] : []),
    ...(exif ? [chunk('eXIf', exif)] : []),
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
  return chunk('iTXt', Buffer.concat([Buffer.from(`${keyword}\0\0\0\0\0`, 'latin1'), text]));
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

function chunksOf(png: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = SIGNATURE_LENGTH; at + CHUNK_OVERHEAD <= png.length; ) {
    const next = at + CHUNK_OVERHEAD + png.readUInt32BE(at);
    chunks.push(png.subarray(at, next));
    at = next;
  }
  return chunks;
}

function nameOf(chunk: Uint8Array): string {
  return String.fromCharCode(...chunk.subarray(4, 8));
}

function chunk(name: string, content: Uint8Array): Buffer {
  const bytes = Buffer.alloc(CHUNK_OVERHEAD + content.length);
  bytes.writeUInt32BE(content.length);
  bytes.write(name, 4, 'latin1');
  bytes.set(content, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + content.length)), 8 + content.length);
  return bytes;
}
