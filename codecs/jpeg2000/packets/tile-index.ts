import type { ByteSource } from '../../../image/source.ts';
import type { BoundedCache } from '../../bounded-cache.ts';
import type { TakeTurn } from '../../turns.ts';
import { BLOCK_STYLE } from '../coding-style.ts';
import { tileArea } from '../image-grid.ts';
import { type BaseGrid, scaleDown } from '../level-grid.ts';
import type { MainHeader } from '../main-header.ts';
import { MARKER } from '../markers.ts';
import type { TilePart } from '../tile-parts.ts';
import { createPacketOrder, type PacketOrder } from './packet-order.ts';
import { type PacketTable, tableByWalking, tableFromLengths } from './packet-table.ts';
import { type Resolution, tileResolutions } from './tile-geometry.ts';
import { hasOverrides, readTilePartHeader } from './tile-header.ts';

/** Where every packet of a tile lies. */
export interface TileIndex {
  readonly tile: number;
  readonly resolutions: readonly Resolution[];
  readonly order: PacketOrder;
  readonly table: PacketTable;
}

/** Finds the packets of tiles, and remembers them. */
export interface TileIndexes {
  /**
   * Undefined where the tile is coded in another way than the main header says.
   *
   * @throws CorruptSource
   */
  indexOf(tile: number, parts: readonly TilePart[]): Promise<TileIndex | undefined>;
}

/** What a tile weighs beside its packets. */
const TILE_WEIGHT = 64;

/** What the packets of these are not taken apart for: they are rare, and each has rules of its own. */
const UNSLICEABLE: readonly number[] = [
  MARKER.componentCodingStyle,
  MARKER.regionOfInterest,
  MARKER.progressionChange,
  MARKER.packedHeadersMain,
];

/** Whether the tiles of a codestream can be taken apart into packets. */
export function isSliceable({ segments, style }: MainHeader, base: BaseGrid): boolean {
  const isLayeredHt = (style.blockStyle & BLOCK_STYLE.highThroughput) !== 0 && style.layers > 1;
  return base.isShared && !isLayeredHt && segments.every(({ marker }) => !UNSLICEABLE.includes(marker));
}

/** A tile that is being looked at, or was; its weight is the number of its packets, more or less. */
export interface KnownIndex {
  readonly finding: Promise<TileIndex | undefined>;
  readonly weight: number;
}

interface Needs {
  readonly header: MainHeader;
  readonly base: BaseGrid;
  readonly bytes: ByteSource;
  readonly takeTurn: TakeTurn;
  /** Shared by all images. */
  readonly known: BoundedCache<KnownIndex>;
  /** What the keys of this image begin with. */
  readonly prefix: string;
}

export function createTileIndexes({ header, base, bytes, takeTurn, known, prefix }: Needs): TileIndexes {
  const { style, grid } = header;

  async function find(tile: number, parts: readonly TilePart[]): Promise<TileIndex | undefined> {
    const headers = await Promise.all(parts.map((part) => readTilePartHeader(bytes, part, tile)));
    if (headers.some(hasOverrides)) return undefined;
    const resolutions = tileResolutions(style, scaleDown(tileArea(grid, tile), base.step));
    const order = createPacketOrder({ style, components: grid.components.length, resolutions });
    const packets = { style, resolutions, order, parts: headers };
    const table = tableFromLengths(packets) ?? (await tableByWalking(packets, { bytes, takeTurn }));
    return { tile, resolutions, order, table };
  }

  return {
    indexOf(tile, parts) {
      const key = `${prefix}${tile}/`;
      const before = known.get(key);
      if (before) return before.finding;
      const finding = find(tile, parts);
      known.set(key, { finding, weight: TILE_WEIGHT });
      const weigh = (index: TileIndex | undefined) => {
        known.set(key, { finding, weight: TILE_WEIGHT + (index?.order.count ?? 0) });
      };
      finding.then(weigh, () => known.forget(key));
      return finding;
    },
  };
}
