const MARK = Buffer.from('Photoshop 3.0\0', 'latin1');
const RESOURCE = '8BIM';
const IPTC = 0x0404;

/** What an IPTC-IIM record begins with. */
const RECORD_MARK = 0x1c;

/**
 * The IPTC-IIM records of a block as JPEG has it, which holds resources of Photoshop's, or of one that holds nothing else;
 * undefined where there are none.
 *
 * @see Adobe Photoshop File Formats Specification, "Image Resource Blocks"
 */
export function iptcRecords(block: Buffer): Buffer | undefined {
  if (block[0] === RECORD_MARK) return block;
  const start = block.subarray(0, MARK.length).equals(MARK) ? MARK.length : 0;
  for (let resource = readResource(block, start); resource; resource = readResource(block, resource.end)) {
    if (resource.id === IPTC) return resource.content;
  }
  return undefined;
}

interface Resource {
  readonly id: number;
  readonly content: Buffer;
  /** Where the next one begins. */
  readonly end: number;
}

/** Undefined at the end, and for what is cut short. */
function readResource(block: Buffer, at: number): Resource | undefined {
  const nameLength = 1 + (block[at + 6] ?? 0);
  const lengthAt = at + 6 + nameLength + (nameLength % 2);
  if (lengthAt + 4 > block.length || block.toString('latin1', at, at + 4) !== RESOURCE) return undefined;
  const length = block.readUInt32BE(lengthAt);
  const content = block.subarray(lengthAt + 4, lengthAt + 4 + length);
  const end = lengthAt + 4 + length + (length % 2);
  return content.length === length ? { id: block.readUInt16BE(at + 4), content, end } : undefined;
}
