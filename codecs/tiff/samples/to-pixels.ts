import type { Size } from '../../../image/geometry.ts';
import type { Photometric, PixelBuffer, PixelLayout, SampleType } from '../../../image/source.ts';
import type { BufferPool } from '../../buffer-pool.ts';
import { nextTurn } from '../../turns.ts';
import { PHOTOMETRIC } from '../tags.ts';
import { coloursIn, exchangeBands, expandPalette, invert, unpremultiply, withoutNoData } from './colours.ts';
import { iccLabToCielab } from './icc-lab.ts';
import { type StoredSamples, sampleTypeOf } from './stored-samples.ts';
import { createYcbcrToRgb } from './ycbcr-to-rgb.ts';

/** The samples of pixels; as many bands as are stored, or the colours of a palette. */
export type Samples = PixelBuffer['data'];

/** A change of pixels in place. */
export type Recolour = (pixels: Samples) => void;

/** Makes pixels of the samples of a window, whose memory goes over to them. */
export type ToPixels = (samples: Uint8Array, size: Size) => Promise<PixelBuffer>;

/** Pixels changed before other requests get their turn. */
const PART_PIXELS = 2 ** 18;

const PHOTOMETRICS: ReadonlyMap<number, Photometric> = new Map([
  [PHOTOMETRIC.rgb, 'rgb'],
  [PHOTOMETRIC.palette, 'rgb'],
  [PHOTOMETRIC.separated, 'cmyk'],
  [PHOTOMETRIC.ycbcr, 'rgb'],
  [PHOTOMETRIC.cielab, 'cielab'],
  [PHOTOMETRIC.icclab, 'cielab'],
]);

/** What the pixels of an image are. */
export function layoutOf(samples: StoredSamples): PixelLayout & { readonly sample: SampleType } {
  return {
    bands: samples.palette ? samples.count + 2 : samples.count,
    photometric: PHOTOMETRICS.get(samples.photometric) ?? 'gray',
    hasAlpha: samples.alpha !== undefined,
    bitsPerSample: samples.depth,
    sample: samples.palette ? 'uint8' : sampleTypeOf(samples),
  };
}

export function createToPixels(samples: StoredSamples, pool: BufferPool): ToPixels {
  const { bands, photometric, hasAlpha, sample } = layoutOf(samples);
  const recolours = recoloursOf(samples, sample);
  const { palette, count } = samples;
  const expand = palette && expandPalette(palette, samples);

  async function expanded(stored: Uint8Array, pixels: number): Promise<Uint8Array> {
    if (!expand) return stored;
    const indices = viewOf(stored, sampleTypeOf(samples));
    const output = pool.take(pixels * bands);
    await inParts(pixels, (start, end) =>
      expand(indices.subarray(start * count, end * count), output.subarray(start * bands, end * bands)),
    );
    pool.give(stored);
    return output;
  }

  return async (stored, { width, height }) => {
    const bytes = await expanded(stored, width * height);
    const data = viewOf(bytes, sample);
    for (const recolour of recolours) {
      await inParts(width * height, (start, end) => recolour(data.subarray(start * bands, end * bands)));
    }
    return pixelsOf(pool.exchange(bytes, data), { width, height, bands, photometric, hasAlpha });
  };
}

function recoloursOf(samples: StoredSamples, sample: SampleType): Recolour[] {
  const { photometric, alpha, ycbcr, noData } = samples;
  const { bands } = layoutOf(samples);
  const colours = coloursIn(photometric);
  return [
    ...(noData === undefined ? [] : [withoutNoData(noData)]),
    ...(photometric === PHOTOMETRIC.minIsWhite ? [invert(bands, sample)] : []),
    ...(ycbcr ? [createYcbcrToRgb(ycbcr, bands)] : []),
    ...(photometric === PHOTOMETRIC.icclab && sample !== 'float32' ? [iccLabToCielab(bands, sample)] : []),
    ...(alpha?.behind ? [exchangeBands(bands, colours, colours + alpha.behind)] : []),
    ...(alpha?.isAssociated ? [unpremultiply(bands, { photometric, sample })] : []),
  ];
}

async function inParts(pixels: number, change: (start: number, end: number) => void): Promise<void> {
  for (let start = 0; start < pixels; start += PART_PIXELS) {
    if (start > 0) await nextTurn();
    change(start, Math.min(start + PART_PIXELS, pixels));
  }
}

function viewOf(bytes: Uint8Array, sample: SampleType): Samples {
  const { buffer, byteOffset, byteLength } = bytes;
  switch (sample) {
    case 'uint8':
      return bytes;
    case 'uint16':
      return new Uint16Array(buffer, byteOffset, byteLength / 2);
    case 'uint32':
      return new Uint32Array(buffer, byteOffset, byteLength / 4);
    case 'float32':
      return new Float32Array(buffer, byteOffset, byteLength / 4);
  }
}

function pixelsOf(data: Samples, shape: Size & Pick<PixelLayout, 'bands' | 'photometric' | 'hasAlpha'>): PixelBuffer {
  if (data instanceof Uint8Array) return { ...shape, sample: 'uint8', data };
  if (data instanceof Uint16Array) return { ...shape, sample: 'uint16', data };
  if (data instanceof Uint32Array) return { ...shape, sample: 'uint32', data };
  return { ...shape, sample: 'float32', data };
}
