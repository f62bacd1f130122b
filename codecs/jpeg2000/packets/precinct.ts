import { CorruptSource } from '../../../image/errors.ts';
import type { Rect } from '../../../image/geometry.ts';
import type { CodingStyle } from '../coding-style.ts';
import { MARKER } from '../markers.ts';
import { type BitReader, createBitReader } from './bit-reader.ts';
import { segmentRoom } from './block-segments.ts';
import { createTagTree, type TagTree } from './tag-tree.ts';
import { precinctBlocks, type Resolution } from './tile-geometry.ts';

/** A run of bytes of one code-block: some of the coding passes of one segment. */
export interface BlockChunk {
  readonly passes: number;
  /** In the file. */
  readonly offset: number;
  readonly byteLength: number;
}

/** What is stored of one code-block. */
export interface CodedBlock {
  /** Bit-planes that are all zero. */
  readonly zeroPlanes: number;
  readonly chunks: readonly BlockChunk[];
}

/** The code-blocks of a precinct in one band. */
export interface BandBlocks {
  /** By their numbers on the grid that begins at the origin. */
  readonly area: Rect;
  /** Row by row; undefined where nothing is stored. */
  readonly blocks: readonly (CodedBlock | undefined)[];
}

/** Reads the packets of one precinct, layer after layer. */
export interface PrecinctReader {
  /**
   * Reads the header of the next packet.
   *
   * @param bytes - what is at hand of it
   * @param start - where it begins in `bytes`
   * @param offset - where `bytes` begin in the file
   * @returns the length of the packet, body included; undefined when `bytes` end too early, after which no more can be read
   * @throws CorruptSource
   */
  readPacket(bytes: Uint8Array, start: number, offset: number): number | undefined;
  readonly bands: readonly BandBlocks[];
}

type PacketStyle = Pick<CodingStyle, 'usesSop' | 'usesEph' | 'blockStyle'>;

interface Block {
  zeroPlanes: number;
  lengthBits: number;
  passes: number;
  readonly chunks: BlockChunk[];
}

interface Band extends BandBlocks {
  readonly blocks: (Block | undefined)[];
  readonly inclusion: TagTree;
  readonly zeroPlanes: TagTree;
}

/** A chunk whose place in the body is yet to come. */
interface Announced {
  readonly block: Block;
  readonly passes: number;
  readonly byteLength: number;
}

const SOP_LENGTH = 6;
const EPH_LENGTH = 2;
const MAX_ZERO_PLANES = 80;
const MAX_LENGTH_BITS = 31;
const MAX_PASSES = 164;

/** @see ISO/IEC 15444-1 §B.9 and B.10 */
export function createPrecinctReader(style: PacketStyle, resolution: Resolution, precinct: number): PrecinctReader {
  const bands = resolution.bands.map((band) => createBand(precinctBlocks(resolution, precinct, band)));
  let layer = 0;

  function readHeader(bits: BitReader): Announced[] {
    if (bits.bit() === 0) return [];
    return bands.flatMap((band) => readBand(bits, band, layer, style.blockStyle));
  }

  return {
    bands,
    readPacket(bytes, start, offset) {
      const bits = createBitReader(bytes, start + (style.usesSop ? markerLength(bytes, start, 'sop') : 0));
      const announced = readHeader(bits);
      layer++;
      const end = bits.align();
      if (bits.isBeyond()) return undefined;
      let at = end + (style.usesEph ? markerLength(bytes, end, 'eph') : 0);
      for (const { block, passes, byteLength } of announced) {
        block.chunks.push({ passes, offset: offset + at, byteLength });
        at += byteLength;
      }
      return at - start;
    },
  };
}

/** Both markers may be left out of a packet. */
function markerLength(bytes: Uint8Array, at: number, kind: 'sop' | 'eph'): number {
  const code = kind === 'sop' ? MARKER.startOfPacket : MARKER.endOfPacketHeader;
  const isThere = bytes[at] === code >> 8 && bytes[at + 1] === (code & 0xff);
  if (!isThere) return 0;
  return kind === 'sop' ? SOP_LENGTH : EPH_LENGTH;
}

function createBand(area: Rect): Band {
  return {
    area,
    blocks: Array.from({ length: area.width * area.height }),
    inclusion: createTagTree(area.width, area.height),
    zeroPlanes: createTagTree(area.width, area.height),
  };
}

function readBand(bits: BitReader, band: Band, layer: number, blockStyle: number): Announced[] {
  const announced: Announced[] = [];
  for (let y = 0; y < band.area.height; y++) {
    for (let x = 0; x < band.area.width; x++) {
      const block = readInclusion(bits, band, { x, y, layer });
      if (block) announced.push(...readLengths(bits, block, blockStyle));
    }
    if (bits.isBeyond()) return announced;
  }
  return announced;
}

/** The code-block, when the packet has something of it. */
function readInclusion(
  bits: BitReader,
  { area, blocks, inclusion, zeroPlanes }: Band,
  { x, y, layer }: { readonly x: number; readonly y: number; readonly layer: number },
): Block | undefined {
  const index = y * area.width + x;
  const known = blocks[index];
  if (known) return bits.bit() === 1 ? known : undefined;
  if (!inclusion.isBelow(bits, x, y, layer + 1)) return undefined;
  let planes = 0;
  while (!zeroPlanes.isBelow(bits, x, y, planes + 1)) {
    planes++;
    if (planes > MAX_ZERO_PLANES) throw new CorruptSource(`code-block of ${planes} empty bit-planes`);
  }
  const block: Block = { zeroPlanes: planes, lengthBits: 3, passes: 0, chunks: [] };
  blocks[index] = block;
  return block;
}

function readLengths(bits: BitReader, block: Block, blockStyle: number): Announced[] {
  let rest = readPassCount(bits);
  while (bits.bit() === 1) block.lengthBits++;
  if (block.lengthBits > MAX_LENGTH_BITS || block.passes + rest > MAX_PASSES) {
    throw new CorruptSource(`code-block of ${block.passes + rest} coding passes`);
  }
  const announced: Announced[] = [];
  while (rest > 0) {
    const passes = Math.min(rest, segmentRoom(blockStyle, block.passes));
    const byteLength = bits.bits(block.lengthBits + Math.floor(Math.log2(passes)));
    announced.push({ block, passes, byteLength });
    block.passes += passes;
    rest -= passes;
  }
  return announced;
}

/** @see ISO/IEC 15444-1 table B.4 */
function readPassCount(bits: BitReader): number {
  if (bits.bit() === 0) return 1;
  if (bits.bit() === 0) return 2;
  const two = bits.bits(2);
  if (two < 3) return 3 + two;
  const five = bits.bits(5);
  return five < 31 ? 6 + five : 37 + bits.bits(7);
}
