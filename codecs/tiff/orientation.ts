import type { Orientation } from '../../image/metadata.ts';
import type { Directory } from './directory.ts';
import { TAG } from './tags.ts';

const ORIENTATIONS: readonly Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8];
const SHORT = 3;

/** The Orientation tag, which is EXIF's as well; whatever is none of its values counts as upright. */
export function readOrientation(directory: Directory): Orientation {
  const entry = directory.entries.get(TAG.orientation);
  if (entry?.type !== SHORT || !entry.inline) return 1;
  const value = entry.inline.getUint16(0, directory.isLittleEndian);
  return ORIENTATIONS.find((known) => known === value) ?? 1;
}
