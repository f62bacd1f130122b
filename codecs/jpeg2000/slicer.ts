import { CorruptSource } from '../../image/errors.ts';
import type { Rect } from '../../image/geometry.ts';
import type { ByteSource } from '../../image/source.ts';
import type { DecodeTools } from '../decode-tools.ts';
import { readOnce } from '../read-once.ts';
import { areaRequest, type CodedWindow, type TileShare, tileShares } from './area-plan.ts';
import type { CodeBlockOrigin } from './code-block-store.ts';
import type { ReadPiece } from './codec-thread.ts';
import type { DecodePart } from './decode-job.ts';
import { tileArea } from './image-grid.ts';
import { type BaseGrid, reduceArea, scaleDown } from './level-grid.ts';
import type { MainHeader } from './main-header.ts';
import { MARKER, segmentsOf } from './markers.ts';
import { sliceBlocks } from './packets/block-slice.ts';
import { createPrecinctStore, type PrecinctStore } from './packets/precinct-store.ts';
import { createTileIndexes, isSliceable, type TileIndex, type TileIndexes } from './packets/tile-index.ts';
import { readTileParts, type TilePart, type TileParts } from './tile-parts.ts';
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
  /** The number of the image. */
  readonly image: number;
}

/** A slicer's own tools. */
interface Slicing extends SlicerNeeds {
  /** Undefined where the tiles cannot be taken apart into packets. */
  readonly indexes: TileIndexes | undefined;
  readonly precincts: PrecinctStore;
  readonly tileParts: () => Promise<TileParts>;
}

export function createSlicer(needs: SlicerNeeds): Slicer {
  const { header, base, bytes } = needs;
  const { grid, range, segments } = header;
  const isPacked = segmentsOf(segments, MARKER.packedHeadersMain).length > 0;
  const slicing = prepareSlicing(needs);
  return {
    async partsOf(window, signal) {
      if (isPacked) return [streamPart(needs, window, { tile: 0, samples: window.samples })];
      const parts: DecodePart[] = [];
      for (const share of tileShares(grid, base, window)) parts.push(await partOf(slicing, window, share, signal));
      return parts;
    },
    async read(offset, length) {
      const available = Math.min(length, range.byteLength - offset);
      return available > 0 ? bytes.read(range.offset + offset, available) : new Uint8Array();
    },
  };
}

function prepareSlicing(needs: SlicerNeeds): Slicing {
  const { header, base, bytes, tools, prefix } = needs;
  const { takeTurn, jpeg2000 } = tools;
  const reading = { bytes, takeTurn, prefix };
  return {
    ...needs,
    indexes: isSliceable(header, base)
      ? createTileIndexes({ ...reading, header, base, known: jpeg2000.indexes })
      : undefined,
    precincts: createPrecinctStore({ ...reading, style: header.style, known: jpeg2000.precincts }),
    tileParts: readOnce(() => readTileParts(header, bytes, takeTurn)),
  };
}

/** A tile, and what of it is wanted. */
interface FoundTile {
  readonly share: TileShare;
  /** On the reference grid. */
  readonly area: Rect;
  readonly parts: readonly TilePart[];
}

async function partOf(
  slicing: Slicing,
  window: CodedWindow,
  share: TileShare,
  signal: AbortSignal,
): Promise<DecodePart> {
  const parts = (await slicing.tileParts()).get(share.tile);
  if (!parts) throw new CorruptSource(`tile ${share.tile} is missing`);
  const area = tileArea(slicing.header.grid, share.tile);
  const tile = { share, area, parts };
  const isSmall = area.width * area.height <= slicing.tools.jpeg2000.wholeTile;
  return isSmall ? smallPart(slicing, window, tile, signal) : largePart(slicing, window, tile, signal);
}

/** Of a tile that is halved only some packets are needed. */
async function smallPart(
  slicing: Slicing,
  window: CodedWindow,
  tile: FoundTile,
  signal: AbortSignal,
): Promise<DecodePart> {
  const index = window.reduction > 0 && (await indexOf(slicing, tile));
  return index ? blocksPart(slicing, window, { ...tile, index }, signal) : wholePart(slicing, window, tile, signal);
}

async function largePart(
  slicing: Slicing,
  window: CodedWindow,
  tile: FoundTile,
  signal: AbortSignal,
): Promise<DecodePart> {
  const index = await indexOf(slicing, tile);
  return index ? blocksPart(slicing, window, { ...tile, index }, signal) : streamPart(slicing, window, tile.share);
}

async function indexOf({ indexes }: Slicing, { share, parts }: FoundTile): Promise<TileIndex | undefined> {
  return indexes?.indexOf(share.tile, parts);
}

function streamPart({ header, base }: SlicerNeeds, window: CodedWindow, share: TileShare): DecodePart {
  const request = areaRequest(header.grid, base, { ...window, samples: share.samples });
  return { input: { kind: 'stream', byteLength: header.range.byteLength }, request, ...placeOf(window, share) };
}

async function wholePart(
  slicing: Slicing,
  window: CodedWindow,
  { share, area, parts }: FoundTile,
  signal: AbortSignal,
): Promise<DecodePart> {
  const { header, base, bytes, tools } = slicing;
  const stored = { tile: share.tile, area, parts };
  const slice = await sliceTile(header, stored, { bytes, pool: tools.pool, signal });
  const request = areaRequest({ ...header.grid, area }, base, { ...window, samples: share.samples });
  const origin = originOf(slicing, window, share);
  return { input: { kind: 'bytes', bytes: slice }, request, origin, ...placeOf(window, share) };
}

async function blocksPart(
  slicing: Slicing,
  window: CodedWindow,
  { share, area, index }: FoundTile & { readonly index: TileIndex },
  signal: AbortSignal,
): Promise<DecodePart> {
  const { header, base, bytes, precincts } = slicing;
  const { reduction, layers } = window;
  const level = reduceArea(scaleDown(area, base.step), reduction);
  const cut = { index, area: level, reduction, layers, window: share.samples };
  const slice = await sliceBlocks({ header, bytes, precincts }, cut, signal);
  const request = { reduction: 0, layers: 0, area: share.samples, window: share.samples, step: { x: 1, y: 1 } };
  const { codeBlocks } = slice;
  const origin = originOf(slicing, window, share);
  return { input: { kind: 'bytes', bytes: slice.bytes }, request, origin, codeBlocks, ...placeOf(window, share) };
}

function originOf({ image, header }: Slicing, { layers }: CodedWindow, { tile }: TileShare): CodeBlockOrigin {
  return { image, tile, layers: layers || header.style.layers };
}

function placeOf({ samples }: CodedWindow, share: TileShare): { left: number; top: number } {
  return { left: share.samples.x - samples.x, top: share.samples.y - samples.y };
}
