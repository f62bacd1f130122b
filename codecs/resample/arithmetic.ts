import type { PixelLayout } from '../../image/source.ts';
import type { Kernel, KernelFunction } from '../kernels/load-kernels.ts';
import { type Axis, wholeWeights } from './axis.ts';

/** How sums are reckoned in `kernels/resample.c`. */
export interface Arithmetic {
  readonly blend: KernelFunction;
  readonly gather: KernelFunction;
  /** Bytes of a sample of the rows that are added up, and of those that come out. */
  readonly sampleBytes: 1 | 4;
  /** Bytes of a weight, and of a sample between the passes. */
  readonly weightBytes: 2 | 4;
  /** Weights are taken by so many at a time. */
  readonly tapStep: 1 | 2;
  weightsOf(axis: Axis): ArrayBufferView;
  /** @returns the address of stored samples as they are added up */
  widen(kernel: Kernel, stored: number, pixels: number): number;
  /** @returns the address of sums as they are stored */
  narrow(kernel: Kernel, sums: number, pixels: number): number;
}

/** Kernels write up to so many bytes beyond what they are told. */
export const MARGIN = 32;

/** Weights of bytes have this many steps to 1. */
const WEIGHT_UNIT = 2 ** 14;

/** Grey or RGB bytes: whole numbers all the way, several times as fast. */
const BYTES: Arithmetic = {
  blend: 'blend_bytes',
  gather: 'gather_bytes',
  sampleBytes: 1,
  weightBytes: 2,
  tapStep: 2,
  weightsOf: (axis) => wholeWeights(axis, WEIGHT_UNIT),
  widen: (_kernel, stored) => stored,
  narrow: (_kernel, sums) => sums,
};

/** What samples are. */
export interface SampleKind extends Pick<PixelLayout, 'bands' | 'hasAlpha'> {
  readonly sampleBytes: number;
}

export function arithmeticFor(kind: SampleKind): Arithmetic {
  const isPlain = kind.sampleBytes === 1 && !kind.hasAlpha && (kind.bands === 1 || kind.bands === 3);
  return isPlain ? BYTES : realsOf(kind);
}

/** Real numbers; colours are weighed by their opacity, so that those of transparent pixels do not show. */
function realsOf({ bands, hasAlpha, sampleBytes }: SampleKind): Arithmetic {
  const [widen, narrow] = sampleBytes === 1 ? WITH_BYTES : WITH_WORDS;
  return {
    blend: 'blend_reals',
    gather: 'gather_reals',
    sampleBytes: 4,
    weightBytes: 4,
    tapStep: 1,
    weightsOf: ({ weights }) => weights,
    widen(kernel, stored, pixels) {
      const samples = kernel.allocate(pixels * bands * 4 + MARGIN);
      kernel.call(widen, stored, pixels, bands, Number(hasAlpha), samples);
      return samples;
    },
    narrow(kernel, sums, pixels) {
      const stored = kernel.allocate(pixels * bands * sampleBytes + MARGIN);
      kernel.call(narrow, sums, pixels, bands, Number(hasAlpha), stored);
      return stored;
    },
  };
}

const WITH_BYTES = ['widen_bytes', 'narrow_bytes'] as const;
const WITH_WORDS = ['widen_words', 'narrow_words'] as const;
