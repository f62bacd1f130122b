import { CorruptSource } from '../../image/errors.ts';
import type { ByteSource } from '../../image/source.ts';
import type { DecodeTools } from '../decode-tools.ts';
import { readOnce } from '../read-once.ts';
import { areaRequest, type CodedWindow, type TileShare, tileShares } from './area-plan.ts';
import type { ReadPiece } from './codec-thread.ts';
import type { DecodePart } from './decode-job.ts';
import { type ImageGrid, tileArea } from './image-grid.ts';
import type { BaseGrid } from './level-grid.ts';
import type { MainHeader } from './main-header.ts';
import { MARKER, segmentsOf } from './markers.ts';
import { readTileParts } from './tile-parts.ts';
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
  readonly tools: Pick<DecodeTools, 'pool' | 'takeTurn'>;
}

/** A tile up to this area is handed over as a whole: looking for its code-blocks would cost more than it saves. */
const MAX_WHOLE_TILE = 1536 * 1536;

export function createSlicer({ header, base, bytes, tools }: SlicerNeeds): Slicer {
  const { grid, range, segments } = header;
  const tileParts = readOnce(() => readTileParts(header, bytes, tools.takeTurn));
  const isPacked = segmentsOf(segments, MARKER.packedHeadersMain).length > 0;

  function streamPart(window: CodedWindow, share: TileShare): DecodePart {
    const request = areaRequest(grid, base, { ...window, samples: share.samples });
    return { input: { kind: 'stream', byteLength: range.byteLength }, request, ...placeOf(window, share) };
  }

  async function tilePart(window: CodedWindow, share: TileShare, signal: AbortSignal): Promise<DecodePart> {
    const area = tileArea(grid, share.tile);
    if (area.width * area.height > MAX_WHOLE_TILE) return streamPart(window, share);
    const parts = (await tileParts()).get(share.tile);
    if (!parts) throw new CorruptSource(`tile ${share.tile} is missing`);
    const slice = await sliceTile(header, area, parts, { bytes, pool: tools.pool, signal });
    const request = areaRequest(ofTile(grid, area), base, { ...window, samples: share.samples });
    return { input: { kind: 'bytes', bytes: slice }, request, ...placeOf(window, share) };
  }

  return {
    async partsOf(window, signal) {
      if (isPacked) return [streamPart(window, { tile: 0, samples: window.samples })];
      const parts: DecodePart[] = [];
      for (const share of tileShares(grid, base, window)) parts.push(await tilePart(window, share, signal));
      return parts;
    },
    async read(offset, length) {
      const available = Math.min(length, range.byteLength - offset);
      return available > 0 ? bytes.read(range.offset + offset, available) : new Uint8Array();
    },
  };
}

function ofTile(grid: ImageGrid, area: ImageGrid['area']): ImageGrid {
  return { ...grid, area };
}

function placeOf({ samples }: CodedWindow, share: TileShare): { left: number; top: number } {
  return { left: share.samples.x - samples.x, top: share.samples.y - samples.y };
}
