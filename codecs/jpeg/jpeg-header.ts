import { CorruptSource } from '../../image/errors.ts';
import type { Size } from '../../image/geometry.ts';

/** The frame header of a JPEG stream. */
export type JpegFrame = Size & {
  /** Offset of its marker. */
  readonly start: number;
  /** 0 baseline, 1 extended sequential, 2 progressive; others are lossless, hierarchical or arithmetic. */
  readonly process: number;
  readonly precision: number;
  readonly componentIds: readonly number[];
  /** Bit n set: a component is quantised with table n. */
  readonly quantisation: number;
};

/** What a JPEG stream, complete or of tables alone, says before its first scan. */
export interface JpegHeader {
  readonly frame: JpegFrame | undefined;
  /** Bit n set: quantisation table n is defined. */
  readonly quantisationTables: number;
  /** How many Huffman tables are defined. */
  readonly huffmanTables: number;
  readonly hasJfif: boolean;
  /** The colour transform that the last Adobe marker names. */
  readonly adobeTransform: number | undefined;
  /** Where the markers lie that say something about colour. */
  readonly colourMarkers: readonly number[];
  /** Where the segments end: at the first scan, the end marker or the end of the data. */
  readonly end: number;
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DQT = 0xdb;
const DHT = 0xc4;
const APP0 = 0xe0;
const APP14 = 0xee;

interface Segment {
  readonly marker: number;
  /** Offset of the marker. */
  readonly start: number;
  /** Offset of what follows the segment. */
  readonly next: number;
  readonly body: Uint8Array;
}

/**
 * Reads a stream's segments up to its first scan.
 *
 * @throws CorruptSource when they do not follow each other
 * @see ITU-T T.81 annex B
 */
export function readJpegHeader(jpeg: Uint8Array): JpegHeader {
  if (jpeg[0] !== 0xff || jpeg[1] !== SOI) throw new CorruptSource('JPEG stream without a start marker');
  const segments = readSegments(jpeg);
  const frame = segments.find(({ marker }) => isFrame(marker));
  const ofColour = segments.filter((segment) => isJfif(segment) || isAdobe(segment));
  return {
    frame: frame && readFrame(frame),
    quantisationTables: segments.reduce((tables, { marker, body }) => tables | (marker === DQT ? quantOf(body) : 0), 0),
    huffmanTables: segments.filter(({ marker }) => marker === DHT).length,
    hasJfif: ofColour.some(isJfif),
    adobeTransform: ofColour.findLast(isAdobe)?.body[11],
    colourMarkers: ofColour.map(({ start }) => start),
    end: segments.at(-1)?.next ?? 2,
  };
}

function readSegments(jpeg: Uint8Array): Segment[] {
  const segments: Segment[] = [];
  let at = 2;
  while (at < jpeg.length) {
    const marker = jpeg[at + 1] ?? 0;
    if (jpeg[at] !== 0xff) throw new CorruptSource(`no JPEG marker at ${at}`);
    if (marker === EOI || marker === SOS) break;
    if (marker === 0xff) {
      at++; // any marker may be preceded by fill bytes
      continue;
    }
    const segment = readSegment(jpeg, at, marker);
    segments.push(segment);
    at = segment.next;
  }
  return segments;
}

function readSegment(jpeg: Uint8Array, start: number, marker: number): Segment {
  const next = start + 2 + uint16(jpeg, start + 2);
  if (marker < 0xc0 || next < start + 4 || next > jpeg.length) {
    throw new CorruptSource(`JPEG segment of marker ${marker} at ${start} is cut short`);
  }
  return { marker, start, next, body: jpeg.subarray(start + 4, next) };
}

/** SOF0 to SOF15, between which DHT, JPG and DAC lie. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== DHT && marker !== 0xc8 && marker !== 0xcc;
}

function isJfif({ marker, body }: Segment): boolean {
  return marker === APP0 && body.length >= 12 && beginsWith(body, 'JFIF\0');
}

function isAdobe({ marker, body }: Segment): boolean {
  return marker === APP14 && body.length >= 12 && beginsWith(body, 'Adobe');
}

function readFrame({ body, marker, start }: Segment): JpegFrame {
  const count = body[5] ?? 0;
  if (body.length < 6 + 3 * count) throw new CorruptSource('JPEG frame header is cut short');
  const components = Array.from({ length: count }, (_, index) => 6 + 3 * index);
  return {
    start,
    process: marker - 0xc0,
    precision: body[0] ?? 0,
    width: uint16(body, 3),
    height: uint16(body, 1),
    componentIds: components.map((at) => body[at] ?? 0),
    quantisation: components.reduce((tables, at) => tables | (1 << (body[at + 2] ?? 0)), 0),
  };
}

function quantOf(body: Uint8Array): number {
  let tables = 0;
  for (let at = 0; at < body.length; ) {
    const precisionAndNumber = body[at] ?? 0;
    tables |= 1 << (precisionAndNumber & 15);
    at += precisionAndNumber < 16 ? 65 : 129;
  }
  return tables;
}

function uint16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

function beginsWith(bytes: Uint8Array, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[index] !== text.charCodeAt(index)) return false;
  }
  return true;
}
