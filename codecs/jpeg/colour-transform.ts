import type { JpegHeader } from './jpeg-header.ts';

const APP15 = 0xef;

/**
 * What decoders take the three components of a stream for: 0 is RGB, anything else YCbCr. They look at JFIF and Adobe markers
 * first, then at the names of the components.
 *
 * @param tables - the header of the tables that the stream lacks
 * @see libjpeg, default_decompress_parms; Adobe technical note 5116
 */
export function colourTransform(header: JpegHeader, tables?: JpegHeader): number {
  if (header.hasJfif || tables?.hasJfif) return 1;
  const names = String.fromCharCode(...(header.frame?.componentIds ?? []));
  return header.adobeTransform ?? tables?.adobeTransform ?? (names === 'RGB' ? 0 : 1);
}

/** The marker that tells decoders what to take three components for. */
export function adobeMarker(transform: 0 | 1): Uint8Array {
  return Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform);
}

/**
 * Turns markers that contradict it into ones that no decoder knows.
 *
 * @param markers - where they lie, before so many bytes were inserted in front of them
 */
export function silence(stream: Uint8Array, markers: readonly number[], inserted: number): void {
  for (const start of markers) stream[start + inserted + 1] = APP15;
}
