import { CorruptSource } from '../image/errors.ts';
import type { ByteSource } from '../image/source.ts';

/** Bytes that are in memory already. */
export function memoryBytes(content: Uint8Array): ByteSource {
  return {
    size: content.length,
    async read(offset, length) {
      if (!(offset >= 0 && length >= 0 && offset + length <= content.length)) {
        throw new CorruptSource(`bytes ${offset} to ${offset + length} of ${content.length}`);
      }
      return content.slice(offset, offset + length);
    },
    async close() {},
  };
}
