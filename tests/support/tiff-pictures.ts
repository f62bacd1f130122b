import type { Size } from '../../image/geometry.ts';
import { type DirectorySpec, type TagSpec, TYPE } from './tiff-writer.ts';

/** Interleaved 8-bit samples. */
export type Picture = Size & { readonly bands: 1 | 3; readonly data: Uint8Array };

/** A picture in which neighbours differ and each pixel tells where it is. @param seed - another picture for each */
export function positionPicture(size: Size, bands: 1 | 3, seed = 0): Picture {
  const data = new Uint8Array(size.width * size.height * bands);
  for (let index = 0; index < data.length; index++) {
    const pixel = Math.floor(index / bands);
    const x = pixel % size.width;
    const y = Math.floor(pixel / size.width);
    data[index] = [x, y, (x >> 8) * 16 + (y >> 8) + seed * 31][bands === 1 ? (x ^ y) % 3 : index % 3] ?? 0;
  }
  return { ...size, bands, data };
}

/** A picture as soft as a photograph, with some grain, so that lossy encoders treat it as they would one. */
export function softPicture(size: Size, bands: 1 | 3): Picture {
  const data = new Uint8Array(size.width * size.height * bands);
  let noise = 1;
  for (let index = 0; index < data.length; index++) {
    const pixel = Math.floor(index / bands);
    const x = pixel % size.width;
    const y = Math.floor(pixel / size.width);
    noise = (noise * 1_103_515_245 + 12_345) % 2 ** 31;
    const wave = Math.sin(x / 37 + (index % bands)) + Math.cos(y / 23 - (index % bands));
    data[index] = 128 + 45 * wave + (noise / 2 ** 31) * 6;
  }
  return { ...size, bands, data };
}

/** Cuts a rectangle out of a picture; what lies outside is 0. */
export function cutPicture(picture: Picture, at: { x: number; y: number }, size: Size): Uint8Array {
  const cut = new Uint8Array(size.width * size.height * picture.bands);
  const width = Math.min(size.width, picture.width - at.x) * picture.bands;
  for (let y = 0; y < Math.min(size.height, picture.height - at.y); y++) {
    const from = ((at.y + y) * picture.width + at.x) * picture.bands;
    cut.set(picture.data.subarray(from, from + width), y * size.width * picture.bands);
  }
  return cut;
}

/** The tiles of a picture row by row, padded to full size. */
export function cutTiles(picture: Picture, tile: Size): Uint8Array[] {
  const tiles: Uint8Array[] = [];
  for (let y = 0; y < picture.height; y += tile.height) {
    for (let x = 0; x < picture.width; x += tile.width) tiles.push(cutPicture(picture, { x, y }, tile));
  }
  return tiles;
}

/** A directory of a tiled picture, uncompressed unless `encode` and `tags` say otherwise. */
export function tiledDirectory(
  picture: Picture,
  tile: Size,
  more: { tags?: Record<number, TagSpec>; encode?: (tile: Uint8Array) => Uint8Array; next?: number } = {},
): DirectorySpec {
  const tiles = cutTiles(picture, tile);
  return {
    tags: {
      256: { type: TYPE.long, values: [picture.width] },
      257: { type: TYPE.long, values: [picture.height] },
      258: { type: TYPE.short, values: Array.from({ length: picture.bands }, () => 8) },
      259: { type: TYPE.short, values: [1] },
      262: { type: TYPE.short, values: [picture.bands === 1 ? 1 : 2] },
      277: { type: TYPE.short, values: [picture.bands] },
      322: { type: TYPE.short, values: [tile.width] },
      323: { type: TYPE.short, values: [tile.height] },
      ...more.tags,
    },
    tiles: more.encode ? tiles.map(more.encode) : tiles,
    next: more.next ?? -1,
  };
}
