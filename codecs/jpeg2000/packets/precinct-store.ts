import { CorruptSource } from '../../../image/errors.ts';
import type { ByteSource } from '../../../image/source.ts';
import type { BoundedCache } from '../../bounded-cache.ts';
import type { TakeTurn } from '../../turns.ts';
import type { CodingStyle } from '../coding-style.ts';
import { type ByteRange, type GatheredBytes, gather } from '../gather.ts';
import { headerBound } from './packet-table.ts';
import { type BandBlocks, createPrecinctReader, type PrecinctReader } from './precinct.ts';
import type { TileIndex } from './tile-index.ts';

/** One precinct of one component. */
export interface PrecinctPlace {
  readonly component: number;
  readonly resolution: number;
  readonly precinct: number;
}

/** What is stored of the code-blocks of precincts. */
export interface Precincts {
  bandsOf(place: PrecinctPlace): readonly BandBlocks[];
  /** Bytes read on the way. */
  readonly bytes: GatheredBytes;
}

/** Reads the packet headers of precincts, and remembers what they say. */
export interface PrecinctStore {
  /** @param layers - how many of each precinct count @throws CorruptSource */
  load(index: TileIndex, places: readonly PrecinctPlace[], layers: number, signal: AbortSignal): Promise<Precincts>;
}

/** A packet up to this length is read as a whole, as its body is needed next. */
const SMALL_PACKET = 65_536;

/** Smaller precincts are read again as fast as they are needed, and would fill the memory of large ones. */
const WORTH_KEEPING = 2000;

interface Reading {
  readonly place: PrecinctPlace;
  readonly reader: PrecinctReader;
  readonly packets: readonly ByteRange[];
}

interface Needs {
  readonly style: CodingStyle;
  readonly bytes: ByteSource;
  readonly takeTurn: TakeTurn;
  /** Shared by all images. */
  readonly known: BoundedCache<readonly BandBlocks[]>;
  /** What the keys of this image begin with. */
  readonly prefix: string;
}

export function createPrecinctStore(needs: Needs): PrecinctStore {
  const { style, known, prefix } = needs;
  return {
    async load(index, places, layers, signal) {
      const keyOf = ({ component, resolution, precinct }: PrecinctPlace) =>
        `${prefix}${index.tile}/${layers}/${component}/${resolution}/${precinct}`;
      const found = new Map(places.map((place) => [keyOf(place), known.get(keyOf(place))]));
      const missing = places.filter((place) => !found.get(keyOf(place)));
      const readings = missing.map((place) => startReading(style, index, place, layers));
      const bytes = await readAll(needs, readings, signal);
      for (const { place, reader } of readings) {
        found.set(keyOf(place), reader.bands);
        if (weightOfPrecinct(reader.bands) >= WORTH_KEEPING) known.set(keyOf(place), reader.bands);
      }
      return { bandsOf: (place) => found.get(keyOf(place)) ?? [], bytes };
    },
  };
}

function startReading(style: CodingStyle, index: TileIndex, place: PrecinctPlace, layers: number): Reading {
  const { order, table, resolutions } = index;
  const resolution = resolutions[place.resolution];
  if (!resolution) throw new RangeError(`resolution ${place.resolution}`);
  const packets = Array.from({ length: layers }, (_, layer) => {
    const at = order.indexOf({ ...place, layer });
    return { offset: Number(table.offsets[at]), byteLength: Number(table.lengths[at]) };
  });
  return { place, reader: createPrecinctReader(style, resolution, place.precinct), packets };
}

async function readAll(needs: Needs, readings: readonly Reading[], signal: AbortSignal): Promise<GatheredBytes> {
  const { style, bytes, takeTurn } = needs;
  const headerOf = (reader: PrecinctReader) => (packet: ByteRange) =>
    packet.byteLength <= SMALL_PACKET
      ? packet
      : { ...packet, byteLength: Math.min(packet.byteLength, headerBound(style, reader)) };
  const ranges = readings.flatMap(({ reader, packets }) => packets.map(headerOf(reader)));
  const read = await gather(bytes, ranges, signal);
  for (const reading of readings) {
    if (!parse(reading, read, headerOf(reading.reader))) throw new CorruptSource('a packet header goes on behind it');
    await takeTurn();
  }
  return read;
}

/** @returns whether the bytes at hand were enough */
function parse({ reader, packets }: Reading, at: GatheredBytes, rangeOf: (packet: ByteRange) => ByteRange): boolean {
  for (const packet of packets) {
    const view = at.view(rangeOf(packet));
    const length = view && reader.readPacket(view, 0, packet.offset);
    if (length === undefined) return false;
    if (length !== packet.byteLength) throw new CorruptSource(`packet of ${length} bytes, not ${packet.byteLength}`);
  }
  return true;
}

/** Code-blocks, and runs of bytes of them. */
export function weightOfPrecinct(bands: readonly BandBlocks[]): number {
  return bands.reduce((sum, { blocks }) => {
    return sum + blocks.reduce((count, block) => count + 1 + (block?.chunks.length ?? 0), 0);
  }, 1);
}
