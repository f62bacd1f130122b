import sharp, { type Sharp } from 'sharp';
import { CorruptSource } from '../../image/errors.ts';
import type { Size } from '../../image/geometry.ts';
import { rawSixteenBits } from '../raw-sharp.ts';
import type { PictureHeader } from './picture-header.ts';

/** Decoded samples, bands interleaved, rows unpadded. */
export type Samples = Uint8Array | Uint16Array;

/** What is to be made of a file. */
export interface WantedPicture {
  readonly header: PictureHeader;
  /** The frame of several. */
  readonly page: number;
  /** The whole picture in this size. */
  readonly size: Size;
}

/**
 * Decodes a picture as a whole, reduced as the decoder can where its format allows that. The samples stay those of the
 * file: no profile is applied.
 *
 * @throws CorruptSource on any warning: what is cut short is never filled up
 */
export type DecodePicture = (file: Uint8Array, wanted: WantedPicture) => Promise<Samples>;

export const decodePicture: DecodePicture = async (file, wanted) => {
  const { header, size } = wanted;
  const samples = await samplesOf(pipelineOf(file, wanted), header).catch((cause: unknown) => {
    throw new CorruptSource('the picture cannot be decoded', { cause });
  });
  if (samples.length !== size.width * size.height * header.layout.bands) {
    throw new CorruptSource(`the picture has ${samples.length} samples`);
  }
  return samples;
};

/**
 * The cubic filter comes closest to the means of 2 x 2 pixels that pyramids are made of: nobody is to see the pyramid take
 * over. Left to itself, the decoder of WebP would reduce before it converts colours, which changes twice as much.
 */
const REDUCING = { fit: 'fill', kernel: 'cubic', fastShrinkOnLoad: false } as const;

type PipelineNeeds = Omit<WantedPicture, 'header'> & { readonly header: Omit<PictureHeader, 'stored'> };

/** The way from a file, its bytes or its path, to samples that are still those of the file. */
export function pipelineOf(file: Uint8Array | string, { header, page, size }: PipelineNeeds): Sharp {
  const { width, height } = header.size;
  const picture = sharp(file, {
    failOn: 'warning',
    ignoreIcc: true,
    limitInputPixels: width * height,
    ...(header.pages > 1 && { page }),
  });
  const isWhole = size.width === width && size.height === height;
  const sized = isWhole ? picture : picture.resize({ ...size, ...REDUCING });
  const space = colourspaceOf(header);
  // Else inks would go through sRGB, by a profile of sharp's own.
  return (space === 'cmyk' ? sized.pipelineColourspace(space) : sized).toColourspace(space);
}

/** Grey with opacity goes through RGB, as sharp would leave the opacity out. */
function colourspaceOf({ layout: { photometric, sample, hasAlpha } }: Pick<PictureHeader, 'layout'>): string {
  if (photometric === 'cmyk') return 'cmyk';
  if (photometric === 'gray' && !hasAlpha) return sample === 'uint16' ? 'grey16' : 'b-w';
  return sample === 'uint16' ? 'rgb16' : 'srgb';
}

async function samplesOf(pipeline: Sharp, { layout }: PictureHeader): Promise<Samples> {
  const samples = layout.sample === 'uint16' ? await rawSixteenBits(pipeline) : await pipeline.raw().toBuffer();
  const isGrayOfRgb = layout.photometric === 'gray' && layout.hasAlpha;
  return isGrayOfRgb ? grayAndOpacity(samples) : samples;
}

/** Of four bands the first and the last. */
export function grayAndOpacity(rgba: Samples): Samples {
  const output = rgba instanceof Uint8Array ? new Uint8Array(rgba.length / 2) : new Uint16Array(rgba.length / 2);
  for (let to = 0; to < output.length; to += 2) {
    output[to] = rgba[2 * to] ?? 0;
    output[to + 1] = rgba[2 * to + 3] ?? 0;
  }
  return output;
}
