import sharp from 'sharp';
import { CorruptSource } from '../../image/errors.ts';
import type { FaxDecoder } from '../decode-tools.ts';
import { wrapStrip } from '../tiff/mini-tiff.ts';

/** CCITT compressions through sharp's libtiff, which wants a TIFF around them. */
export function createFaxDecoder(): FaxDecoder {
  return {
    async decode(strip, { width, height, compression, options, isReversed }) {
      const file = wrapStrip(
        strip,
        new Map([
          [256, width],
          [257, height],
          [258, 1],
          [259, compression],
          [262, 1], // bits as they are: whoever asked knows whether 0 is white
          [266, isReversed ? 2 : 1],
          [277, 1],
          [278, height],
          ...(compression === 3 ? [[292, options] as const] : []),
          ...(compression === 4 ? [[293, options] as const] : []),
        ]),
      );
      return sharp(file, { failOn: 'error', limitInputPixels: width * height })
        .toColourspace('b-w')
        .raw()
        .toBuffer()
        .catch((cause: unknown) => {
          throw new CorruptSource('CCITT data cannot be decoded', { cause });
        });
    },
  };
}
