import { CorruptSource } from '../../../image/errors.ts';
import type { CodingStyle } from '../coding-style.ts';
import type { GatheredBytes } from '../gather.ts';
import { singleTileSize } from '../image-grid.ts';
import type { MainHeader } from '../main-header.ts';
import { CONTENT, MARKER, segmentsOf } from '../markers.ts';
import { marker } from '../tile-slice.ts';
import type { WrittenPacket } from './packet-writer.ts';
import type { VirtualTile } from './virtual-tile.ts';

/** Segments of the main header that go over as they are. */
const KEPT: readonly number[] = [MARKER.capabilities, MARKER.quantisation, MARKER.componentQuantisation];

const SOT_LENGTH = 12;
const FIRST_COMPONENT = 40;
const COMPONENT_LENGTH = 3;
/** What COD has before the sizes of precincts. */
const COD_LENGTH = 14;

/** A codestream of one tile with these packets. */
export function assembleCodestream(
  header: MainHeader,
  tile: VirtualTile,
  packets: readonly WrittenPacket[],
  contents: GatheredBytes,
): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { header: bits, body } of packets) {
    parts.push(bits);
    for (const chunk of body) {
      const view = contents.view(chunk);
      if (!view) throw new CorruptSource('a code-block is not where its packet says');
      parts.push(view);
    }
  }
  const data = parts.reduce((sum, { length }) => sum + length, 0);
  const all = [...mainHeader(header, tile), tilePartHeader(data), ...parts, marker(MARKER.endOfCodestream)];
  return joined(all);
}

function mainHeader(header: MainHeader, tile: VirtualTile): Uint8Array[] {
  const kept = header.segments.filter((segment) => KEPT.includes(segment.marker));
  const [cod] = segmentsOf(header.segments, MARKER.codingStyle);
  if (!cod) throw new CorruptSource('no COD');
  return [
    marker(MARKER.startOfCodestream),
    unsampled(singleTileSize(header.size, tile.area).bytes),
    codingStyle(cod.bytes, tile.style),
    ...kept.map(({ bytes }) => bytes),
  ];
}

/** The grid of the tile is that of its components. */
function unsampled(size: Buffer): Buffer {
  for (let at = FIRST_COMPONENT; at < size.length; at += COMPONENT_LENGTH) size.fill(1, at + 1, at + COMPONENT_LENGTH);
  return size;
}

/** COD with its own precincts, by resolution first, of one layer and without markers in the packets. */
function codingStyle(stored: Buffer, { decompositions, precincts }: CodingStyle): Buffer {
  const cod = Buffer.alloc(COD_LENGTH + precincts.length);
  stored.copy(cod, 0, 0, COD_LENGTH);
  cod.writeUInt16BE(cod.length - 2, 2);
  cod.writeUInt8(1, CONTENT);
  cod.writeUInt8(0, 5);
  cod.writeUInt16BE(1, 6);
  cod.writeUInt8(decompositions, 9);
  for (const [index, { width, height }] of precincts.entries())
    cod.writeUInt8(width | (height << 4), COD_LENGTH + index);
  return cod;
}

/** @param data - length of the packets in bytes */
function tilePartHeader(data: number): Buffer {
  const sot = Buffer.alloc(SOT_LENGTH + 2);
  sot.writeUInt16BE(MARKER.startOfTilePart);
  sot.writeUInt16BE(SOT_LENGTH - 2, 2);
  sot.writeUInt32BE(sot.length + data, 6);
  sot.writeUInt8(1, 11);
  sot.writeUInt16BE(MARKER.startOfData, SOT_LENGTH);
  return sot;
}

/** In memory that nothing else has, so that it can be handed over. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
