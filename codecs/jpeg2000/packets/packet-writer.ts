import type { Rect } from '../../../image/geometry.ts';
import { type BitWriter, createBitWriter } from './bit-writer.ts';
import { isSegmentStart } from './block-segments.ts';
import type { BlockChunk, CodedBlock } from './precinct.ts';
import { createWrittenTagTree } from './tag-tree.ts';

/** The code-blocks of one band that a packet is to hold. */
export interface BandContent {
  /** By their numbers on the grid that begins at the origin. */
  readonly area: Rect;
  /** Row by row; undefined for those left out. */
  readonly blocks: readonly (CodedBlock | undefined)[];
}

/** A packet of a codestream of one layer: its header, and what its body is made of. */
export interface WrittenPacket {
  readonly header: Buffer;
  readonly body: readonly BlockChunk[];
}

/** A packet without anything in it. */
export const EMPTY_PACKET: WrittenPacket = { header: Buffer.alloc(1), body: [] };

const FIRST_LENGTH_BITS = 3;

/** @see ISO/IEC 15444-1 §B.10 */
export function writePacket(bands: readonly BandContent[], blockStyle: number): WrittenPacket {
  const bits = createBitWriter();
  bits.put(1);
  const body = bands.flatMap((band) => writeBand(bits, band, blockStyle));
  return { header: bits.finish(), body };
}

function writeBand(bits: BitWriter, { area, blocks }: BandContent, blockStyle: number): BlockChunk[] {
  const inclusion = createWrittenTagTree(area.width, area.height);
  const zeroPlanes = createWrittenTagTree(area.width, area.height);
  const body: BlockChunk[] = [];
  for (const [index, block] of blocks.entries()) {
    if (!block) continue;
    inclusion.set(index % area.width, Math.floor(index / area.width), 0);
    zeroPlanes.set(index % area.width, Math.floor(index / area.width), block.zeroPlanes);
  }
  for (const [index, block] of blocks.entries()) {
    const x = index % area.width;
    const y = Math.floor(index / area.width);
    inclusion.write(bits, x, y, 1);
    if (!block) continue;
    zeroPlanes.write(bits, x, y, block.zeroPlanes + 1);
    writeLengths(bits, block.chunks, blockStyle);
    body.push(...block.chunks);
  }
  return body;
}

function writeLengths(bits: BitWriter, chunks: readonly BlockChunk[], blockStyle: number): void {
  const segments = segmentsOf(chunks, blockStyle);
  writePassCount(
    bits,
    chunks.reduce((sum, { passes }) => sum + passes, 0),
  );
  const needed = segments.map(({ passes, byteLength }) => bitLength(byteLength) - Math.floor(Math.log2(passes)));
  const lengthBits = Math.max(FIRST_LENGTH_BITS, ...needed);
  for (let index = FIRST_LENGTH_BITS; index < lengthBits; index++) bits.put(1);
  bits.put(0);
  for (const { passes, byteLength } of segments) bits.bits(byteLength, lengthBits + Math.floor(Math.log2(passes)));
}

/** What several layers say of one segment, put together. */
function segmentsOf(chunks: readonly BlockChunk[], blockStyle: number): { passes: number; byteLength: number }[] {
  const segments: { passes: number; byteLength: number }[] = [];
  let passes = 0;
  for (const chunk of chunks) {
    const last = segments.at(-1);
    if (!last || isSegmentStart(blockStyle, passes)) {
      segments.push({ passes: chunk.passes, byteLength: chunk.byteLength });
    } else {
      last.passes += chunk.passes;
      last.byteLength += chunk.byteLength;
    }
    passes += chunk.passes;
  }
  return segments;
}

/** @see ISO/IEC 15444-1 table B.4 */
function writePassCount(bits: BitWriter, passes: number): void {
  if (passes === 1) bits.bits(0, 1);
  else if (passes === 2) bits.bits(0b10, 2);
  else if (passes <= 5) bits.bits(0b1100 | (passes - 3), 4);
  else if (passes <= 36) bits.bits(0b1111_00000 | (passes - 6), 9);
  else bits.bits(0b1111_11111_0000000 | (passes - 37), 16);
}

function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}
