import type { Metadata, TextField } from '../../image/metadata.ts';

/** Signature and size, with the flags that say how long the table of colours behind them is. */
const HEADER_LENGTH = 13;
const FLAGS_AT = 10;

const COMMENT = 0xfe;
const APPLICATION = 0xff;
const LARGEST_BLOCK = 255;

/** What the lines of the comment begin with: many readers know of one comment only. */
const LABELS: readonly (readonly [field: TextField, label: string])[] = [
  ['title', 'Title'],
  ['creator', 'Author'],
  ['description', 'Description'],
  ['rights', 'Copyright'],
  ['date', 'Date'],
  ['software', 'Software'],
];

/**
 * A GIF file with metadata in extensions before its picture: colour profile, XMP, and text as a comment. There is no place
 * for EXIF, IPTC and resolution.
 *
 * @see GIF89a §24 and §26, XMP part 3 §1.1.2, ICC.1:2022 annex B.6
 */
export function intoGif(gif: Uint8Array, { icc, xmp, text }: Metadata): readonly Uint8Array[] {
  const flags = Number(gif[FLAGS_AT]);
  const head = HEADER_LENGTH + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  const lines = LABELS.flatMap(([field, label]) => (text[field] ? [`${label}: ${text[field]}`] : []));
  return [
    gif.subarray(0, head),
    ...(icc ? [extension(APPLICATION, block(Buffer.from('ICCRGBG1012')), blocksOf(icc))] : []),
    ...(lines.length > 0 ? [extension(COMMENT, blocksOf(Buffer.from(lines.join('\n'))))] : []),
    ...(xmp ? [extension(APPLICATION, block(Buffer.from('XMP DataXMP')), xmp, MAGIC_TRAILER)] : []),
    gif.subarray(head),
  ];
}

/** XMP is not cut into blocks. Wherever a reader that does not know it thinks a block begins, this leads it to the end. */
const MAGIC_TRAILER = Uint8Array.from({ length: 257 }, (_, index) => (index === 0 ? 1 : 256 - index));

/** A block of no bytes ends it. */
function extension(label: number, ...content: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Uint8Array.of(0x21, label), ...content, Uint8Array.of(0)]);
}

function block(content: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(content.length), content]);
}

function blocksOf(content: Uint8Array): Buffer {
  const count = Math.ceil(content.length / LARGEST_BLOCK);
  const parts = Array.from({ length: count }, (_, index) =>
    block(content.subarray(index * LARGEST_BLOCK, (index + 1) * LARGEST_BLOCK)),
  );
  return Buffer.concat(parts);
}
