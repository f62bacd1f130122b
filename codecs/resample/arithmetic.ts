import type { PixelLayout } from '../../image/source.ts';
import { type Axis, wholeWeights } from './axis.ts';
import type { KernelMemory, Scratch } from './scratch.ts';

/** The functions of `kernels/resample.c`; arguments of arrays are addresses. */
export interface ResampleKernels extends KernelMemory {
  blend_bytes: Blend;
  blend_reals: Blend;
  gather_bytes: Gather;
  gather_reals: Gather;
  widen_bytes: Convert;
  widen_words: Convert;
  narrow_bytes: Convert;
  narrow_words: Convert;
}

type Blend = (rows: number, length: number, weights: number, taps: number, out: number) => void;
/** Seven arguments that one call into a kernel takes. */
type Gather = (...addressesAndCounts: readonly number[]) => void;
type Convert = (from: number, pixels: number, bands: number, hasAlpha: number, out: number) => void;

/** How sums are reckoned. */
export interface Arithmetic {
  /** Bytes of a sample of the rows that are added up, and of those that come out. */
  readonly sampleBytes: 1 | 4;
  /** Bytes of a weight, and of a sample between the passes. */
  readonly weightBytes: 2 | 4;
  readonly blend: Blend;
  readonly gather: Gather;
  weightsOf(axis: Axis): ArrayBufferView;
  /** @returns the address of stored samples as they are added up */
  widen(stored: number, pixels: number): number;
  /** @returns the address of sums as they are stored */
  narrow(sums: number, pixels: number): number;
}

/** Weights of bytes have this many steps to 1. */
const WEIGHT_UNIT = 2 ** 14;

/** Grey or RGB bytes: whole numbers all the way, several times as fast. */
export function createByteArithmetic(kernels: ResampleKernels): Arithmetic {
  return {
    sampleBytes: 1,
    weightBytes: 2,
    blend: kernels.blend_bytes,
    gather: kernels.gather_bytes,
    weightsOf: (axis) => wholeWeights(axis, WEIGHT_UNIT),
    widen: (stored) => stored,
    narrow: (sums) => sums,
  };
}

/** Real numbers; colours are weighed by their opacity, so that those of transparent pixels do not show. */
export function createRealArithmetic(
  kernels: ResampleKernels,
  scratch: Scratch,
  { bands, hasAlpha, sampleBytes }: Pick<PixelLayout, 'bands' | 'hasAlpha'> & { readonly sampleBytes: number },
): Arithmetic {
  const widen = sampleBytes === 1 ? kernels.widen_bytes : kernels.widen_words;
  const narrow = sampleBytes === 1 ? kernels.narrow_bytes : kernels.narrow_words;
  return {
    sampleBytes: 4,
    weightBytes: 4,
    blend: kernels.blend_reals,
    gather: kernels.gather_reals,
    weightsOf: ({ weights }) => weights,
    widen(stored, pixels) {
      const samples = scratch.take(pixels * bands * 4);
      widen(stored, pixels, bands, Number(hasAlpha), samples);
      return samples;
    },
    narrow(sums, pixels) {
      const stored = scratch.take(pixels * bands * sampleBytes);
      narrow(sums, pixels, bands, Number(hasAlpha), stored);
      return stored;
    },
  };
}
