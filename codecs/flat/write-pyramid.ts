import sharp from 'sharp';
import { pipelineOf } from './decode-picture.ts';
import type { FlatFormat } from './flat-formats.ts';
import type { PictureHeader } from './picture-header.ts';

/** What is coded again must not show it: from 90 on libvips leaves the resolution of colours alone. */
const JPEG_QUALITY = 90;

const TILE_SIDE = 256;

/** Pixels, beyond which a classic TIFF might become too long. */
export const CLASSIC_PIXELS = 2 ** 28;

/** Names of libvips' readers of files, for a process that does nothing but write pyramids. */
export const READERS = ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif'].map((reader) => `VipsForeignLoad${reader}File`);

/** Sets sharp up for a process of that kind. */
export function prepareForPyramids(): void {
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: READERS });
}

/** What is known of the picture by whoever wants its pyramid. */
export interface FlatPicture {
  readonly format: FlatFormat;
  readonly header: Omit<PictureHeader, 'stored'>;
}

/**
 * Writes a tiled TIFF with levels halved until one fits a tile. Nothing but rows is in memory, where the format comes in
 * rows. JPEG tiles where the picture was lossy itself, else Deflate.
 *
 * @throws anything that the decoder says, warnings included
 */
export async function writePyramid(from: string, to: string, { format, header }: FlatPicture): Promise<void> {
  const { layout, size } = header;
  const isLossy = format === 'jpeg' || format === 'avif';
  const isJpeg = isLossy && layout.sample === 'uint8' && !layout.hasAlpha && layout.photometric !== 'cmyk';
  await pipelineOf(from, { header, page: 0, size })
    .tiff({
      ...(isJpeg
        ? { compression: 'jpeg', quality: JPEG_QUALITY }
        : { compression: 'deflate', predictor: 'horizontal' }),
      tile: true,
      tileWidth: TILE_SIDE,
      tileHeight: TILE_SIDE,
      pyramid: true,
      bigtiff: size.width * size.height > CLASSIC_PIXELS,
    })
    .toFile(to);
}
