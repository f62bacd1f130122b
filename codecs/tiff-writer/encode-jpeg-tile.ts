import { WHITE } from '../../image/colour.ts';
import type { BufferPool } from '../buffer-pool.ts';
import { createJpegEncoder } from '../encode/encode-jpeg.ts';
import type { Turbo } from '../jpeg/turbo.ts';
import type { TileEncoder } from './tile-format.ts';

/** A JPEG encoder for tiles, 4:2:0 in three bands; without libjpeg-turbo sharp does the work. */
export function createJpegTileEncoder(
  bands: 1 | 3,
  quality: number,
  { turbo, pool }: { turbo: Turbo | undefined; pool: BufferPool },
): TileEncoder {
  const encode = createJpegEncoder({ turbo, pool, defaultQuality: quality, matte: WHITE });
  const photometric = bands === 1 ? 'gray' : 'rgb';
  return (data, size) =>
    encode({ ...size, bands, photometric, hasAlpha: false, sample: 'uint8', data }, { type: 'jpeg', quality });
}
