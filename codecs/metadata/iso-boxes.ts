/** A box of the ISO base media file format, as stored. */
export interface Box {
  readonly type: string;
  /** The whole box with its header of 8 bytes. */
  readonly bytes: Buffer;
}

const HEADER = 8;

/**
 * The boxes that follow each other in `bytes`.
 *
 * @param start - offset of the first
 */
export function boxesIn(bytes: Buffer, start: number): Box[] {
  const boxes: Box[] = [];
  for (let at = start; at + HEADER <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const end = length === 0 ? bytes.length : at + length; // 0: to the end of the file
    if (length === 1 || end > bytes.length || end < at + HEADER) throw new RangeError(`box of ${length} bytes`);
    boxes.push({ type: bytes.toString('latin1', at + 4, at + HEADER), bytes: bytes.subarray(at, end) });
    at = end;
  }
  return boxes;
}

export function boxNamed(boxes: readonly Box[], type: string): Box {
  const found = boxes.find((one) => one.type === type);
  if (!found) throw new RangeError(`no box ${type}`);
  return found;
}

/** What follows the header; of a full box version and flags come first. */
export function contentOf({ bytes }: Box): Buffer {
  return bytes.subarray(HEADER);
}

export function box(type: string, ...content: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(content.reduce((sum, part) => sum + part.length, HEADER));
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, ...content]);
}

/** @param versionAndFlags - 4 bytes */
export function fullBox(type: string, versionAndFlags: Uint8Array, ...content: readonly Uint8Array[]): Buffer {
  return box(type, versionAndFlags, ...content);
}
