import { type Box, box, contentOf, fullBox } from './iso-boxes.ts';

/** Where an item is stored. */
export interface ItemPlace {
  readonly id: number;
  /** 0 in the file, 1 in the box of item data. */
  readonly method: number;
  readonly extents: readonly { readonly offset: number; readonly length: number }[];
}

/** An item that describes the picture. */
interface NewItem {
  readonly type: 'Exif' | 'mime';
  readonly id: number;
}

const VERSION_0 = Buffer.alloc(4);
const VERSION_1 = Buffer.from([1, 0, 0, 0]);
const VERSION_2 = Buffer.from([2, 0, 0, 0]);

/** Reads the item location box, versions 0 to 2. @see ISO/IEC 14496-12 §8.11.3 */
export function readPlaces(iloc: Box): ItemPlace[] {
  const content = contentOf(iloc);
  const version = content[0] ?? 0;
  const sizes = content.readUInt16BE(4);
  const lengths = { offset: sizes >> 12, length: (sizes >> 8) & 15, base: (sizes >> 4) & 15, index: sizes & 15 };
  const idLength = version === 2 ? 4 : 2;
  let at = 6;
  const take = (length: number): number => {
    const value = length === 0 ? 0 : length > 6 ? Number(content.readBigUInt64BE(at)) : content.readUIntBE(at, length);
    at += length;
    return value;
  };
  return Array.from({ length: take(idLength) }, () => {
    const id = take(idLength);
    const method = version === 0 ? 0 : take(2) & 15;
    take(2); // in which file: always this one
    const base = take(lengths.base);
    const extents = Array.from({ length: take(2) }, () => {
      if (version > 0) take(lengths.index);
      const offset = base + take(lengths.offset);
      return { offset, length: take(lengths.length) };
    });
    return { id, method, extents };
  });
}

/** The item location box, version 1 with numbers of 4 bytes. */
export function locateItems(places: readonly ItemPlace[]): Buffer {
  const head = Buffer.from([0x44, 0x00, places.length >> 8, places.length & 255]);
  const items = places.map(({ id, method, extents }) => {
    const item = Buffer.alloc(8 + extents.length * 8);
    item.writeUInt16BE(id);
    item.writeUInt16BE(method, 2);
    item.writeUInt16BE(extents.length, 6);
    for (const [index, { offset, length }] of extents.entries()) {
      item.writeUInt32BE(offset, 8 + index * 8);
      item.writeUInt32BE(length, 12 + index * 8);
    }
    return item;
  });
  return fullBox('iloc', VERSION_1, head, ...items);
}

/**
 * The children of a meta box with new items entered in the list of items and in that of their references.
 *
 * @param children - as they were read
 * @param edited - the same boxes in the same order as they are to be written otherwise
 */
export function describeItems(
  children: readonly Box[],
  edited: readonly Buffer[],
  { items, primary }: { readonly items: readonly NewItem[]; readonly primary: number },
): Buffer[] {
  if (items.length === 0) return [...edited];
  const references = items.map(({ id }) => describes(id, primary));
  const hasReferences = children.some(({ type }) => type === 'iref');
  const written = children.map((child, index) => {
    if (child.type === 'iinf') return addItems(child, items);
    return child.type === 'iref' ? box('iref', contentOf(child), ...references) : (edited[index] ?? child.bytes);
  });
  return hasReferences ? written : [...written, fullBox('iref', VERSION_0, ...references)];
}

function addItems(iinf: Box, items: readonly NewItem[]): Buffer {
  const content = Buffer.from(contentOf(iinf));
  const isLong = content[0] !== 0;
  const count = (isLong ? content.readUInt32BE(4) : content.readUInt16BE(4)) + items.length;
  if (isLong) content.writeUInt32BE(count, 4);
  else content.writeUInt16BE(count, 4);
  return box('iinf', content, ...items.map(itemEntry));
}

/** Identifier, no protection, type and an empty name; for XMP also its media type. */
function itemEntry({ type, id }: NewItem): Buffer {
  const fixed = Buffer.alloc(4);
  fixed.writeUInt16BE(id);
  const words = type === 'mime' ? 'mime\0application/rdf+xml\0' : `${type}\0`;
  return fullBox('infe', VERSION_2, fixed, Buffer.from(words, 'latin1'));
}

/** A content description reference, with identifiers of 16 bits. */
function describes(from: number, to: number): Buffer {
  const reference = Buffer.alloc(6);
  reference.writeUInt16BE(from);
  reference.writeUInt16BE(1, 2);
  reference.writeUInt16BE(to, 4);
  return box('cdsc', reference);
}
