/** Codes of the markers that mean anything here. @see ISO/IEC 15444-1 annex A */
export const MARKER = {
  startOfCodestream: 0xff4f,
  capabilities: 0xff50,
  size: 0xff51,
  codingStyle: 0xff52,
  componentCodingStyle: 0xff53,
  tilePartLengths: 0xff55,
  profile: 0xff56,
  packetLengths: 0xff58,
  correspondingProfile: 0xff59,
  quantisation: 0xff5c,
  componentQuantisation: 0xff5d,
  regionOfInterest: 0xff5e,
  progressionChange: 0xff5f,
  packedHeadersMain: 0xff60,
  packedHeadersTile: 0xff61,
  startOfTilePart: 0xff90,
  startOfPacket: 0xff91,
  endOfPacketHeader: 0xff92,
  startOfData: 0xff93,
  endOfCodestream: 0xffd9,
} as const;

/** A marker segment as stored, its marker and length included. */
export interface Segment {
  readonly marker: number;
  readonly bytes: Buffer;
}

/** Where the content of a segment begins, behind marker and length. */
export const CONTENT = 4;

/** The segments of one kind, in their order. */
export function segmentsOf(segments: readonly Segment[], marker: number): Segment[] {
  return segments.filter((segment) => segment.marker === marker);
}
