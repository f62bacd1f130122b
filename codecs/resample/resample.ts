import type { Size } from '../../image/geometry.ts';
import type { PixelBuffer } from '../../image/source.ts';
import type { TakeTurn } from '../turns.ts';
import { type Arithmetic, createByteArithmetic, createRealArithmetic, type ResampleKernels } from './arithmetic.ts';
import { type Axis, createAxis } from './axis.ts';
import type { Filter } from './filters.ts';
import { createScratch, type Scratch } from './scratch.ts';

/** Grey or colour, one to four bands, with or without opacity as the last. */
export type Samples = Size &
  Pick<PixelBuffer, 'bands' | 'hasAlpha'> & { readonly data: Uint8Array | Uint16Array };

/** What is made of samples: so many pixels, in memory of its own. */
export interface Resampling {
  readonly filter: Filter;
  /** The source's size before it was rounded up. */
  readonly extent: Size;
  readonly output: Samples;
}

/** Draws samples in another size. Other requests get their turn meanwhile. */
export type Resample = (source: Samples, resampling: Resampling) => Promise<void>;

/** Bytes of source rows, or of output rows, made into output at a time: they stay in the processor's second cache. */
const BAND_LENGTH = 256 * 1024;

/** One direction, with what a kernel takes of it. */
interface Direction extends Pick<Axis, 'taps' | 'starts'> {
  readonly weights: Uint8Array;
}

interface Job {
  readonly source: Samples;
  readonly output: Samples;
  /** Its starts count samples. */
  readonly columns: Direction;
  readonly rows: Direction;
  readonly arithmetic: Arithmetic;
}

/** Output rows made at a time. */
interface Band {
  readonly first: number;
  readonly end: number;
}

export function createResample(kernels: ResampleKernels, takeTurn: TakeTurn): Resample {
  const scratch = createScratch(kernels);
  const byteArithmetic = createByteArithmetic(kernels);

  function arithmeticFor({ data, bands, hasAlpha }: Samples): Arithmetic {
    const sampleBytes = data.BYTES_PER_ELEMENT;
    const isPlain = sampleBytes === 1 && !hasAlpha && (bands === 1 || bands === 3);
    return isPlain ? byteArithmetic : createRealArithmetic(kernels, scratch, { bands, hasAlpha, sampleBytes });
  }

  return async (source, { filter, extent, output }) => {
    const arithmetic = arithmeticFor(source);
    const columns = createAxis(filter, { pixels: source.width, extent: extent.width }, output.width);
    const rows = createAxis(filter, { pixels: source.height, extent: extent.height }, output.height);
    const job = {
      source,
      output,
      columns: directionOf(columns, arithmetic, source.bands),
      rows: directionOf(rows, arithmetic, 1),
      arithmetic,
    };
    const height = bandHeight(job);
    for (let first = 0; first < output.height; first += height) {
      await takeTurn();
      drawBand(job, { first, end: Math.min(first + height, output.height) }, scratch);
    }
  };
}

function directionOf(axis: Axis, arithmetic: Arithmetic, step: number): Direction {
  const { buffer, byteOffset, byteLength } = arithmetic.weightsOf(axis);
  const weights = new Uint8Array(buffer, byteOffset, byteLength);
  return { taps: axis.taps, starts: axis.starts.map((start) => start * step), weights };
}

function bandHeight({ source, output }: Job): number {
  const sourceRows = BAND_LENGTH / (source.data.byteLength / source.height);
  const outputRows = BAND_LENGTH / (output.data.byteLength / output.height);
  return Math.max(1, Math.floor(Math.min(outputRows, (sourceRows * output.height) / source.height)));
}

/** All that the kernels need is put where they find it anew for each band: between two others may have used the memory. */
function drawBand({ source, output, columns, rows, arithmetic }: Job, { first, end }: Band, scratch: Scratch): void {
  const { bands } = source;
  const { sampleBytes, weightBytes, blend, gather } = arithmetic;
  const length = source.width * bands;
  const outLength = output.width * bands;
  const top = Number(rows.starts[first]);
  const count = Number(rows.starts[end - 1]) + rows.taps - top;
  scratch.reset();
  const starts = scratch.put(columns.starts);
  const across = scratch.put(columns.weights);
  const rowWeights = rows.taps * weightBytes;
  const down = scratch.put(rows.weights.subarray(first * rowWeights, end * rowWeights));
  const blended = scratch.take(length * weightBytes);
  const drawn = scratch.take(outLength * (end - first) * sampleBytes);
  const part = source.data.subarray(top * length, (top + count) * length);
  const stored = scratch.put(part, count * length * part.BYTES_PER_ELEMENT);
  const samples = arithmetic.widen(stored, source.width * count);
  for (let row = first; row < end; row++) {
    const from = samples + (Number(rows.starts[row]) - top) * length * sampleBytes;
    blend(from, length, down + (row - first) * rowWeights, rows.taps, blended);
    const to = drawn + (row - first) * outLength * sampleBytes;
    gather(blended, starts, across, columns.taps, output.width, bands, to);
  }
  const result = arithmetic.narrow(drawn, output.width * (end - first));
  scratch.copyTo(output.data.subarray(first * outLength, end * outLength), result);
}
