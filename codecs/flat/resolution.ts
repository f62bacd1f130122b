import type { Resolution } from '../../image/metadata.ts';

const UNITS = ['unknown', 'inch', 'centimetre'] as const;

/** What JFIF or PNG say of the resolution; undefined for other formats, and where it lies further back. */
export function readResolution(head: Uint8Array): Resolution | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  return bytes[0] === 0xff ? ofJfif(bytes) : bytes[0] === 0x89 ? ofPng(bytes) : undefined;
}

/** @see JFIF 1.02: the segment comes first */
function ofJfif(bytes: Buffer): Resolution | undefined {
  if (bytes.length < 18 || bytes.toString('latin1', 6, 11) !== 'JFIF\0') return undefined;
  const unit = UNITS[bytes[13] ?? 0];
  const [x, y] = [bytes.readUInt16BE(14), bytes.readUInt16BE(16)];
  return unit && x > 0 && y > 0 ? { x, y, unit } : undefined;
}

/** @see PNG 3rd edition §11.3.4.3 */
function ofPng(bytes: Buffer): Resolution | undefined {
  for (let at = 8; at + 21 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const name = bytes.toString('latin1', at + 4, at + 8);
    if (name === 'IDAT') return undefined;
    if (name === 'pHYs') return ofPhysicalSize(bytes.subarray(at + 8));
  }
  return undefined;
}

function ofPhysicalSize(content: Buffer): Resolution | undefined {
  const [x, y] = [content.readUInt32BE(0), content.readUInt32BE(4)];
  if (x === 0 || y === 0) return undefined;
  return content[8] === 1 ? { x: x / 100, y: y / 100, unit: 'centimetre' } : { x, y, unit: 'unknown' };
}
