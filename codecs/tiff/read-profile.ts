import type { ByteSource } from '../../image/source.ts';
import { assertInside } from './chunk-reader.ts';
import type { Directory } from './directory.ts';
import { TAG } from './tags.ts';

/** Profiles of printing presses have some hundred kilobytes, or a few thousand. */
const MAX_PROFILE_LENGTH = 16 * 2 ** 20;

/** Reads the colour profile of a directory when it is first asked for; undefined where there is none. */
export function createProfileReader(directory: Directory, bytes: ByteSource): () => Promise<Uint8Array | undefined> {
  let reading: Promise<Uint8Array | undefined> | undefined;

  async function read(): Promise<Uint8Array | undefined> {
    const entry = directory.entries.get(TAG.iccProfile);
    if (!entry || entry.count > MAX_PROFILE_LENGTH) return undefined;
    assertInside(entry.offset, entry.count, bytes.size);
    return bytes.read(entry.offset, entry.count);
  }

  return () => {
    reading ??= read();
    return reading;
  };
}
