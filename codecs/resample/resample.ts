import type { Size } from '../../image/geometry.ts';
import type { PixelSpan } from '../../image/operations/processing.ts';
import type { PixelBuffer } from '../../image/source.ts';
import type { Kernel, Kernels } from '../kernels/load-kernels.ts';
import { eachPart } from '../parts.ts';
import type { TakeTurn } from '../turns.ts';
import { type Arithmetic, arithmeticFor, MARGIN } from './arithmetic.ts';
import { type Axis, createAxis } from './axis.ts';
import type { Filter } from './filters.ts';

/** Grey or colour, one to four bands, with or without opacity as the last. */
export type Samples = Size & Pick<PixelBuffer, 'bands' | 'hasAlpha'> & { readonly data: Uint8Array | Uint16Array };

/** What is made of samples: so many pixels, in memory of its own. */
export interface Resampling {
  readonly filter: Filter;
  /** The source's size before it was rounded up. */
  readonly extent: Size;
  readonly output: Samples;
  readonly signal: AbortSignal;
}

/** Draws samples in another size. Other requests get their turn meanwhile. */
export type Resample = (source: Samples, resampling: Resampling) => Promise<void>;

/** Bytes of source rows, or of output rows, made into output at a time: they stay in the processor's second cache. */
const BAND_LENGTH = 256 * 1024;

/** One direction, with its weights as a kernel takes them. */
interface Direction {
  readonly taps: number;
  readonly starts: Int32Array;
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

export function createResample(kernels: Kernels, takeTurn: TakeTurn): Resample {
  return async (source, { filter, extent, output, signal }) => {
    const { bands, hasAlpha, data } = source;
    const arithmetic = arithmeticFor({ bands, hasAlpha, sampleBytes: data.BYTES_PER_ELEMENT });
    const { tapStep } = arithmetic;
    const across = { pixels: source.width, extent: extent.width };
    const down = { pixels: source.height, extent: extent.height };
    const columns = createAxis(filter, across, { pixels: output.width, tapStep });
    const rows = createAxis(filter, down, { pixels: output.height, tapStep });
    const job = {
      source,
      output,
      columns: directionOf(columns, arithmetic, bands),
      rows: directionOf(rows, arithmetic, 1),
      arithmetic,
    };
    const parting = { rows: bandHeight(job), takeTurn, signal };
    await eachPart(output.height, parting, (band) => kernels.run((kernel) => drawBand(job, band, kernel)));
  };
}

function directionOf(axis: Axis, arithmetic: Arithmetic, step: number): Direction {
  return {
    taps: axis.taps,
    starts: axis.starts.map((start) => start * step),
    weights: bytesOf(arithmetic.weightsOf(axis)),
  };
}

function bandHeight({ source, output }: Job): number {
  const sourceRows = BAND_LENGTH / (source.data.byteLength / source.height);
  const outputRows = BAND_LENGTH / (output.data.byteLength / output.height);
  return Math.max(1, Math.floor(Math.min(outputRows, (sourceRows * output.height) / source.height)));
}

function drawBand(
  { source, output, columns, rows, arithmetic }: Job,
  { start: first, end }: PixelSpan,
  kernel: Kernel,
): void {
  const { bands } = source;
  const { blend, gather, sampleBytes, weightBytes } = arithmetic;
  const length = source.width * bands;
  const outLength = output.width * bands;
  const rowWeights = rows.taps * weightBytes;
  const top = Number(rows.starts[first]);
  const stored = source.data.subarray(top * length, (Number(rows.starts[end - 1]) + rows.taps) * length);
  const samples = arithmetic.widen(kernel, kernel.put(bytesOf(stored)), stored.length / bands);
  kernel.allocate(length + MARGIN); // a last tap that weighs nothing may reach as far
  const starts = kernel.put(bytesOf(columns.starts));
  const across = kernel.put(columns.weights);
  const down = kernel.put(rows.weights.subarray(first * rowWeights, end * rowWeights));
  const blended = kernel.allocate(length * weightBytes + MARGIN);
  const drawn = kernel.allocate(outLength * (end - first) * sampleBytes + MARGIN);
  for (let row = first; row < end; row++) {
    const from = samples + (Number(rows.starts[row]) - top) * length * sampleBytes;
    kernel.call(blend, from, length, down + (row - first) * rowWeights, rows.taps, blended);
    const to = drawn + (row - first) * outLength * sampleBytes;
    kernel.call(gather, blended, starts, across, columns.taps, output.width, bands, to);
  }
  const result = arithmetic.narrow(kernel, drawn, output.width * (end - first));
  kernel.get(result, bytesOf(output.data.subarray(first * outLength, end * outLength)));
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
