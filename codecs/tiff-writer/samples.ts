import type { SampleType } from '../../image/source.ts';

/** Samples of a picture to be written, bands interleaved, rows unpadded. */
export type Samples = Uint8Array | Uint8ClampedArray | Uint16Array | Uint32Array | Float32Array;

/** The number type of a sample. */
export type SampleKind = SampleType;

/** What TIFF calls the kinds. @see TIFF 6.0, tags 258 and 339 */
export const SAMPLE_KINDS = {
  uint8: { bits: 8, format: 1, bytes: 1 },
  uint16: { bits: 16, format: 1, bytes: 2 },
  uint32: { bits: 32, format: 1, bytes: 4 },
  float32: { bits: 32, format: 3, bytes: 4 },
} as const satisfies Record<SampleKind, { bits: number; format: number; bytes: number }>;

/** New samples, all 0. @param memory - where they lie, by default in memory of their own */
export function createSamples(kind: SampleKind, length: number, memory?: SharedArrayBuffer): Samples {
  const buffer = memory ?? new ArrayBuffer(length * SAMPLE_KINDS[kind].bytes);
  if (kind === 'uint16') return new Uint16Array(buffer, 0, length);
  if (kind === 'uint32') return new Uint32Array(buffer, 0, length);
  return kind === 'float32' ? new Float32Array(buffer, 0, length) : new Uint8ClampedArray(buffer, 0, length);
}

/** The same memory as bytes, in the order of this machine, which is that of the files written here. */
export function bytesOf(samples: Samples): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}
