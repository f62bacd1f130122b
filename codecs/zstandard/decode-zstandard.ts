import { ZSTDDecoder } from 'zstddec';
import { CorruptSource } from '../../image/errors.ts';
import type { ZstandardDecoder } from '../decode-tools.ts';

/** Zstandard in WebAssembly; it is compiled on first use. */
export function createZstandardDecoder(): ZstandardDecoder {
  const decoder = new ZSTDDecoder();
  return {
    async decode(frame, byteLength) {
      await decoder.init();
      const decoded = tryDecode(decoder, frame, byteLength);
      if (decoded.byteLength !== byteLength) throw new CorruptSource('Zstandard frame is damaged or of another length');
      return decoded;
    },
  };
}

/** Given a length the decoder writes no further than that, and reports damage by a result of another length. */
function tryDecode(decoder: ZSTDDecoder, frame: Uint8Array, byteLength: number): Uint8Array {
  try {
    return decoder.decode(frame, byteLength);
  } catch (cause) {
    throw new CorruptSource('Zstandard frame cannot be decoded', { cause });
  }
}
