import type { EncodedTile } from '../../image/source.ts';
import type { TileAccess } from './tile-access.ts';
import type { TileCell } from './tile-runs.ts';
import type { DecodeContext } from './tiled-image.ts';

/**
 * The stored tile as a complete file, in one read; undefined where it cannot go out as it is: another compression, other
 * colours than the file itself would tell, a tile cropped at the image's edge or never written.
 *
 * @throws CorruptSource when the tile is cut short or not what the directory says
 */
export async function readEncodedTile(
  tiles: TileAccess,
  cell: TileCell,
  { context, signal }: { context: DecodeContext; signal: AbortSignal },
): Promise<EncodedTile | undefined> {
  signal.throwIfAborted();
  if (!isWholeTile(tiles, cell)) return undefined;
  const { wrap } = await tiles.codec();
  const location = wrap && (await tiles.locate(cell.column, cell.row));
  if (!wrap || !location) return undefined;
  const stored = await context.bytes.read(location.offset, location.byteLength, signal);
  const { type, bytes } = wrap(stored);
  if (bytes.buffer !== stored.buffer) {
    context.tools.pool.give(stored);
    return { type, bytes };
  }
  const copy = Uint8Array.from(bytes); // what goes out is kept by caches, and must not keep more than itself
  context.tools.pool.give(stored);
  return { type, bytes: copy };
}

function isWholeTile({ image }: TileAccess, { column, row }: TileCell): boolean {
  const { width, height, tile } = image;
  return column >= 0 && row >= 0 && (column + 1) * tile.width <= width && (row + 1) * tile.height <= height;
}
