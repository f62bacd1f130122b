import { CorruptSource, UnsupportedSource } from '../../image/errors.ts';
import type { DecodeContext, TileCodec, TiledImage } from './tiled-image.ts';

/** CCITT's codes for black and white: modified Huffman, group 3 and group 4. */
export function openFaxTiles(image: TiledImage, { tools }: DecodeContext): TileCodec {
  const { tile, samples, faxOptions, compressionNumber } = image;
  if (samples.depth !== 1 || samples.count !== 1) {
    throw new UnsupportedSource(`CCITT compression of ${samples.count} samples of ${samples.depth} bits`);
  }
  const coding = { compression: compressionNumber, options: faxOptions, isReversed: samples.isReversed };
  return {
    async decode(stored, rows) {
      const size = { width: tile.width, height: rows };
      const pixels = await tools.fax.decode(stored, { ...size, ...coding });
      if (pixels.byteLength !== tile.width * rows) throw new CorruptSource('CCITT data of another size');
      return pixels;
    },
  };
}
