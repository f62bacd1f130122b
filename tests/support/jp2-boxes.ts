/** A box of JP2 with its header. */
export function jp2Box(type: string, ...content: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(content.reduce((sum, { length }) => sum + length, header.length));
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, ...content]);
}

/** Big-endian numbers of so many bytes each. */
export function bigEndian(length: number, ...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * length);
  for (const [index, value] of values.entries()) bytes.writeUIntBE(value, index * length, length);
  return bytes;
}

/**
 * A JP2 file around a codestream.
 *
 * @param header - the boxes of its header behind the first, which is made of SIZ
 * @param extras - boxes between the header and the codestream
 */
export function wrapCodestream(
  codestream: Uint8Array,
  header: readonly Uint8Array[],
  extras: readonly Uint8Array[] = [],
): Buffer {
  const view = Buffer.from(codestream);
  const [width, height] = [view.readUInt32BE(8), view.readUInt32BE(12)];
  const components = view.readUInt16BE(40);
  const first = jp2Box('ihdr', bigEndian(4, height, width), bigEndian(2, components), Buffer.from([255, 7, 0, 0]));
  return Buffer.concat([
    jp2Box('jP  ', Buffer.from('0d0a870a', 'hex')),
    jp2Box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
    jp2Box('jp2h', first, ...header),
    ...extras,
    jp2Box('jp2c', codestream),
  ]);
}

/** The colour specification of an enumerated colour space. */
export function enumeratedColour(space: number): Buffer {
  return jp2Box('colr', Buffer.from([1, 0, 0]), bigEndian(4, space));
}

/** Channel definitions. */
export function channelDefinitions(...definitions: readonly (readonly [channel: number, type: number, of: number])[]) {
  return jp2Box('cdef', bigEndian(2, definitions.length, ...definitions.flat()));
}
