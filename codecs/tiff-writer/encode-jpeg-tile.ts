import sharp from 'sharp';
import type { TileEncoder } from './tile-format.ts';

/** A JPEG encoder for tiles (4:2:0 in three bands): libjpeg-turbo where its binding loads, else sharp. */
export async function loadJpegTileEncoder(bands: 1 | 3, quality: number): Promise<TileEncoder> {
  return (await loadTurbo(bands, quality)) ?? encodeWithSharp(bands, quality);
}

async function loadTurbo(bands: 1 | 3, quality: number): Promise<TileEncoder | undefined> {
  const turbo = (await import('@julusian/jpeg-turbo').catch(() => undefined))?.default;
  if (!turbo) return undefined;
  const format = bands === 1 ? turbo.FORMAT_GRAY : turbo.FORMAT_RGB;
  const subsampling = bands === 1 ? turbo.SAMP_GRAY : turbo.SAMP_420;
  return (pixels, size) =>
    turbo.compressSync(Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength), {
      ...size,
      format,
      subsampling,
      quality,
    });
}

/** As `loadJpegTileEncoder` where there is no libjpeg-turbo. */
export function encodeWithSharp(bands: 1 | 3, quality: number): TileEncoder {
  return (pixels, size) =>
    sharp(pixels, { raw: { ...size, channels: bands } })
      .toColourspace(bands === 1 ? 'b-w' : 'srgb')
      .jpeg({ quality, chromaSubsampling: '4:2:0', optimiseCoding: false })
      .toBuffer();
}
