import sharp from 'sharp';
import { CorruptSource } from '../../image/errors.ts';
import type { WebpDecoder } from '../decode-tools.ts';
import { readWebpHeader } from './webp-header.ts';

/** WebP through sharp: the stored samples, no colour management. */
export function createWebpDecoder(): WebpDecoder {
  return {
    async decode(webp, expected) {
      const header = readWebpHeader(webp);
      if (header.width !== expected.width || header.height !== expected.height || header.isAnimated) {
        throw new CorruptSource(`WebP picture is ${header.width} x ${header.height}`);
      }
      const picture = sharp(webp, { failOn: 'warning', ignoreIcc: true });
      const { data, info } = await (expected.bands === 4 ? picture.ensureAlpha() : picture.removeAlpha())
        .toColourspace(expected.bands === 1 ? 'b-w' : 'srgb')
        .raw()
        .toBuffer({ resolveWithObject: true })
        .catch((cause: unknown) => {
          throw new CorruptSource('WebP picture cannot be decoded', { cause });
        });
      if (data.byteLength !== expected.width * expected.height * expected.bands) {
        throw new CorruptSource(`WebP picture is ${info.width} x ${info.height} with ${info.channels} bands`);
      }
      return data;
    },
  };
}
