import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { clamp } from '../../image/geometry.ts';
import { type BytePixels, toEightBits } from '../../image/operations/eight-bits.ts';
import { type PdfImage, writePdf } from '../pdf/pdf-file.ts';
import { predictHorizontally } from '../tiff-writer/predict.ts';
import type { Encoder, EncodingDefaults } from './encoder.ts';
import { opaque } from './opaque.ts';

const compress = promisify(deflate);

/**
 * One page around the picture: JPEG, or without loss where quality is below 0 or there is nothing but black and white.
 * Transparent pixels show the matte.
 */
export function createPdfEncoder(jpeg: Encoder, { matte }: Pick<EncodingDefaults, 'matte'>): Encoder {
  return async (pixels, form) => {
    const flat = toEightBits(opaque(pixels, matte));
    const { quality } = form;
    if (isBilevel(flat)) return writePdf(await packed(flat));
    if (quality !== undefined && quality < 0) return writePdf(await lossless(flat));
    const bytes = await jpeg(flat, {
      type: 'jpeg',
      ...(quality === undefined ? {} : { quality: clamp(quality, 0, 100) }),
    });
    return writePdf({ ...shapeOf(flat), bitsPerSample: 8, filter: 'DCTDecode', isPredicted: false, bytes });
  };
}

function shapeOf({ width, height, bands }: BytePixels): Pick<PdfImage, 'width' | 'height' | 'colour'> {
  return { width, height, colour: bands < 3 ? 'DeviceGray' : 'DeviceRGB' };
}

async function lossless(pixels: BytePixels): Promise<PdfImage> {
  const { width, bands, data } = pixels;
  const bytes = await compress(predictHorizontally(data.slice(), { width, bands, bytes: 1 }));
  return { ...shapeOf(pixels), bitsPerSample: 8, filter: 'FlateDecode', isPredicted: true, bytes };
}

/** Looks no further than the first shade of grey. */
function isBilevel({ bands, data }: BytePixels): boolean {
  return bands === 1 && data.every((sample) => sample === 0 || sample === 255);
}

/** A bit for each pixel, 1 for white; rows begin with a byte of their own. */
async function packed(pixels: BytePixels): Promise<PdfImage> {
  const { width, height, data } = pixels;
  const rowLength = Math.ceil(width / 8);
  const bits = new Uint8Array(rowLength * height);
  for (let at = 0, row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const byte = row * rowLength + (column >> 3);
      bits[byte] = Number(bits[byte]) | ((Number(data[at++]) & 0x80) >> (column & 7));
    }
  }
  return {
    ...shapeOf(pixels),
    bitsPerSample: 1,
    filter: 'FlateDecode',
    isPredicted: false,
    bytes: await compress(bits),
  };
}
