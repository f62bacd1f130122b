import type { Metadata, Resolution } from '../../image/metadata.ts';
import { type Box, box, boxesIn, contentOf } from './iso-boxes.ts';
import { exifBlock } from './tag-entries.ts';

/** What a UUID box holds, by the bytes it begins with. */
const UUID = {
  xmp: Buffer.from('be7acfcb97a942e89c71999491e3afac', 'hex'),
  iptc: Buffer.from('33c7a4d2b81d4723a0baf1a3e097ad38', 'hex'),
  exif: Buffer.from('JpgTiffExif->JP2', 'latin1'),
} as const;

/** A colour profile of any kind that the standard knows. */
const RESTRICTED_PROFILE = Uint8Array.of(2, 0, 0);
const LARGEST_NUMERATOR = 65_535;
const PER_METRE = { inch: 1 / 0.0254, centimetre: 100 } as const;

/**
 * A JP2 file with metadata in its header and behind it; the codestream stays as it is.
 *
 * @see ISO/IEC 15444-1 annex I
 */
export function intoJp2(jp2: Uint8Array, metadata: Metadata): readonly Uint8Array[] {
  const boxes = boxesIn(Buffer.from(jp2.buffer, jp2.byteOffset, jp2.byteLength), 0);
  return boxes.flatMap((one) => (one.type === 'jp2h' ? [header(one, metadata), ...extras(metadata)] : [one.bytes]));
}

function header(stored: Box, { icc, resolution }: Metadata): Buffer {
  const kept = boxesIn(contentOf(stored), 0).map((one) =>
    icc && one.type === 'colr' ? box('colr', RESTRICTED_PROFILE, icc) : one.bytes,
  );
  return box('jp2h', ...kept, ...(resolution ? resolutionBoxes(resolution) : []));
}

function extras(metadata: Metadata): Buffer[] {
  const exif = exifBlock(metadata);
  return [
    ...(metadata.xmp ? [box('uuid', UUID.xmp, metadata.xmp)] : []),
    ...(metadata.iptc ? [box('uuid', UUID.iptc, metadata.iptc)] : []),
    ...(exif ? [box('uuid', UUID.exif, exif)] : []),
  ];
}

/** Pixels per metre; of an unknown unit there is nothing to say. */
function resolutionBoxes({ x, y, unit }: Resolution): Buffer[] {
  if (unit === 'unknown') return [];
  const [down, across] = [y, x].map((number) => decimal(number * PER_METRE[unit]));
  if (!down || !across) return [];
  const content = Buffer.alloc(10);
  for (const [at, number] of [
    [0, down.digits],
    [2, 1],
    [4, across.digits],
    [6, 1],
  ] as const) {
    content.writeUInt16BE(number, at);
  }
  content.writeInt8(down.exponent, 8);
  content.writeInt8(across.exponent, 9);
  return [box('res ', box('resc', content))];
}

/** With as many digits as 16 bits hold. */
function decimal(number: number): { digits: number; exponent: number } {
  const exponent = Math.ceil(Math.log10(number / LARGEST_NUMERATOR));
  return { digits: Math.round(number / 10 ** exponent), exponent };
}
