import type { Photometric } from '../../image/source.ts';

const HEADER_LENGTH = 128;
const ENTRY_LENGTH = 12;

/** Where the table of tags begins, after their number. */
const TABLE = HEADER_LENGTH + 4;

/** The colour space that a profile must be of, as its header spells it. */
const SPACES: Readonly<Record<Photometric, string>> = {
  bilevel: 'GRAY',
  gray: 'GRAY',
  rgb: 'RGB ',
  cmyk: 'CMYK',
  cielab: 'Lab ',
};

/**
 * The profile without padding; undefined where its header or table of tags is damaged, or its colours are not those of the
 * pixels: an output with such a profile is shown wrong, or not at all.
 *
 * @see ICC.1:2022 §7.2 and §7.3
 */
export function soundProfile(stored: Uint8Array, photometric: Photometric): Uint8Array | undefined {
  if (stored.length < TABLE || signature(stored, 36) !== 'acsp' || !isProfileOf(stored, photometric)) return undefined;
  const size = numbersOf(stored).getUint32(0);
  const isWhole = size >= TABLE && size <= stored.length;
  const profile = stored.subarray(0, size);
  return isWhole && hasItsTags(profile) ? profile : undefined;
}

/** Whether there are tags at all, and each lies in the profile, behind the table. */
function hasItsTags(profile: Uint8Array): boolean {
  const numbers = numbersOf(profile);
  const count = numbers.getUint32(HEADER_LENGTH);
  const end = TABLE + count * ENTRY_LENGTH;
  if (count === 0 || end > profile.length) return false;
  for (let entry = TABLE; entry < end; entry += ENTRY_LENGTH) {
    const offset = numbers.getUint32(entry + 4);
    if (offset < end || offset + numbers.getUint32(entry + 8) > profile.length) return false;
  }
  return true;
}

function numbersOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Whether a profile says what colours these samples are. */
export function isProfileOf(profile: Uint8Array, photometric: Photometric): boolean {
  return signature(profile, 16) === SPACES[photometric];
}

function signature(profile: Uint8Array, offset: number): string {
  return String.fromCharCode(...profile.subarray(offset, offset + 4));
}
