import type { ExifEntry, Metadata } from '../../image/metadata.ts';
import { bytesEntry } from './directory-bytes.ts';
import { directoryTree, tagEntries } from './tag-entries.ts';

const HEADER_LENGTH = 8;
const ENTRY_LENGTH = 12;
const XMP = 700;
const IPTC = 33_723;
const ICC = 34_675;

/** Bytes of one value by type, for those that encoders write. */
const TYPE_LENGTHS: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 12: 8 };

/** What the encoder says by itself: resolution and orientation of a picture that it knows nothing of. */
const ENCODERS_OWN: readonly number[] = [274, 282, 283, 296, 305];

/**
 * A TIFF file as the encoder writes it, classic and least significant byte first, with a new directory at its end.
 *
 * @see TIFF 6.0 §2
 */
export function intoTiff(tiff: Uint8Array, metadata: Metadata): readonly Uint8Array[] {
  const view = Buffer.from(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const added = metadataEntries(metadata);
  const replaced = new Set([...ENCODERS_OWN, ...added.map(({ tag }) => tag)]);
  const kept = readEntries(view).filter(({ tag }) => !replaced.has(tag));
  const at = view.length + (view.length % 2);
  const header = Buffer.from(view.subarray(0, HEADER_LENGTH));
  header.writeUInt32LE(at, 4);
  const padding = Buffer.alloc(at - view.length);
  return [header, view.subarray(HEADER_LENGTH), padding, directoryTree([...kept, ...added], metadata.exif, at)];
}

/** What a directory says beside its picture; EXIF has directories of its own. */
export function metadataEntries(metadata: Metadata): ExifEntry[] {
  const { icc, xmp, iptc } = metadata;
  return [
    ...tagEntries(metadata),
    ...(xmp ? [bytesEntry(XMP, xmp, 'byte')] : []),
    ...(iptc ? [bytesEntry(IPTC, iptc, 'byte')] : []),
    ...(icc ? [bytesEntry(ICC, icc, 'undefined')] : []),
  ];
}

function readEntries(tiff: Buffer): ExifEntry[] {
  const directory = tiff.readUInt32LE(4);
  return Array.from({ length: tiff.readUInt16LE(directory) }, (_, index) => {
    const at = directory + 2 + index * ENTRY_LENGTH;
    const type = tiff.readUInt16LE(at + 2);
    const count = tiff.readUInt32LE(at + 4);
    const length = count * (TYPE_LENGTHS[type] ?? 1);
    const start = length > 4 ? tiff.readUInt32LE(at + 8) : at + 8;
    return { tag: tiff.readUInt16LE(at), type, count, value: tiff.subarray(start, start + length) };
  });
}
