import { crc32 } from 'node:zlib';

/** Length, name and checksum of a chunk. */
export const CHUNK_OVERHEAD = 12;

/** One chunk of a PNG file. @param name - four letters */
export function pngChunk(name: string, content: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafeSlow(CHUNK_OVERHEAD + content.length);
  bytes.writeUInt32BE(content.length);
  bytes.write(name, 4, 'latin1');
  bytes.set(content, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + content.length)), 8 + content.length);
  return bytes;
}
