import { createRequire } from 'node:module';
import type * as Binding from '@julusian/jpeg-turbo';

/** The libjpeg-turbo binding: three to six times faster than sharp on tiles, but not available on every machine. */
export type Turbo = Omit<typeof Binding, 'default'>;

/** The binding, or undefined where it is not installed or does not load. */
export function loadTurbo(): Turbo | undefined {
  try {
    const binding: Turbo = createRequire(import.meta.url)('@julusian/jpeg-turbo');
    return binding;
  } catch {
    return undefined;
  }
}

/** Up to here the work is done at once on the calling thread: handing it to another costs a quarter of it. */
export const LARGEST_SYNCHRONOUS_PIXELS = 512 * 512;

/** Node's Buffer over the same memory, as the binding wants it. */
export function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
