import { decodePicture } from '../jpeg2000/decode-picture.ts';
import { pictureBands } from './picture-bands.ts';
import type { Compression, DecodeContext, TileCodec, TiledImage } from './tiled-image.ts';

/**
 * Tiles that are JPEG 2000, with boxes around their codestreams or without.
 *
 * @param isYcc - whether their components are luma and chroma unless the codestream itself makes RGB of them
 */
export function jpeg2000Tiles({ isYcc }: { readonly isYcc: boolean }): Pick<Compression, 'isDeep' | 'open'> {
  return {
    isDeep: true,
    open(image: TiledImage, { bytes, tools }: DecodeContext): TileCodec {
      const bands = pictureBands(image, 'JPEG 2000', 16);
      const bits = image.samples.depth > 8 ? 16 : 8;
      const { codec } = tools.jpeg2000;
      return {
        decode: (stored, rows) => {
          const expected = { width: image.tile.width, height: rows, bands };
          return tools.watch.run(bytes.file, 'thread', () => decodePicture(stored, { codec, expected, bits, isYcc }));
        },
      };
    },
  };
}
