import { CorruptSource } from '../../image/errors.ts';
import type { ByteSource } from '../../image/source.ts';
import { type CodingStyle, readCodingStyle } from './coding-style.ts';
import { type ImageGrid, readImageGrid } from './image-grid.ts';
import { MARKER, type Segment, segmentsOf } from './markers.ts';

/** Where the codestream lies in its file. */
export interface CodestreamRange {
  readonly offset: number;
  readonly byteLength: number;
}

/** What holds for all tiles of a codestream. */
export interface MainHeader {
  readonly range: CodestreamRange;
  /** Length of the header, up to the first tile-part. */
  readonly byteLength: number;
  readonly segments: readonly Segment[];
  readonly size: Segment;
  readonly grid: ImageGrid;
  readonly style: CodingStyle;
}

const MARKER_LENGTH = 2;
const FIRST_READ = 4096;
/** A header of 65,535 tiles has TLM of this length. */
const MAX_LENGTH = 4 * 2 ** 20;

/** Reads up to the first tile-part. @throws CorruptSource, UnsupportedSource */
export async function readMainHeader(bytes: ByteSource, range: CodestreamRange): Promise<MainHeader> {
  let length = FIRST_READ;
  for (;;) {
    const isAll = length >= range.byteLength;
    const start = Buffer.from(await bytes.read(range.offset, Math.min(length, range.byteLength)));
    if (start.readUInt16BE(0) !== MARKER.startOfCodestream) throw new CorruptSource('no codestream where it should be');
    const parsed = parseSegments(start, MARKER_LENGTH, MARKER.startOfTilePart);
    if (parsed) return headerOf(parsed.segments, range, parsed.end);
    if (isAll || length >= MAX_LENGTH) throw new CorruptSource('the main header of the codestream does not end');
    length *= 8;
  }
}

/**
 * The segments up to a marker; undefined when `bytes` end before it.
 *
 * @param start - where the first begins
 * @throws CorruptSource
 */
export function parseSegments(
  bytes: Buffer,
  start: number,
  last: number,
): { readonly segments: Segment[]; readonly end: number } | undefined {
  const segments: Segment[] = [];
  for (let at = start; at + MARKER_LENGTH <= bytes.length; ) {
    if (bytes.readUInt16BE(at) === last) return { segments, end: at };
    const segment = segmentAt(bytes, at);
    if (!segment) return undefined;
    segments.push(segment);
    at += segment.bytes.length;
  }
  return undefined;
}

/** Undefined when `bytes` end before it does. */
function segmentAt(bytes: Buffer, at: number): Segment | undefined {
  if (at + 4 > bytes.length) return undefined;
  const marker = bytes.readUInt16BE(at);
  const length = bytes.readUInt16BE(at + 2);
  if (marker < 0xff00 || length < 2) throw new CorruptSource(`marker ${marker.toString(16)} of ${length} bytes`);
  const end = at + 2 + length;
  return end <= bytes.length ? { marker, bytes: bytes.subarray(at, end) } : undefined;
}

function headerOf(segments: readonly Segment[], range: CodestreamRange, byteLength: number): MainHeader {
  const size = onlyOne(segments, MARKER.size, 'SIZ');
  const style = readCodingStyle(onlyOne(segments, MARKER.codingStyle, 'COD'));
  onlyOne(segments, MARKER.quantisation, 'QCD');
  return { range, byteLength, segments, size, grid: readImageGrid(size), style };
}

function onlyOne(segments: readonly Segment[], marker: number, name: string): Segment {
  const [found, second] = segmentsOf(segments, marker);
  if (!found || second) throw new CorruptSource(`${found ? 'more than one' : 'no'} ${name}`);
  return found;
}
