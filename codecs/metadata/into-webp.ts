import { CorruptSource } from '../../image/errors.ts';
import type { Size } from '../../image/geometry.ts';
import type { Metadata } from '../../image/metadata.ts';
import { readWebpHeader } from '../webp/webp-header.ts';
import { exifBlock } from './tag-entries.ts';

const RIFF_HEADER = 12;
const CHUNK_HEADER = 8;
const FLAG = { icc: 0x20, alpha: 0x10, exif: 0x08, xmp: 0x04 } as const;

/** Where a lossless picture says, after its signature, size and all, that it uses alpha. */
const LOSSLESS_ALPHA = 0x10;

/** What is written anew, or is metadata of the file before. */
const REPLACED: readonly string[] = ['VP8X', 'ICCP', 'EXIF', 'XMP '];

/**
 * A WebP file in the extended format with metadata around the picture, which stays byte for byte what it was.
 *
 * @throws CorruptSource when it is no sound WebP file
 * @see RFC 9649 §2.7
 */
export function intoWebp(webp: Uint8Array, metadata: Metadata): readonly Uint8Array[] {
  const header = readWebpHeader(webp);
  const picture = chunksOf(Buffer.from(webp.buffer, webp.byteOffset, header.byteLength)).filter(
    (bytes) => !REPLACED.includes(nameOf(bytes)),
  );
  const { icc, xmp } = metadata;
  const exif = exifBlock(metadata);
  const flags =
    (icc ? FLAG.icc : 0) | (exif ? FLAG.exif : 0) | (xmp ? FLAG.xmp : 0) | (picture.some(hasAlpha) ? FLAG.alpha : 0);
  const chunks = [
    chunk('VP8X', extendedHeader(header, flags)),
    ...(icc ? [chunk('ICCP', icc)] : []),
    ...picture,
    ...(exif ? [chunk('EXIF', exif)] : []),
    ...(xmp ? [chunk('XMP ', xmp)] : []),
  ];
  return [fileHeader(chunks), ...chunks];
}

function fileHeader(chunks: readonly Uint8Array[]): Buffer {
  const header = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  header.writeUInt32LE(
    chunks.reduce((sum, { length }) => sum + length, header.length - CHUNK_HEADER),
    4,
  );
  return header;
}

function extendedHeader({ width, height }: Size, flags: number): Buffer {
  const header = Buffer.alloc(10);
  header[0] = flags;
  header.writeUIntLE(width - 1, 4, 3);
  header.writeUIntLE(height - 1, 7, 3);
  return header;
}

function hasAlpha(bytes: Buffer): boolean {
  const name = nameOf(bytes);
  return name === 'ALPH' || (name === 'VP8L' && ((bytes[CHUNK_HEADER + 4] ?? 0) & LOSSLESS_ALPHA) !== 0);
}

function chunksOf(webp: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = RIFF_HEADER; at + CHUNK_HEADER <= webp.length; ) {
    const length = webp.readUInt32LE(at + 4);
    const next = at + CHUNK_HEADER + length + (length % 2);
    if (at + CHUNK_HEADER + length > webp.length) throw new CorruptSource('WebP chunk is cut short');
    chunks.push(length % 2 === 0 ? webp.subarray(at, next) : padded(webp.subarray(at, at + CHUNK_HEADER + length)));
    at = next;
  }
  return chunks;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Uint8Array.of(0)]);
}

function nameOf(chunk: Uint8Array): string {
  return String.fromCharCode(...chunk.subarray(0, 4));
}

function chunk(name: string, content: Uint8Array): Buffer {
  const bytes = Buffer.alloc(CHUNK_HEADER + content.length + (content.length % 2));
  bytes.write(name, 'latin1');
  bytes.writeUInt32LE(content.length, 4);
  bytes.set(content, CHUNK_HEADER);
  return bytes;
}
