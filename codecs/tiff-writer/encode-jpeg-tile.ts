import { WHITE } from '../../image/colour.ts';
import type { BufferPool } from '../buffer-pool.ts';
import { createJpegEncoder } from '../encode/encode-jpeg.ts';
import type { Turbo } from '../jpeg/turbo.ts';
import type { Chroma, TileEncoder } from './tile-format.ts';

/** What encodes tiles, and how; 4:2:0 where nothing is said. */
interface TileTools {
  readonly turbo: Turbo | undefined;
  readonly pool: BufferPool;
  readonly chroma?: Chroma;
}

/** A JPEG encoder for tiles; without libjpeg-turbo sharp does the work. */
export function createJpegTileEncoder(bands: 1 | 3, quality: number, tools: TileTools): TileEncoder {
  const encode = createJpegEncoder({
    ...tools,
    takeTurn: () => undefined, // tiles are too small to be cut into parts
    defaultQuality: quality,
    matte: WHITE,
  });
  const photometric = bands === 1 ? 'gray' : 'rgb';
  return (data, size) =>
    encode({ ...size, bands, photometric, hasAlpha: false, sample: 'uint8', data }, { type: 'jpeg', quality });
}
