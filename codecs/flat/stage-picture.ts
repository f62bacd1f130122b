import sharp from 'sharp';
import { UnsupportedSource } from '../../image/errors.ts';
import type { ImageSource, PixelBuffer } from '../../image/source.ts';
import { grayAndOpacity, pipelineOf } from './decode-picture.ts';
import { FLAT_FORMATS } from './flat-formats.ts';
import { CLASSIC_PIXELS, READERS } from './write-pyramid.ts';

/** Side of the tiles of a staged picture, so that turned ones are read as fast as upright ones. */
const TILE_SIDE = 256;

/** Lets sharp read the files of pictures by their paths as well, for a process that serves nobody. */
export function allowPictureFiles(): void {
  sharp.unblock({ operation: READERS });
}

/** Whether an image is a picture that has to be decoded as a whole to see any of it. */
export function isFlat({ format }: ImageSource): boolean {
  return FLAT_FORMATS.some(({ name }) => name === format);
}

/**
 * Decodes a picture into a TIFF of uncompressed tiles, of which windows can then be read. Nothing but rows is in memory
 * where the format comes in rows: JPEG that is not progressive, PNG that is not interlaced.
 *
 * @param page - the frame of several
 * @throws anything that the decoder says, warnings included
 */
export async function stagePicture(
  picture: ImageSource,
  { from, to, page }: { readonly from: string; readonly to: string; readonly page: number },
): Promise<void> {
  const { layout, levels, pages } = picture;
  const [{ width, height }] = levels;
  const { sample } = layout;
  if (sample !== 'uint8' && sample !== 'uint16') throw new UnsupportedSource(`pictures of type ${sample}`);
  const size = { width, height };
  const header = { size, layout: { ...layout, sample }, orientation: 1, isProgressive: false } as const;
  await pipelineOf(from, { header: { ...header, pages: pages?.labels.length ?? 1 }, page, size })
    .tiff({
      compression: 'none',
      tile: true,
      tileWidth: TILE_SIDE,
      tileHeight: TILE_SIDE,
      bigtiff: width * height > CLASSIC_PIXELS,
    })
    .toFile(to);
}

/** A picture whose pixels come from what it was decoded into; of several frames only itself. Closing it closes both. */
export function withStagedPixels({ pages: _, ...picture }: ImageSource, staged: ImageSource): ImageSource {
  const isGrayOfRgb = picture.layout.photometric === 'gray' && picture.layout.hasAlpha;
  return {
    ...picture,
    levels: staged.levels,
    ...(staged.storage && { storage: staged.storage }),
    async read(level, window, signal) {
      const pixels = await staged.read(level, window, signal);
      return isGrayOfRgb ? asGray(pixels) : pixels;
    },
    async close() {
      await Promise.all([picture.close(), staged.close()]);
    },
  };
}

/** Grey with opacity comes as RGB: sharp would leave the opacity out. */
function asGray(pixels: PixelBuffer): PixelBuffer {
  if (pixels.sample !== 'uint8' && pixels.sample !== 'uint16') return pixels;
  const { width, height, hasAlpha } = pixels;
  const shape = { width, height, hasAlpha, bands: 2, photometric: 'gray' } as const;
  const data = grayAndOpacity(pixels.data);
  return data instanceof Uint8Array ? { ...shape, sample: 'uint8', data } : { ...shape, sample: 'uint16', data };
}
