import { CorruptSource } from '../../../image/errors.ts';
import type { ByteSource } from '../../../image/source.ts';
import type { TakeTurn } from '../../turns.ts';
import { BLOCK_STYLE, type CodingStyle } from '../coding-style.ts';
import type { PacketOrder } from './packet-order.ts';
import { createPrecinctReader, type PrecinctReader } from './precinct.ts';
import type { Resolution } from './tile-geometry.ts';
import { packetLengths, type TilePartHeader } from './tile-header.ts';

/** Where the packets of a tile lie in the file, by their place in its order. */
export interface PacketTable {
  readonly offsets: Float64Array;
  readonly lengths: Uint32Array;
}

/** A tile whose packets are to be found. */
export interface TilePackets {
  readonly style: CodingStyle;
  readonly resolutions: readonly Resolution[];
  readonly order: PacketOrder;
  readonly parts: readonly TilePartHeader[];
}

interface Finding {
  readonly bytes: ByteSource;
  readonly takeTurn: TakeTurn;
}

/** From PLT where that fits the tile; else undefined. */
export function tableFromLengths({ order, parts }: TilePackets): PacketTable | undefined {
  const table = emptyTable(order.count);
  let index = 0;
  for (const part of parts) {
    let offset = part.data.offset;
    for (const length of packetLengths(part)) {
      if (index < order.count) setPacket(table, index, offset, length);
      index++;
      offset += length;
    }
    if (offset !== part.data.offset + part.data.byteLength) return undefined;
  }
  return index === order.count ? table : undefined;
}

/** Goes through all packet headers once. @throws CorruptSource */
export async function tableByWalking(tile: TilePackets, { bytes, takeTurn }: Finding): Promise<PacketTable> {
  const { order, parts, style, resolutions } = tile;
  const table = emptyTable(order.count);
  const readers = new Map<string, PrecinctReader>();
  const data = createForwardReader(bytes, parts);
  let index = 0;
  for (const { component, resolution, precinct, layer } of order.places()) {
    const shape = resolutions[resolution];
    if (!shape) throw new RangeError(`resolution ${resolution}`);
    const key = `${component},${resolution},${precinct}`;
    const reader = readers.get(key) ?? createPrecinctReader(style, shape, precinct);
    if (layer === style.layers - 1) readers.delete(key);
    else readers.set(key, reader);
    const { offset, view } = await data.ahead(headerBound(style, reader));
    const length = reader.readPacket(view, 0, offset);
    if (length === undefined) throw new CorruptSource('a packet header goes on behind its tile');
    setPacket(table, index++, offset, length);
    data.skip(length);
    await takeTurn();
  }
  return table;
}

/** More than the header of a packet can be long, in bytes. */
export function headerBound({ blockStyle }: CodingStyle, { bands }: Pick<PrecinctReader, 'bands'>): number {
  const blocks = bands.reduce((sum, { area }) => sum + area.width * area.height, 0);
  const isTerminated = (blockStyle & (BLOCK_STYLE.terminateAll | BLOCK_STYLE.bypass)) !== 0;
  return 64 + blocks * (isTerminated ? 400 : 32);
}

function emptyTable(count: number): PacketTable {
  return { offsets: new Float64Array(count), lengths: new Uint32Array(count) };
}

function setPacket({ offsets, lengths }: PacketTable, index: number, offset: number, length: number): void {
  offsets[index] = offset;
  lengths[index] = length;
}

/** Reads the packets of a tile from the first to the last, however many parts they lie in. */
interface ForwardReader {
  /** What comes next: so many bytes, or as many as its part still has. */
  ahead(length: number): Promise<{ readonly offset: number; readonly view: Uint8Array }>;
  skip(length: number): void;
}

const CHUNK_LENGTH = 2 ** 16;

function createForwardReader(bytes: ByteSource, parts: readonly TilePartHeader[]): ForwardReader {
  const rest = parts.map(({ data }) => data).filter(({ byteLength }) => byteLength > 0);
  let part = rest.shift();
  let offset = part?.offset ?? 0;
  let chunk: { readonly start: number; readonly bytes: Uint8Array } = { start: 0, bytes: new Uint8Array() };

  return {
    async ahead(length) {
      if (part && offset === part.offset + part.byteLength) {
        part = rest.shift();
        offset = part?.offset ?? 0;
      }
      if (!part) throw new CorruptSource('a tile ends before its last packet');
      const available = part.offset + part.byteLength - offset;
      const wanted = Math.min(length, available);
      const isHeld = offset >= chunk.start && offset + wanted <= chunk.start + chunk.bytes.length;
      if (!isHeld) {
        const next = await bytes.read(offset, Math.min(available, Math.max(wanted, CHUNK_LENGTH)));
        chunk = { start: offset, bytes: next };
      }
      return { offset, view: chunk.bytes.subarray(offset - chunk.start, offset - chunk.start + wanted) };
    },
    skip(length) {
      offset += length;
      if (part && offset > part.offset + part.byteLength) throw new CorruptSource('a packet goes on behind its tile');
    },
  };
}
