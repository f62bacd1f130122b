import type { Metadata } from '../../image/metadata.ts';
import { type Box, box, boxesIn, boxNamed, contentOf, fullBox } from './iso-boxes.ts';
import { describeItems, type ItemPlace, locateItems, readPlaces } from './iso-items.ts';
import { exifBlock } from './tag-entries.ts';

/** Length of a box's own header, and with version and flags. */
const BOX_HEADER = 8;
const FULL_BOX_HEADER = 12;

/** Where the entries of an association box begin, after version, flags and count. */
const ASSOCIATIONS_AT = 8;

/**
 * An AVIF file with a colour profile among the properties of its picture, and EXIF and XMP as items that describe it.
 *
 * @see ISO/IEC 23008-12 §6.5.5, annex A.2
 */
export function intoAvif(avif: Uint8Array, metadata: Metadata): readonly Uint8Array[] {
  const file = Buffer.from(avif.buffer, avif.byteOffset, avif.byteLength);
  const boxes = boxesIn(file, 0);
  const meta = boxNamed(boxes, 'meta');
  const added = addedItems(metadata);
  const shift = editMeta(meta, { metadata, added, shift: 0, end: 0 }).length - meta.bytes.length;
  const dataAt = file.length + shift + BOX_HEADER;
  const edited = editMeta(meta, { metadata, added, shift, end: dataAt });
  const before = boxes.map((one) => (one === meta ? edited : one.bytes));
  const data = added.length > 0 ? [box('mdat', ...added.map(({ content }) => content))] : [];
  return [...before, ...data];
}

/** A piece of metadata to be put beside the picture. */
interface AddedItem {
  readonly type: 'Exif' | 'mime';
  readonly content: Uint8Array;
}

interface Edit {
  readonly metadata: Metadata;
  readonly added: readonly AddedItem[];
  /** How much further the stored picture lies than before. */
  readonly shift: number;
  /** Offset of the first added item. */
  readonly end: number;
}

/** EXIF begins with the offset of its TIFF header, counted from behind that number. */
function addedItems(metadata: Metadata): AddedItem[] {
  const exif = exifBlock(metadata);
  return [
    ...(exif ? [{ type: 'Exif', content: Buffer.concat([Buffer.alloc(4), exif]) } as const] : []),
    ...(metadata.xmp ? [{ type: 'mime', content: metadata.xmp } as const] : []),
  ];
}

function editMeta(meta: Box, { metadata, added, shift, end }: Edit): Buffer {
  const children = boxesIn(meta.bytes, FULL_BOX_HEADER);
  const primary = contentOf(boxNamed(children, 'pitm')).readUInt16BE(4);
  const places = readPlaces(boxNamed(children, 'iloc')).map((place) => shifted(place, shift));
  const firstId = Math.max(...places.map(({ id }) => id)) + 1;
  let offset = end;
  const newPlaces = added.map(({ content }, index) => {
    const extent = { offset, length: content.length };
    offset += content.length;
    return { id: firstId + index, method: 0, extents: [extent] };
  });
  const items = added.map(({ type }, index) => ({ type, id: firstId + index }));
  const edited = children.map((child) => {
    if (child.type === 'iloc') return locateItems([...places, ...newPlaces]);
    if (child.type === 'iprp' && metadata.icc) return addProfile(child, metadata.icc, primary);
    return child.bytes;
  });
  return fullBox(
    'meta',
    meta.bytes.subarray(BOX_HEADER, FULL_BOX_HEADER),
    ...describeItems(children, edited, { items, primary }),
  );
}

/** Only what lies in the file itself moves. */
function shifted(place: ItemPlace, shift: number): ItemPlace {
  if (place.method !== 0) return place;
  return { ...place, extents: place.extents.map(({ offset, length }) => ({ offset: offset + shift, length })) };
}

/** The profile as one more property, and the picture associated with it. */
function addProfile(iprp: Box, icc: Uint8Array, primary: number): Buffer {
  const parts = boxesIn(iprp.bytes, BOX_HEADER);
  const ipco = boxNamed(parts, 'ipco');
  const index = boxesIn(ipco.bytes, BOX_HEADER).length + 1;
  const properties = box('ipco', contentOf(ipco), box('colr', Buffer.from('prof', 'latin1'), icc));
  return box(
    'iprp',
    properties,
    ...parts.filter((part) => part !== ipco).map((part) => associate(part, index, primary)),
  );
}

/** Adds a property that decoders may ignore to the associations of an item. */
function associate(ipma: Box, index: number, item: number): Buffer {
  const content = contentOf(ipma);
  const idLength = content[0] === 0 ? 2 : 4;
  const isWide = ((content[3] ?? 0) & 1) !== 0;
  const added = Buffer.from(isWide ? [index >> 8, index & 255] : [index]);
  const entries = associationsIn(content, idLength, isWide ? 2 : 1).map((entry) => {
    if (entry.readUIntBE(0, idLength) !== item) return entry;
    const longer = Buffer.concat([entry, added]);
    longer[idLength] = (entry[idLength] ?? 0) + 1;
    return longer;
  });
  return box('ipma', content.subarray(0, ASSOCIATIONS_AT), ...entries);
}

/** Each is an item's identifier, a count and that many indices of properties. */
function associationsIn(content: Buffer, idLength: number, indexLength: number): Buffer[] {
  const entries: Buffer[] = [];
  let at = ASSOCIATIONS_AT;
  for (let left = content.readUInt32BE(4); left > 0; left--) {
    const next = at + idLength + 1 + (content[at + idLength] ?? 0) * indexLength;
    entries.push(content.subarray(at, next));
    at = next;
  }
  return entries;
}
