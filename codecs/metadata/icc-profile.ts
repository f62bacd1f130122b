import type { Photometric } from '../../image/source.ts';

const HEADER_LENGTH = 128;

/** The colour space that a profile must be of, as its header spells it. */
const SPACES: Readonly<Record<Photometric, string>> = {
  bilevel: 'GRAY',
  gray: 'GRAY',
  rgb: 'RGB ',
  cmyk: 'CMYK',
  cielab: 'Lab ',
};

/**
 * The profile without padding; undefined where its header is damaged or its colours are not those of the pixels: an
 * output with such a profile is shown wrong, or not at all.
 *
 * @see ICC.1:2022 §7.2
 */
export function soundProfile(stored: Uint8Array, photometric: Photometric): Uint8Array | undefined {
  if (stored.length < HEADER_LENGTH || signature(stored, 36) !== 'acsp') return undefined;
  const size = new DataView(stored.buffer, stored.byteOffset).getUint32(0);
  const isWhole = size >= HEADER_LENGTH && size <= stored.length;
  return isWhole && isProfileOf(stored, photometric) ? stored.subarray(0, size) : undefined;
}

/** Whether a profile says what colours these samples are. */
export function isProfileOf(profile: Uint8Array, photometric: Photometric): boolean {
  return signature(profile, 16) === SPACES[photometric];
}

function signature(profile: Uint8Array, offset: number): string {
  return String.fromCharCode(...profile.subarray(offset, offset + 4));
}
