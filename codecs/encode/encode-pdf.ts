import { clamp } from '../../image/geometry.ts';
import { type BytePixels, blankPixels } from '../../image/operations/eight-bits.ts';
import { deflatePieces } from '../deflate-pieces.ts';
import { joinBytes } from '../join-bytes.ts';
import { eachPart, remake, rowsAtOnce, rowsOf, type Turns } from '../parts.ts';
import { type PdfImage, pdfPieces } from '../pdf/pdf-file.ts';
import { predictHorizontally } from '../tiff-writer/predict.ts';
import type { TakeTurn } from '../turns.ts';
import { inEightBits } from './eight-bits.ts';
import type { Encoder, EncodingDefaults } from './encoder.ts';
import { opaque } from './opaque.ts';

/**
 * One page around the picture: JPEG, or without loss where quality is below 0 or there is nothing but black and white.
 * Transparent pixels show the matte.
 */
export function createPdfEncoder(
  jpeg: Encoder,
  { matte }: Pick<EncodingDefaults, 'matte'>,
  { takeTurn }: { readonly takeTurn: TakeTurn },
): Encoder {
  async function imageOf(flat: BytePixels, quality: number | undefined, turns: Turns): Promise<PdfImage> {
    if (await isBilevel(flat, turns)) return packed(flat, turns);
    if (quality !== undefined && quality < 0) return lossless(flat, turns);
    const form = { type: 'jpeg', ...(quality === undefined ? {} : { quality: clamp(quality, 0, 100) }) } as const;
    const bytes = await jpeg(flat, form, turns.signal);
    return { ...shapeOf(flat), bitsPerSample: 8, filter: 'DCTDecode', isPredicted: false, pieces: [bytes] };
  }

  return async (pixels, { quality }, signal) => {
    const turns = { takeTurn, signal };
    const flat = await inEightBits(await opaque(pixels, matte, turns), turns);
    return joinBytes(pdfPieces(await imageOf(flat, quality, turns)), turns);
  };
}

function shapeOf({ width, height, bands }: BytePixels): Pick<PdfImage, 'width' | 'height' | 'colour'> {
  return { width, height, colour: bands < 3 ? 'DeviceGray' : 'DeviceRGB' };
}

async function lossless(pixels: BytePixels, turns: Turns): Promise<PdfImage> {
  const { width, bands } = pixels;
  const { data } = await remake(pixels, blankPixels(pixels), turns, (from, to) => {
    to.data.set(from.data);
    predictHorizontally(to.data, { width, bands, bytes: 1 });
  });
  const pieces = await deflatePieces(data, {}, turns.signal);
  return { ...shapeOf(pixels), bitsPerSample: 8, filter: 'FlateDecode', isPredicted: true, pieces };
}

/** Looks no further than the part with the first shade of grey. */
async function isBilevel(pixels: BytePixels, turns: Turns): Promise<boolean> {
  if (pixels.bands !== 1) return false;
  for (let start = 0, rows = rowsAtOnce(pixels.width); start < pixels.height; start += rows) {
    await turns.takeTurn();
    turns.signal?.throwIfAborted();
    const { data } = rowsOf(pixels, { start, end: Math.min(start + rows, pixels.height) });
    if (data.some((sample) => sample !== 0 && sample !== 255)) return false;
  }
  return true;
}

/** A bit for each pixel, 1 for white; rows begin with a byte of their own. */
async function packed(pixels: BytePixels, turns: Turns): Promise<PdfImage> {
  const { width, height } = pixels;
  const rowLength = Math.ceil(width / 8);
  const bits = new Uint8Array(rowLength * height);
  await eachPart(height, { rows: rowsAtOnce(width), ...turns }, (rows) =>
    packRows(rowsOf(pixels, rows), bits.subarray(rows.start * rowLength, rows.end * rowLength)),
  );
  const pieces = await deflatePieces(bits, {}, turns.signal);
  return { ...shapeOf(pixels), bitsPerSample: 1, filter: 'FlateDecode', isPredicted: false, pieces };
}

function packRows({ width, height, data }: BytePixels, bits: Uint8Array): void {
  const rowLength = bits.length / height;
  for (let at = 0, row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const byte = row * rowLength + (column >> 3);
      bits[byte] = Number(bits[byte]) | ((Number(data[at++]) & 0x80) >> (column & 7));
    }
  }
}
