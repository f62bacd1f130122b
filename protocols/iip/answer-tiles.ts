import { MalformedRequest, RequestOverBudget } from '../../image/errors.ts';
import { gridOf, type Rect } from '../../image/geometry.ts';
import type { LentImage } from '../../image/service.ts';
import type { Level, PixelBuffer, PixelLayout } from '../../image/source.ts';
import { cellsBetween, cellWindow, storedLevel } from '../../image/stored-tiles.ts';
import type { Descriptor } from '../reply.ts';
import type { DataRequest } from './data-requests.ts';
import type { Question } from './each-view.ts';
import { plainTileOf, type TileNumber } from './pictures.ts';
import { frameTile, type TileData } from './tile-frame.ts';
import type { ImageView } from './view.ts';

/** Tiles of one answer. */
export const MOST_TILES = 256;

/** Bytes of one answer, which is gathered in memory. */
const LARGEST_ANSWER = 64 * 2 ** 20;

/** A tile and where its pixels are. */
interface PlacedTile extends TileNumber {
  readonly window: Rect;
}

/**
 * All tiles between two, column by column: JPEG where the image has 8 bits and one or three bands, else its samples. One
 * after the other, so that one client takes no more than one slot.
 *
 * @throws MalformedRequest, TileNotFound, RequestOverBudget, and what reading throws
 */
export async function answerTiles(
  request: Extract<DataRequest, { kind: 'tiles' }>,
  { view, images, caller }: Question,
): Promise<Descriptor> {
  return images.lend(view, caller, async (image) => {
    const { levels, layout, validators } = image.description;
    const level = storedLevel(levels, request.level);
    const read = isJpeg(layout) ? readJpeg : readRaw;
    const frames: Uint8Array[] = [];
    let length = 0;
    for (const tile of tilesBetween(request, level)) {
      const frame = frameTile(await read(image, { level, tile, view }));
      length += frame.byteLength;
      if (length > LARGEST_ANSWER) throw new RequestOverBudget(length, LARGEST_ANSWER);
      frames.push(frame);
    }
    return { type: 'application/vnd.netfpx', body: Buffer.concat(frames), lastModified: validators.lastModified };
  });
}

function isJpeg({ sample = 'uint8', bands }: PixelLayout): boolean {
  return sample === 'uint8' && (bands === 1 || bands === 3);
}

function tilesBetween(
  { level: number, first, last }: { level: number; first: number; last: number },
  level: Level,
): PlacedTile[] {
  const cells = cellsBetween(first, last, level);
  const count = cells.width * cells.height;
  if (count > MOST_TILES) throw new MalformedRequest('TIL', `${count} tiles`, `at most ${MOST_TILES}`);
  const { columns } = gridOf(level, level.tile);
  return Array.from({ length: count }, (_, place) => {
    const column = cells.x + Math.floor(place / cells.height);
    const row = cells.y + (place % cells.height);
    return { level: number, index: row * columns + column, window: cellWindow({ column, row }, level) };
  });
}

/** One tile to be read, and of which view. */
interface TileReading {
  readonly level: Level;
  readonly tile: PlacedTile;
  readonly view: ImageView;
}

async function readJpeg(image: LentImage, { tile, view }: TileReading): Promise<TileData> {
  const { body } = await image.render(plainTileOf(tile, view));
  return { tile, coding: 'jpeg', bytes: body };
}

function readRaw(image: LentImage, { level, tile }: TileReading): Promise<TileData> {
  return image.readSamples(level, tile.window, (pixels) => ({ tile, coding: pixels.sample, bytes: copyOf(pixels) }));
}

function copyOf({ data }: PixelBuffer): Uint8Array {
  return Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}
