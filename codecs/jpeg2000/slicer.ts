import { CorruptSource } from '../../image/errors.ts';
import type { Rect } from '../../image/geometry.ts';
import type { ByteSource } from '../../image/source.ts';
import type { DecodeTools } from '../decode-tools.ts';
import { readOnce } from '../read-once.ts';
import { areaRequest, type CodedWindow, type TileShare, tileShares } from './area-plan.ts';
import type { ReadPiece } from './codec-thread.ts';
import type { DecodePart } from './decode-job.ts';
import { tileArea } from './image-grid.ts';
import { type BaseGrid, reduceArea, scaleDown } from './level-grid.ts';
import type { MainHeader } from './main-header.ts';
import { MARKER, segmentsOf } from './markers.ts';
import { sliceBlocks } from './packets/block-slice.ts';
import { createPrecinctStore } from './packets/precinct-store.ts';
import { createTileIndexes, isSliceable, type TileIndex } from './packets/tile-index.ts';
import { readTileParts, type TilePart } from './tile-parts.ts';
import { sliceTile } from './tile-slice.ts';

/** Finds what has to be decoded for a window, and no more. */
export interface Slicer {
  /** @throws CorruptSource, UnsupportedSource */
  partsOf(window: CodedWindow, signal: AbortSignal): Promise<DecodePart[]>;
  /** Gives pieces of the whole codestream, for parts that are streams. */
  readonly read: ReadPiece;
}

/** What a codestream is sliced with. */
export interface SlicerNeeds {
  readonly header: MainHeader;
  readonly base: BaseGrid;
  readonly bytes: ByteSource;
  readonly tools: Pick<DecodeTools, 'pool' | 'takeTurn' | 'jpeg2000'>;
  /** What the keys of the image begin with, in all caches. */
  readonly prefix: string;
}

export function createSlicer({ header, base, bytes, tools, prefix }: SlicerNeeds): Slicer {
  const { grid, range, segments, style } = header;
  const tileParts = readOnce(() => readTileParts(header, bytes, tools.takeTurn));
  const isPacked = segmentsOf(segments, MARKER.packedHeadersMain).length > 0;
  const { takeTurn, jpeg2000 } = tools;
  const indexes =
    isSliceable(header, base) && createTileIndexes({ header, base, bytes, takeTurn, known: jpeg2000.indexes, prefix });
  const precincts = createPrecinctStore({ style, bytes, takeTurn, known: jpeg2000.precincts, prefix });

  function streamPart(window: CodedWindow, share: TileShare): DecodePart {
    const request = areaRequest(grid, base, { ...window, samples: share.samples });
    return { input: { kind: 'stream', byteLength: range.byteLength }, request, ...placeOf(window, share) };
  }

  async function wholePart(window: CodedWindow, tile: FoundTile, signal: AbortSignal): Promise<DecodePart> {
    const { share, area, parts } = tile;
    const stored = { tile: share.tile, area, parts };
    const slice = await sliceTile(header, stored, { bytes, pool: tools.pool, signal });
    const request = areaRequest({ ...grid, area }, base, { ...window, samples: share.samples });
    return { input: { kind: 'bytes', bytes: slice }, request, ...placeOf(window, share) };
  }

  async function blocksPart(
    window: CodedWindow,
    { share, area }: FoundTile,
    index: TileIndex,
    signal: AbortSignal,
  ): Promise<DecodePart> {
    const { reduction, layers } = window;
    const level = reduceArea(scaleDown(area, base.step), reduction);
    const cut = { index, area: level, reduction, layers, window: share.samples };
    const slice = await sliceBlocks({ header, bytes, precincts }, cut, signal);
    const request = { reduction: 0, layers: 0, area: share.samples, window: share.samples, step: { x: 1, y: 1 } };
    const { codeBlocks } = slice;
    return { input: { kind: 'bytes', bytes: slice.bytes }, request, codeBlocks, ...placeOf(window, share) };
  }

  async function partOf(window: CodedWindow, share: TileShare, signal: AbortSignal): Promise<DecodePart> {
    const parts = (await tileParts()).get(share.tile);
    if (!parts) throw new CorruptSource(`tile ${share.tile} is missing`);
    const tile = { share, area: tileArea(grid, share.tile), parts };
    return isSmall(tile) ? smallPart(window, tile, signal) : largePart(window, tile, signal);
  }

  /** Of a tile that is halved only some packets are needed. */
  async function smallPart(window: CodedWindow, tile: FoundTile, signal: AbortSignal): Promise<DecodePart> {
    const index = window.reduction > 0 && indexes && (await indexes.indexOf(tile.share.tile, tile.parts));
    return index ? blocksPart(window, tile, index, signal) : wholePart(window, tile, signal);
  }

  async function largePart(window: CodedWindow, tile: FoundTile, signal: AbortSignal): Promise<DecodePart> {
    const index = indexes && (await indexes.indexOf(tile.share.tile, tile.parts));
    return index ? blocksPart(window, tile, index, signal) : streamPart(window, tile.share);
  }

  function isSmall({ area }: FoundTile): boolean {
    return area.width * area.height <= tools.jpeg2000.wholeTile;
  }

  return {
    async partsOf(window, signal) {
      if (isPacked) return [streamPart(window, { tile: 0, samples: window.samples })];
      const parts: DecodePart[] = [];
      for (const share of tileShares(grid, base, window)) parts.push(await partOf(window, share, signal));
      return parts;
    },
    async read(offset, length) {
      const available = Math.min(length, range.byteLength - offset);
      return available > 0 ? bytes.read(range.offset + offset, available) : new Uint8Array();
    },
  };
}

/** A tile, and what of it is wanted. */
interface FoundTile {
  readonly share: TileShare;
  /** On the reference grid. */
  readonly area: Rect;
  readonly parts: readonly TilePart[];
}

function placeOf({ samples }: CodedWindow, share: TileShare): { left: number; top: number } {
  return { left: share.samples.x - samples.x, top: share.samples.y - samples.y };
}
