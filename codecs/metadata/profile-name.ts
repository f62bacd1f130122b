const TAG_COUNT_AT = 128;
const TAG_LENGTH = 12;
const MOST_TAGS = 100;

/**
 * What a colour profile calls itself; undefined where it does not say, or is damaged.
 *
 * @see ICC.1:2022 §9.2.41, and ICC.1:2001 §6.5.17 for version 2
 */
export function profileName(profile: Uint8Array): string | undefined {
  const bytes = Buffer.from(profile.buffer, profile.byteOffset, profile.byteLength);
  try {
    const name = readName(bytes);
    return name?.replaceAll('\0', '').trim() || undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined; // it ends before what it points to
    throw error;
  }
}

function readName(bytes: Buffer): string | undefined {
  const count = Math.min(bytes.readUInt32BE(TAG_COUNT_AT), MOST_TAGS);
  for (let index = 0; index < count; index++) {
    const at = TAG_COUNT_AT + 4 + index * TAG_LENGTH;
    if (bytes.toString('latin1', at, at + 4) === 'desc') return readText(bytes.subarray(bytes.readUInt32BE(at + 4)));
  }
  return undefined;
}

function readText(text: Buffer): string | undefined {
  switch (text.toString('latin1', 0, 4)) {
    case 'desc':
      return text.toString('latin1', 12, 12 + text.readUInt32BE(8));
    case 'mluc': // records of language, country, length and offset; the first one is as good as any
      return utf16(text.subarray(text.readUInt32BE(24), text.readUInt32BE(24) + text.readUInt32BE(20)));
    default:
      return undefined;
  }
}

/** The most significant byte comes first. */
function utf16(bytes: Buffer): string {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString('utf16le');
}
