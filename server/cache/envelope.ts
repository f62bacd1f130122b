import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { EncodedImage } from '../../image/service.ts';

/**
 * How an image lies in a shared cache, so that anything else found there counts as a miss:
 * 4 bytes magic and version, 16 bytes digest of the key, 4 bytes CRC-32 of media type and body, 4 bytes length of the body,
 * 1 byte length of the media type, the media type, the body. Integers are big-endian.
 */
const MAGIC = Buffer.from('MZ\x01\x01', 'latin1');
const DIGEST_END = 20;
const FIXED_LENGTH = 29;

/** The stored form of an image under its key. */
export function sealImage(key: string, { mediaType, body }: EncodedImage): Buffer {
  const head = Buffer.alloc(FIXED_LENGTH);
  MAGIC.copy(head);
  digestOf(key).copy(head, MAGIC.length);
  const type = Buffer.from(mediaType, 'latin1');
  head.writeUInt32BE(crc32(body, crc32(type)), DIGEST_END);
  head.writeUInt32BE(body.byteLength, DIGEST_END + 4);
  head.writeUInt8(type.length, DIGEST_END + 8);
  return Buffer.concat([head, type, body]);
}

/** The image that was stored under this key, undefined when the bytes are anything else. */
export function unsealImage(key: string, sealed: Buffer): EncodedImage | undefined {
  if (sealed.length < FIXED_LENGTH || !sealed.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  if (!sealed.subarray(MAGIC.length, DIGEST_END).equals(digestOf(key))) return undefined;
  const typeEnd = FIXED_LENGTH + sealed.readUInt8(DIGEST_END + 8);
  const type = sealed.subarray(FIXED_LENGTH, typeEnd);
  const body = sealed.subarray(typeEnd);
  const isWhole = sealed.length === typeEnd + sealed.readUInt32BE(DIGEST_END + 4);
  const isIntact = crc32(body, crc32(type)) === sealed.readUInt32BE(DIGEST_END);
  if (!isWhole || !isIntact) return undefined;
  // A copy: the view would keep all that arrived from the cache alive for as long as the image is kept in memory.
  return { mediaType: type.toString('latin1'), body: new Uint8Array(body) };
}

function digestOf(key: string): Buffer {
  return createHash('sha256')
    .update(key)
    .digest()
    .subarray(0, DIGEST_END - MAGIC.length);
}
