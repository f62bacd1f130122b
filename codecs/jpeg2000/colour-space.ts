import { UnsupportedSource } from '../../image/errors.ts';
import type { Box } from './boxes.ts';
import type { Component } from './image-grid.ts';

/** What the colours of an image are before they are made grey, RGB or CMYK. */
export interface ColourSpace {
  readonly kind: 'gray' | 'rgb' | 'ycc' | 'cmyk';
  /** The colour profile as stored. */
  readonly profile: Uint8Array | undefined;
}

/** The numbers of the enumerated colour spaces. @see ISO/IEC 15444-1 table I.10, ISO/IEC 15444-2 table M.25 */
const ENUMERATED: ReadonlyMap<number, ColourSpace['kind']> = new Map([
  [0, 'gray'],
  [3, 'ycc'],
  [12, 'cmyk'],
  [15, 'gray'],
  [16, 'rgb'],
  [17, 'gray'],
  [18, 'ycc'],
]);

/** The colour spaces of profiles, as their headers spell them. */
const PROFILED: ReadonlyMap<string, ColourSpace['kind']> = new Map([
  ['GRAY', 'gray'],
  ['RGB ', 'rgb'],
  ['CMYK', 'cmyk'],
]);

const ENUMERATED_METHOD = 1;
const RESTRICTED_PROFILE = 2;
const ANY_PROFILE = 3;

/**
 * The first specification that is understood; without any, the number of components tells.
 *
 * @throws UnsupportedSource when there are specifications of other kinds only
 */
export function readColourSpace(
  header: readonly Box[],
  components: readonly Component[],
  channels: number,
): ColourSpace {
  const specifications = header.filter(({ type, content }) => type === 'colr' && content.length >= 7);
  for (const { content } of specifications) {
    const space = spaceOf(content);
    if (space) return space;
  }
  if (specifications.length === 0) return { kind: guess(components, channels), profile: undefined };
  throw new UnsupportedSource(`JPEG 2000 in ${specifications.map(({ content }) => nameOf(content)).join(', ')}`);
}

function spaceOf(content: Buffer): ColourSpace | undefined {
  const method = content.readUInt8(0);
  if (method === ENUMERATED_METHOD) {
    const kind = ENUMERATED.get(content.readUInt32BE(3));
    return kind && { kind, profile: undefined };
  }
  if (method !== RESTRICTED_PROFILE && method !== ANY_PROFILE) return undefined;
  const profile = content.subarray(3);
  const kind = PROFILED.get(profile.toString('latin1', 16, 20));
  return kind && { kind, profile };
}

function nameOf(content: Buffer): string {
  const isEnumerated = content.readUInt8(0) === ENUMERATED_METHOD;
  return isEnumerated ? `colour space ${content.readUInt32BE(3)}` : `a colour profile of another kind`;
}

/** Subsampled colours are what video has. */
function guess(components: readonly Component[], channels: number): ColourSpace['kind'] {
  if (channels < 3) return 'gray';
  const [luma, blue, red] = components;
  const isSubsampled = (component: Component | undefined) => component !== undefined && component.dx > (luma?.dx ?? 1);
  return channels === 3 && isSubsampled(blue) && isSubsampled(red) ? 'ycc' : 'rgb';
}
