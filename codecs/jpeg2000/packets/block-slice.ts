import { CorruptSource } from '../../../image/errors.ts';
import type { Rect } from '../../../image/geometry.ts';
import type { ByteSource } from '../../../image/source.ts';
import { intersect } from '../area-plan.ts';
import { type ByteRange, type GatheredBytes, gather } from '../gather.ts';
import type { MainHeader } from '../main-header.ts';
import { type BandContent, EMPTY_PACKET, type WrittenPacket, writePacket } from './packet-writer.ts';
import type { PrecinctPlace, PrecinctStore, Precincts } from './precinct-store.ts';
import { precinctBlocks, type Resolution } from './tile-geometry.ts';
import type { TileIndex } from './tile-index.ts';
import { type VirtualTile, virtualTile } from './virtual-tile.ts';
import { assembleCodestream } from './write-codestream.ts';

/** A codestream of what a window needs, and no more. */
export interface BlockSlice {
  readonly bytes: Uint8Array;
  /** Code-blocks in it. */
  readonly codeBlocks: number;
}

/** A window of a tile. */
export interface SliceRequest {
  readonly index: TileIndex;
  /** The tile in samples of the window's level. */
  readonly area: Rect;
  readonly reduction: number;
  /** 0 for all. */
  readonly layers: number;
  /** In samples of its level, inside the tile. */
  readonly window: Rect;
}

interface Needs {
  readonly header: MainHeader;
  readonly bytes: ByteSource;
  readonly precincts: PrecinctStore;
}

/**
 * Cuts a window out of a tile: its code-blocks are written again, as they are, as the only layer of a smaller image.
 *
 * @throws CorruptSource
 */
export async function sliceBlocks(
  { header, bytes, precincts }: Needs,
  request: SliceRequest,
  signal: AbortSignal,
): Promise<BlockSlice> {
  const { index, reduction } = request;
  const { style, grid } = header;
  const tile = virtualTile({ style, resolutions: index.resolutions, area: request.area, reduction }, request.window);
  const components = grid.components.length;
  const layers = request.layers === 0 ? style.layers : Math.min(request.layers, style.layers);
  const loaded = await precincts.load(index, neededPrecincts(index, tile, components), layers, signal);
  const packets = writePackets(index, tile, components, loaded);
  const body = packets.flatMap((packet) => packet.body);
  const contents = await readBodies(bytes, body, loaded.bytes, signal);
  const blocks = new Set(body);
  return { bytes: assembleCodestream(header, tile, packets, contents), codeBlocks: blocks.size };
}

/** The precincts that hold the needed code-blocks. */
function neededPrecincts({ resolutions }: TileIndex, { needed }: VirtualTile, components: number): PrecinctPlace[] {
  return needed.flatMap((bands, resolution) => {
    const shape = resolutions[resolution];
    if (!shape) return [];
    const numbers = new Set(bands.flatMap((blocks) => precinctsWith(shape, blocks)));
    return Array.from({ length: components }, (_, component) =>
      [...numbers].map((precinct) => ({ component, resolution, precinct })),
    ).flat();
  });
}

function precinctsWith(shape: Resolution, blocks: Rect): number[] {
  const { bandPrecinct, block, firstColumn, firstRow, columns } = shape;
  const across = bandPrecinct.width - block.width;
  const down = bandPrecinct.height - block.height;
  const numbers: number[] = [];
  for (let y = blocks.y >> down; blocks.height > 0 && y <= (blocks.y + blocks.height - 1) >> down; y++) {
    for (let x = blocks.x >> across; blocks.width > 0 && x <= (blocks.x + blocks.width - 1) >> across; x++) {
      numbers.push((y - firstRow) * columns + x - firstColumn);
    }
  }
  return numbers;
}

/** The packets of the virtual tile in their order: by resolution, component and precinct. */
function writePackets(index: TileIndex, tile: VirtualTile, components: number, loaded: Precincts): WrittenPacket[] {
  const packets: WrittenPacket[] = [];
  for (const [resolution, shape] of tile.resolutions.entries()) {
    for (let component = 0; component < components; component++) {
      for (let precinct = 0; precinct < shape.columns * shape.rows; precinct++) {
        const find = (band: number, blocks: Rect) =>
          findBlocks(
            index,
            { component, resolution },
            { band, blocks, needed: tile.needed[resolution]?.[band] },
            loaded,
          );
        const bands = shape.bands.map((band, number) => find(number, precinctBlocks(shape, precinct, band)));
        const isEmpty = bands.every(({ blocks }) => blocks.every((block) => !block));
        packets.push(isEmpty ? EMPTY_PACKET : writePacket(bands, tile.style.blockStyle));
      }
    }
  }
  return packets;
}

/** The needed code-blocks of an area of a band, from the precincts of the tile. */
function findBlocks(
  { resolutions }: TileIndex,
  at: Omit<PrecinctPlace, 'precinct'>,
  { band, blocks, needed }: { readonly band: number; readonly blocks: Rect; readonly needed: Rect | undefined },
  loaded: Precincts,
): BandContent {
  const shape = resolutions[at.resolution];
  const found: BandContent['blocks'][number][] = Array.from({ length: blocks.width * blocks.height });
  const wanted = intersect(blocks, needed ?? { x: 0, y: 0, width: 0, height: 0 });
  if (!shape || wanted.width <= 0 || wanted.height <= 0) return { area: blocks, blocks: found };
  for (const precinct of precinctsWith(shape, wanted)) {
    const stored = loaded.bandsOf({ ...at, precinct })[band];
    if (!stored) throw new CorruptSource('a precinct is missing');
    for (const { x, y } of placesIn(intersect(wanted, stored.area))) {
      const from = (y - stored.area.y) * stored.area.width + x - stored.area.x;
      found[(y - blocks.y) * blocks.width + x - blocks.x] = stored.blocks[from];
    }
  }
  return { area: blocks, blocks: found };
}

function* placesIn(area: Rect): Generator<{ readonly x: number; readonly y: number }> {
  for (let y = area.y; y < area.y + area.height; y++) {
    for (let x = area.x; x < area.x + area.width; x++) yield { x, y };
  }
}

/** What the bodies are made of, from what is at hand and from the file. */
async function readBodies(
  bytes: ByteSource,
  chunks: readonly ByteRange[],
  known: GatheredBytes,
  signal: AbortSignal,
): Promise<GatheredBytes> {
  const missing = chunks.filter((chunk) => !known.view(chunk));
  const read = await gather(bytes, missing, signal);
  return { view: (range) => known.view(range) ?? read.view(range) };
}
